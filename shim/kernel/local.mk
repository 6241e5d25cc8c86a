# SPDX-License-Identifier: LGPL-2.1-or-later
# The eBPF programs of the kernel back end, as light skeletons (bpftool-gen(8)): what clang makes, and
# how it is loaded, in a header. The tarball has these, with the header of libbpf that they include,
# so that building from it needs none of clang, bpftool and libbpf.
kernel_generated = shim/kernel/replies.lskel.h shim/kernel/listeners.lskel.h shim/kernel/skel_internal.h
kernel_headers = shim/kernel/common.bpf.h shim/kernel/own.bpf.h shim/kernel/peers.bpf.h shim/kernel/request.bpf.h
EXTRA_DIST += shim/kernel/replies.bpf.c shim/kernel/listeners.bpf.c $(kernel_headers)

if HAVE_KERNEL
EXTRA_DIST += $(kernel_generated)
kernel_dist_warning = :
kernel_built = $(kernel_generated)
shim/kernel/ctl_bindrightctl-programs.$(OBJEXT): $(kernel_generated)
else
kernel_dist_warning = echo 'warning: the tarball lacks what it takes to build the kernel back end without clang, bpftool and libbpf, because this tree is configured without it' >&2
endif
dist-hook: warn-kernel
.PHONY: warn-kernel clean-kernel
warn-kernel:
	@$(kernel_dist_warning)
# Those of a tarball stay: to make them again may not be possible.
clean-kernel:
	-@[ '$(srcdir)' = . ] && [ ! -e .git ] || rm -f $(kernel_generated)

if HAVE_KERNEL_TOOLS
$(kernel_generated): shim/kernel/shared.h $(kernel_headers) shim/kernel/local.mk
shim/kernel/replies.lskel.h: shim/kernel/replies.bpf.c
shim/kernel/listeners.lskel.h: shim/kernel/listeners.bpf.c
shim/kernel/replies.lskel.h shim/kernel/listeners.lskel.h:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && name=$$(basename $@ .lskel.h) && \
	$(CLANG) $(BPF_CFLAGS) -O2 -g -Wall -Wextra -Werror -c $(srcdir)/shim/kernel/$$name.bpf.c -o $@.o && \
	$(BPFTOOL) gen skeleton -L $@.o name $$name >$@.tmp && \
	$(SED) -e '1i #pragma GCC system_header' -e 's,<bpf/skel_internal.h>,"kernel/skel_internal.h",' $@.tmp >$@.new && \
	rm $@.o $@.tmp && mv $@.new $@
shim/kernel/skel_internal.h:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	$(SED) -e '1i #pragma GCC system_header' -e 's,"bpf.h",<linux/bpf.h>,' $(SKEL_INTERNAL_H) >$@.tmp && mv $@.tmp $@
endif
