# SPDX-License-Identifier: LGPL-2.1-or-later
# The wrapper is made twice from one template: scripts/bindright runs the build tree's files;
# scripts/installed/bindright, which is installed, has the installed paths.
noinst_SCRIPTS = scripts/bindright
bin_SCRIPTS += scripts/installed/bindright
dist_man_MANS += scripts/bindright.1 scripts/bindright.conf.5 scripts/bindrightctl.8
EXTRA_DIST += \
	scripts/bindright.in \
	scripts/completion/_bindright \
	scripts/completion/_bindrightctl \
	scripts/completion/bindright.bash \
	scripts/completion/bindrightctl.bash \
	scripts/demo \
	scripts/test \
	scripts/lib/answer-source.pl \
	scripts/lib/analysis.sh \
	scripts/lib/build.sh \
	scripts/lib/common.sh \
	scripts/lib/daemons.sh \
	scripts/lib/machine_roots.sh \
	scripts/lib/machines.sh \
	scripts/lib/mutation.sh \
	scripts/lib/packages.sh \
	scripts/lib/systems.sh \
	scripts/lib/transparency.sh
wrapper_tests = \
	tests/live/consistent.bats \
	tests/live/consistent_ctl.bats \
	tests/live/ctl_completion.bats \
	tests/live/examples.bats \
	tests/live/wrapper_command.bats \
	tests/live/wrapper_completion.bats \
	tests/live/wrapper_execute.bats \
	tests/live/wrapper_files.bats \
	tests/live/wrapper_inetd.bats \
	tests/live/wrapper_init.bats \
	tests/live/wrapper_install.bats \
	tests/live/wrapper_log.bats \
	tests/live/wrapper_preload.bats \
	tests/live/wrapper_print.bats \
	tests/live/wrapper_reach.bats \
	tests/live/wrapper_refusals.bats \
	tests/live/wrapper_settings.bats \
	tests/live/wrapper_shells.bats \
	tests/live/wrapper_tree.bats
TESTS += $(wrapper_tests)
EXTRA_DIST += $(wrapper_tests) tests/live/completion.bash tests/live/consistent.bash tests/live/consistent.bash tests/live/own_dev.bash tests/live/wrapper.bash
CLEANFILES += scripts/bindright scripts/installed/bindright

make_wrapper = \
	$(MKDIR_P) $(@D) && \
	$(SED) -e "s|@LIBRARY[@]|$$library|" -e "s|@PROGRAM[@]|$$program|" \
		-e "s|@BINDRIGHTCTL[@]|$$bindrightctl|" \
		-e 's|@sysconfdir[@]|$(sysconfdir)|' $(srcdir)/scripts/bindright.in >$@.tmp && \
	chmod +x $@.tmp && \
	mv $@.tmp $@

scripts/bindright: scripts/bindright.in Makefile
	$(AM_V_GEN)library='$(abs_top_builddir)/shim/.libs/libbindright.so'; \
	program='$(abs_top_builddir)/shim/ctl/bindright-exec'; \
	bindrightctl='$(abs_top_builddir)/shim/ctl/bindrightctl'; \
	$(make_wrapper)

# The program's installed name is subject to --program-prefix and similar options.
scripts/installed/bindright: scripts/bindright.in Makefile
	$(AM_V_GEN)library='$(libdir)/libbindright.so'; \
	program="$(pkglibexecdir)/$$(echo bindright-exec | $(SED) '$(transform)')"; \
	bindrightctl="$(sbindir)/$$(echo bindrightctl | $(SED) '$(transform)')"; \
	$(make_wrapper)

# Each shell finds a command's completion by the command's name.
completed = bindright bindrightctl
bash_completion_dir = $(datadir)/bash-completion/completions
zsh_completion_dir = $(datadir)/zsh/site-functions
.PHONY: install-completion uninstall-completion
install-completion: note-directories
	@install_for() { \
		$(MKDIR_P) "$$(dirname "$$2")" && \
		$(SED) -E "s&^(complete .*|#compdef )$$command$$&\1$$program&" $(srcdir)/scripts/completion/"$$1" \
			>"$$2.tmp" && chmod 644 "$$2.tmp" && mv "$$2.tmp" "$$2"; \
	}; \
	for command in $(completed); do \
		program=$$(echo "$$command" | $(SED) '$(transform)'); \
		install_for "$$command.bash" '$(DESTDIR)$(bash_completion_dir)'/"$$program" && \
		install_for "_$$command" '$(DESTDIR)$(zsh_completion_dir)'/"_$$program" || exit 1; \
	done

uninstall-completion:
	@for command in $(completed); do \
		program=$$(echo "$$command" | $(SED) '$(transform)'); \
		rm -f '$(DESTDIR)$(bash_completion_dir)'/"$$program" '$(DESTDIR)$(zsh_completion_dir)'/"_$$program"; \
	done
