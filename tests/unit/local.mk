# SPDX-License-Identifier: LGPL-2.1-or-later
# cmocka tests of all layers but calls: no preload, no network.
unit_tests = \
	tests/unit/address \
	tests/unit/apparmor \
	tests/unit/batch \
	tests/unit/bpf_kernel \
	tests/unit/capabilities \
	tests/unit/classify \
	tests/unit/classify_inherited \
	tests/unit/control \
	tests/unit/control_kernel \
	tests/unit/env \
	tests/unit/fd_flags \
	tests/unit/filter \
	tests/unit/hash \
	tests/unit/last_peer \
	tests/unit/last_peer_handlers \
	tests/unit/ld_preload \
	tests/unit/decide \
	tests/unit/log \
	tests/unit/log_file \
	tests/unit/names \
	tests/unit/next \
	tests/unit/output \
	tests/unit/peers \
	tests/unit/peers_elsewhere \
	tests/unit/peers_flood \
	tests/unit/peers_killed \
	tests/unit/peers_model \
	tests/unit/peers_scribbled \
	tests/unit/peers_shared \
	tests/unit/pktinfo \
	tests/unit/pktinfo_kernel \
	tests/unit/pktinfo_source \
	tests/unit/ports \
	tests/unit/preload \
	tests/unit/process \
	tests/unit/readable \
	tests/unit/rules \
	tests/unit/rules_random \
	tests/unit/rx \
	tests/unit/sandbox \
	tests/unit/scratch \
	tests/unit/select \
	tests/unit/select_handlers \
	tests/unit/select_shared \
	tests/unit/settings \
	tests/unit/settings_text \
	tests/unit/settings_values \
	tests/unit/share \
	tests/unit/sockets \
	tests/unit/status \
	tests/unit/status_reader \
	tests/unit/tag \
	tests/unit/unit_text \
	tests/unit/app_options \
	tests/unit/watch
# Of bindrightctl audit.
if HAVE_LIBMNL
unit_tests += tests/unit/audit_netlink tests/unit/audit_verdict tests/unit/audit_wire
endif
if HAVE_KERNEL
unit_tests += tests/unit/address_messages tests/unit/addresses tests/unit/covered
endif
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

unit_libs = shim/libinternal.la -lcmocka -lpthread
unit_interrupt = tests/unit/interrupt.c tests/unit/interrupt.h

tests_unit_address_SOURCES = tests/unit/address.c tests/unit/unit.h
tests_unit_address_LDADD = $(unit_libs)
tests_unit_address_messages_SOURCES = tests/unit/address_messages.c tests/unit/rtnetlink.h tests/unit/unit.h \
	shim/kernel/address_messages.c
tests_unit_address_messages_LDADD = $(unit_libs) $(LIBMNL_LIBS)
tests_unit_addresses_SOURCES = tests/unit/addresses.c tests/unit/rtnetlink.h tests/unit/unit.h \
	shim/kernel/address_messages.c shim/kernel/addresses.c
tests_unit_addresses_LDADD = shim/libctl.la $(unit_libs) $(LIBMNL_LIBS)
tests_unit_apparmor_SOURCES = tests/unit/apparmor.c tests/unit/unit.h
tests_unit_apparmor_LDADD = shim/libctl.la $(unit_libs)
tests_unit_capabilities_SOURCES = tests/unit/capabilities.c tests/unit/unit.h
tests_unit_capabilities_LDADD = shim/libctl.la $(unit_libs)
tests_unit_process_SOURCES = tests/unit/process.c tests/unit/unit.h
tests_unit_process_LDADD = shim/libctl.la $(unit_libs)
tests_unit_audit_netlink_SOURCES = tests/unit/audit_netlink.c tests/unit/unit.h \
	shim/ctl/audit/diag.c shim/ctl/netlink.c shim/ctl/audit/routes.c
tests_unit_audit_netlink_LDADD = shim/libctl.la $(unit_libs) $(LIBMNL_LIBS)
tests_unit_audit_verdict_SOURCES = tests/unit/audit_verdict.c tests/unit/unit.h shim/ctl/audit/verdict.c
tests_unit_audit_verdict_LDADD = $(unit_libs)
tests_unit_audit_wire_SOURCES = tests/unit/audit_wire.c tests/unit/unit.h shim/ctl/audit/wire.c
tests_unit_audit_wire_LDADD = $(unit_libs)
tests_unit_batch_SOURCES = tests/unit/batch.c tests/unit/unit.h
tests_unit_batch_LDADD = $(unit_libs)
tests_unit_bpf_kernel_SOURCES = tests/unit/bpf_kernel.c tests/unit/unit.h
tests_unit_bpf_kernel_LDADD = $(unit_libs)
tests_unit_classify_SOURCES = tests/unit/classify.c tests/unit/unit.h
tests_unit_classify_LDADD = $(unit_libs)
tests_unit_classify_inherited_SOURCES = \
	tests/unit/classify_inherited.c tests/unit/bound_udp.h tests/unit/unit.h
tests_unit_classify_inherited_LDADD = $(unit_libs)
tests_unit_control_SOURCES = tests/unit/control.c tests/unit/unit.h
tests_unit_control_LDADD = $(unit_libs)
tests_unit_control_kernel_SOURCES = tests/unit/control_kernel.c tests/unit/unit.h
tests_unit_control_kernel_LDADD = $(unit_libs)
tests_unit_covered_SOURCES = tests/unit/covered.c tests/unit/unit.h shim/kernel/covered.c
tests_unit_covered_LDADD = shim/libctl.la $(unit_libs)
tests_unit_env_SOURCES = tests/unit/env.c tests/unit/unit.h
tests_unit_env_LDADD = $(unit_libs)
tests_unit_fd_flags_SOURCES = tests/unit/fd_flags.c tests/unit/unit.h
tests_unit_fd_flags_LDADD = $(unit_libs)
tests_unit_filter_SOURCES = tests/unit/filter.c tests/unit/unit.h shim/ctl/units/filter.c
tests_unit_filter_CPPFLAGS = $(ctl_CPPFLAGS)
tests_unit_filter_LDADD = shim/libctl.la $(unit_libs)
tests_unit_hash_SOURCES = tests/unit/hash.c tests/unit/unit.h
tests_unit_hash_LDADD = $(unit_libs)
tests_unit_last_peer_SOURCES = tests/unit/last_peer.c tests/unit/received.h tests/unit/unit.h
tests_unit_last_peer_LDADD = $(unit_libs)
tests_unit_last_peer_handlers_SOURCES = \
	tests/unit/last_peer_handlers.c tests/unit/received.h tests/unit/unit.h $(unit_interrupt)
tests_unit_last_peer_handlers_LDADD = $(unit_libs)
tests_unit_ld_preload_SOURCES = tests/unit/ld_preload.c tests/unit/unit.h
tests_unit_ld_preload_LDADD = shim/libctl.la $(unit_libs)
tests_unit_decide_SOURCES = tests/unit/decide.c tests/unit/unit.h tests/unit/values.h
tests_unit_decide_LDADD = $(unit_libs)
tests_unit_log_SOURCES = tests/unit/log.c tests/unit/sinks.h tests/unit/unit.h
tests_unit_log_LDADD = $(unit_libs)
tests_unit_log_file_SOURCES = tests/unit/log_file.c tests/unit/sinks.h tests/unit/unit.h
tests_unit_log_file_LDADD = $(unit_libs)
tests_unit_names_SOURCES = tests/unit/names.c tests/unit/unit.h tests/unit/values.h
tests_unit_names_LDADD = $(unit_libs)
tests_unit_next_SOURCES = tests/unit/next.c tests/unit/unit.h
tests_unit_next_LDADD = $(unit_libs)
tests_unit_peers_SOURCES = tests/unit/peers.c tests/unit/table.h tests/unit/unit.h
tests_unit_peers_LDADD = $(unit_libs)
tests_unit_peers_elsewhere_SOURCES = \
	tests/unit/peers_elsewhere.c tests/unit/table.h tests/unit/unit.h
tests_unit_peers_elsewhere_LDADD = $(unit_libs)
tests_unit_peers_flood_SOURCES = tests/unit/peers_flood.c tests/unit/table.h tests/unit/unit.h
tests_unit_peers_flood_LDADD = $(unit_libs)
tests_unit_peers_killed_SOURCES = \
	tests/unit/peers_killed.c tests/unit/table.h tests/unit/unit.h $(unit_interrupt)
tests_unit_peers_killed_LDADD = $(unit_libs)
tests_unit_peers_model_SOURCES = tests/unit/peers_model.c tests/unit/table.h tests/unit/unit.h
tests_unit_peers_model_LDADD = $(unit_libs)
tests_unit_peers_scribbled_SOURCES = \
	tests/unit/peers_scribbled.c tests/unit/table.h tests/unit/unit.h
tests_unit_peers_scribbled_LDADD = $(unit_libs)
tests_unit_peers_shared_SOURCES = \
	tests/unit/peers_shared.c tests/unit/table.h tests/unit/unit.h $(unit_interrupt)
tests_unit_peers_shared_LDADD = $(unit_libs)
tests_unit_output_SOURCES = tests/unit/output.c tests/unit/unit.h
tests_unit_output_LDADD = $(unit_libs)
tests_unit_pktinfo_SOURCES = tests/unit/pktinfo.c tests/unit/messages.h tests/unit/unit.h
tests_unit_pktinfo_LDADD = $(unit_libs)
tests_unit_pktinfo_kernel_SOURCES = \
	tests/unit/pktinfo_kernel.c tests/unit/messages.h tests/unit/unit.h
tests_unit_pktinfo_kernel_LDADD = $(unit_libs)
tests_unit_pktinfo_source_SOURCES = \
	tests/unit/pktinfo_source.c tests/unit/messages.h tests/unit/unit.h
tests_unit_pktinfo_source_LDADD = $(unit_libs)
tests_unit_ports_SOURCES = tests/unit/ports.c tests/unit/bound.h tests/unit/unit.h
tests_unit_ports_LDADD = $(unit_libs)
tests_unit_preload_SOURCES = tests/unit/preload.c tests/unit/unit.h
tests_unit_preload_LDADD = $(unit_libs)
tests_unit_readable_SOURCES = tests/unit/readable.c tests/unit/unit.h
tests_unit_readable_LDADD = $(unit_libs)
tests_unit_rules_SOURCES = tests/unit/rules.c tests/unit/unit.h tests/unit/values.h
tests_unit_rules_LDADD = $(unit_libs)
tests_unit_rules_random_SOURCES = tests/unit/rules_random.c tests/unit/unit.h tests/unit/values.h
tests_unit_rules_random_LDADD = $(unit_libs)
tests_unit_rx_SOURCES = tests/unit/rx.c tests/unit/lookup.h tests/unit/table.h tests/unit/unit.h
tests_unit_rx_LDADD = $(unit_libs)
tests_unit_sandbox_SOURCES = tests/unit/sandbox.c tests/unit/unit.h
tests_unit_sandbox_LDADD = $(unit_libs)
tests_unit_scratch_SOURCES = tests/unit/scratch.c tests/unit/unit.h $(unit_interrupt)
tests_unit_scratch_LDADD = $(unit_libs)
tests_unit_select_SOURCES = \
	tests/unit/select.c tests/unit/lookup.h tests/unit/table.h tests/unit/unit.h
tests_unit_select_LDADD = $(unit_libs)
tests_unit_select_handlers_SOURCES = \
	tests/unit/select_handlers.c tests/unit/lookup.h tests/unit/table.h tests/unit/unit.h $(unit_interrupt)
tests_unit_select_handlers_LDADD = $(unit_libs)
tests_unit_select_shared_SOURCES = \
	tests/unit/select_shared.c tests/unit/lookup.h tests/unit/table.h tests/unit/unit.h
tests_unit_select_shared_LDADD = $(unit_libs)
tests_unit_settings_SOURCES = tests/unit/settings.c tests/unit/unit.h tests/unit/values.h
tests_unit_settings_LDADD = $(unit_libs)
tests_unit_settings_text_SOURCES = tests/unit/settings_text.c tests/unit/unit.h
tests_unit_settings_text_LDADD = shim/libctl.la $(unit_libs)
tests_unit_settings_values_SOURCES = \
	tests/unit/settings_values.c tests/unit/unit.h tests/unit/values.h
tests_unit_settings_values_LDADD = $(unit_libs)
tests_unit_share_SOURCES = tests/unit/share.c tests/unit/bound.h tests/unit/unit.h
tests_unit_share_LDADD = $(unit_libs)
tests_unit_sockets_SOURCES = tests/unit/sockets.c tests/unit/unit.h
tests_unit_sockets_LDADD = $(unit_libs)
tests_unit_status_SOURCES = tests/unit/status.c tests/unit/lookup.h tests/unit/table.h tests/unit/unit.h
tests_unit_status_LDADD = $(unit_libs)
tests_unit_status_reader_SOURCES = tests/unit/status_reader.c tests/unit/unit.h \
	shim/ctl/status/groups.c shim/ctl/status/instance.c \
	shim/ctl/status/memory.c shim/ctl/status/peers.c
tests_unit_status_reader_CPPFLAGS = $(ctl_CPPFLAGS)
tests_unit_status_reader_LDADD = shim/libctl.la $(unit_libs)
tests_unit_tag_SOURCES = tests/unit/tag.c tests/unit/unit.h
tests_unit_tag_LDADD = $(unit_libs)
tests_unit_unit_text_SOURCES = tests/unit/unit_text.c tests/unit/unit.h \
	shim/ctl/units/text.c shim/ctl/units/unit_name.c shim/ctl/units/unit_text.c
tests_unit_unit_text_CPPFLAGS = $(ctl_CPPFLAGS)
tests_unit_unit_text_LDADD = shim/libctl.la $(unit_libs)
tests_unit_app_options_SOURCES = tests/unit/app_options.c tests/unit/bound_udp.h tests/unit/unit.h
tests_unit_app_options_LDADD = $(unit_libs)
tests_unit_watch_SOURCES = tests/unit/watch.c tests/unit/bound_udp.h tests/unit/sinks.h tests/unit/unit.h
tests_unit_watch_LDADD = $(unit_libs)
