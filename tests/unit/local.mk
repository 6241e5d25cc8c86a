# SPDX-License-Identifier: LGPL-2.1-or-later
# cmocka tests of the rooms core and sys: no preload, no network.
unit_tests = \
	tests/unit/address \
	tests/unit/batch \
	tests/unit/choose \
	tests/unit/choose_handlers \
	tests/unit/choose_shared \
	tests/unit/control \
	tests/unit/control_kernel \
	tests/unit/env \
	tests/unit/facts \
	tests/unit/hash \
	tests/unit/listeners \
	tests/unit/log \
	tests/unit/log_file \
	tests/unit/mark \
	tests/unit/names \
	tests/unit/next \
	tests/unit/peers \
	tests/unit/peers_elsewhere \
	tests/unit/peers_flood \
	tests/unit/peers_killed \
	tests/unit/peers_model \
	tests/unit/peers_shared \
	tests/unit/pktinfo \
	tests/unit/pktinfo_kernel \
	tests/unit/pktinfo_source \
	tests/unit/preload \
	tests/unit/ports \
	tests/unit/ports_table \
	tests/unit/readable \
	tests/unit/recent \
	tests/unit/rules \
	tests/unit/rules_random \
	tests/unit/scratch \
	tests/unit/settings \
	tests/unit/settings_values \
	tests/unit/sockets \
	tests/unit/sockets_rules \
	tests/unit/turns
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif

unit_libs = shim/libsys.la shim/libcore.la -lcmocka -lpthread
unit_interrupt = tests/unit/interrupt.c tests/unit/interrupt.h

tests_unit_address_SOURCES = tests/unit/address.c tests/unit/unit.h
tests_unit_address_LDADD = $(unit_libs)
tests_unit_batch_SOURCES = tests/unit/batch.c tests/unit/unit.h
tests_unit_batch_LDADD = $(unit_libs)
tests_unit_choose_SOURCES = tests/unit/choose.c tests/unit/memories.h tests/unit/unit.h
tests_unit_choose_LDADD = $(unit_libs)
tests_unit_choose_handlers_SOURCES = \
	tests/unit/choose_handlers.c tests/unit/memories.h tests/unit/unit.h $(unit_interrupt)
tests_unit_choose_handlers_LDADD = $(unit_libs)
tests_unit_choose_shared_SOURCES = tests/unit/choose_shared.c tests/unit/table.h tests/unit/unit.h
tests_unit_choose_shared_LDADD = $(unit_libs)
tests_unit_control_SOURCES = tests/unit/control.c tests/unit/unit.h
tests_unit_control_LDADD = $(unit_libs)
tests_unit_control_kernel_SOURCES = tests/unit/control_kernel.c tests/unit/unit.h
tests_unit_control_kernel_LDADD = $(unit_libs)
tests_unit_env_SOURCES = tests/unit/env.c tests/unit/unit.h
tests_unit_env_LDADD = $(unit_libs)
tests_unit_facts_SOURCES = tests/unit/facts.c tests/unit/unit.h
tests_unit_facts_LDADD = $(unit_libs)
tests_unit_hash_SOURCES = tests/unit/hash.c tests/unit/unit.h
tests_unit_hash_LDADD = $(unit_libs)
tests_unit_listeners_SOURCES = tests/unit/listeners.c tests/unit/unit.h tests/unit/values.h
tests_unit_listeners_LDADD = $(unit_libs)
tests_unit_log_SOURCES = tests/unit/log.c tests/unit/unit.h tests/unit/sinks.h
tests_unit_log_LDADD = $(unit_libs)
tests_unit_log_file_SOURCES = tests/unit/log_file.c tests/unit/unit.h tests/unit/sinks.h
tests_unit_log_file_LDADD = $(unit_libs)
tests_unit_mark_SOURCES = tests/unit/mark.c tests/unit/unit.h
tests_unit_mark_LDADD = $(unit_libs)
tests_unit_names_SOURCES = tests/unit/names.c tests/unit/unit.h tests/unit/values.h
tests_unit_names_LDADD = $(unit_libs)
tests_unit_next_SOURCES = tests/unit/next.c tests/unit/unit.h
tests_unit_next_LDADD = $(unit_libs)
tests_unit_peers_SOURCES = tests/unit/peers.c tests/unit/unit.h tests/unit/table.h
tests_unit_peers_LDADD = $(unit_libs)
tests_unit_peers_elsewhere_SOURCES = tests/unit/peers_elsewhere.c tests/unit/table.h tests/unit/unit.h
tests_unit_peers_elsewhere_LDADD = $(unit_libs)
tests_unit_peers_flood_SOURCES = tests/unit/peers_flood.c tests/unit/table.h tests/unit/unit.h
tests_unit_peers_flood_LDADD = $(unit_libs)
tests_unit_peers_killed_SOURCES = tests/unit/peers_killed.c tests/unit/unit.h tests/unit/table.h $(unit_interrupt)
tests_unit_peers_killed_LDADD = $(unit_libs)
tests_unit_peers_model_SOURCES = tests/unit/peers_model.c tests/unit/unit.h tests/unit/table.h
tests_unit_peers_model_LDADD = $(unit_libs)
tests_unit_peers_shared_SOURCES = tests/unit/peers_shared.c tests/unit/unit.h tests/unit/table.h $(unit_interrupt)
tests_unit_peers_shared_LDADD = $(unit_libs)
tests_unit_pktinfo_SOURCES = tests/unit/pktinfo.c tests/unit/unit.h tests/unit/reports.h
tests_unit_pktinfo_LDADD = $(unit_libs)
tests_unit_pktinfo_kernel_SOURCES = tests/unit/pktinfo_kernel.c tests/unit/unit.h tests/unit/reports.h
tests_unit_pktinfo_kernel_LDADD = $(unit_libs)
tests_unit_pktinfo_source_SOURCES = tests/unit/pktinfo_source.c tests/unit/unit.h tests/unit/reports.h
tests_unit_pktinfo_source_LDADD = $(unit_libs)
tests_unit_preload_SOURCES = tests/unit/preload.c tests/unit/unit.h
tests_unit_preload_LDADD = $(unit_libs)
tests_unit_ports_SOURCES = tests/unit/ports.c tests/unit/bound.h tests/unit/unit.h
tests_unit_ports_LDADD = $(unit_libs)
tests_unit_ports_table_SOURCES = tests/unit/ports_table.c tests/unit/bound.h tests/unit/unit.h
tests_unit_ports_table_LDADD = $(unit_libs)
tests_unit_readable_SOURCES = tests/unit/readable.c tests/unit/unit.h
tests_unit_readable_LDADD = $(unit_libs)
tests_unit_recent_SOURCES = tests/unit/recent.c tests/unit/unit.h $(unit_interrupt)
tests_unit_recent_LDADD = $(unit_libs)
tests_unit_rules_SOURCES = tests/unit/rules.c tests/unit/unit.h tests/unit/values.h
tests_unit_rules_LDADD = $(unit_libs)
tests_unit_rules_random_SOURCES = tests/unit/rules_random.c tests/unit/unit.h tests/unit/values.h
tests_unit_rules_random_LDADD = $(unit_libs)
tests_unit_scratch_SOURCES = tests/unit/scratch.c tests/unit/unit.h $(unit_interrupt)
tests_unit_scratch_LDADD = $(unit_libs)
tests_unit_settings_SOURCES = tests/unit/settings.c tests/unit/unit.h tests/unit/values.h
tests_unit_settings_LDADD = $(unit_libs)
tests_unit_settings_values_SOURCES = tests/unit/settings_values.c tests/unit/unit.h tests/unit/values.h
tests_unit_settings_values_LDADD = $(unit_libs)
tests_unit_sockets_SOURCES = tests/unit/sockets.c tests/unit/unit.h
tests_unit_sockets_LDADD = $(unit_libs)
tests_unit_sockets_rules_SOURCES = tests/unit/sockets_rules.c tests/unit/unit.h
tests_unit_sockets_rules_LDADD = $(unit_libs)
tests_unit_turns_SOURCES = tests/unit/turns.c tests/unit/table.h tests/unit/unit.h
tests_unit_turns_LDADD = $(unit_libs)
