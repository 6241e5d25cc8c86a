# SPDX-License-Identifier: LGPL-2.1-or-later
# Bugs put into shim/ one at a time, run by scripts/test --mutation and not by make check.
EXTRA_DIST += tests/mutation/TABLE.md tests/mutation/head.md tests/mutation/run \
	tests/mutation/calls.txt tests/mutation/ctl.txt tests/mutation/kernel.txt tests/mutation/libc.txt \
	tests/mutation/listeners.txt tests/mutation/replies.txt tests/mutation/runtime.txt \
	tests/mutation/settings.txt tests/mutation/sockets.txt

.PHONY: check-mutation
## check-mutation [NAMES=...]: whether some test fails for each bug put into shim/
check-mutation:
	@$(SHELL) $(srcdir)/scripts/test --mutation $(NAMES)
