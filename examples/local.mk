# SPDX-License-Identifier: LGPL-2.1-or-later
# What an administrator copies. An installed copy has the paths of its installation, where the one in the
# sources has those of packages, so that both can be copied as they are.
examples = \
	examples/README.md \
	examples/recording.txt \
	examples/inetd/talkd.conf \
	examples/settings/gunicorn.conf \
	examples/settings/talkd.conf \
	examples/systemd/atftpd.service.d/bindright.conf \
	examples/systemd/icecast2.service.d/bindright.conf \
	examples/systemd/minetest-server.service.d/bindright.conf \
	examples/systemd/nsd.service.d/bindright.conf \
	examples/systemd/oracle-listener.service.d/bindright.conf \
	examples/systemd/radsecproxy.service.d/bindright.conf \
	examples/systemd/snmpd.service.d/bindright.conf \
	examples/systemd/syslog-ng.service.d/bindright.conf \
	examples/systemd/vsftpd.service.d/bindright.conf \
	examples/systemd/xinetd.service.d/bindright.conf
# tests/systems/recording.bats makes recording.txt.
EXTRA_DIST += $(examples) tests/systems/recording.bats
example_directories = $(patsubst %/,%,$(sort examples/systemd/ $(dir $(examples))))

.PHONY: install-examples uninstall-examples
install-examples: note-directories
	@program=$$(echo bindright | $(SED) '$(transform)'); \
	case '$(libdir)' in \
	/usr/lib | /usr/lib64 | /usr/lib/*-linux-*) preload=libbindright.so ;; \
	*) preload='$(libdir)/libbindright.so' ;; \
	esac; \
	for file in $(examples); do \
		to='$(DESTDIR)$(docdir)'/$$file; \
		$(MKDIR_P) "$$(dirname "$$to")" && \
		$(SED) -e "s|LD_PRELOAD=libbindright\.so|LD_PRELOAD=$$preload|" \
			-e 's|/etc/bindright/|$(sysconfdir)/bindright/|g' \
			-e "s|/usr/bin/bindright|$(bindir)/$$program|g" \
			$(srcdir)/$$file >"$$to.tmp" && \
		chmod 644 "$$to.tmp" && mv "$$to.tmp" "$$to" || exit 1; \
	done

uninstall-examples:
	@for file in $(examples); do rm -f '$(DESTDIR)$(docdir)'/$$file; done
