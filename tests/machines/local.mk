# SPDX-License-Identifier: LGPL-2.1-or-later
# Other kernels, C libraries and processors, in which scripts/test --machines runs tests.
EXTRA_DIST += \
	tests/machines/TABLE.md \
	tests/machines/booted-tests \
	tests/machines/chroot-tests \
	tests/machines/enter \
	tests/machines/guest \
	tests/machines/initramfs-init \
	tests/machines/machines \
	tests/machines/own-tests \
	tests/machines/run-tests \
	tests/machines/table-head.md

.PHONY: check-machines
## check-machines [MACHINES='linux-6.1 s390x']: tests on other kernels, C libraries and processors
check-machines:
	@$(srcdir)/scripts/test --machines $(MACHINES)
