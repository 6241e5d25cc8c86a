# SPDX-License-Identifier: LGPL-2.1-or-later
# The live tests: one behaviour per file, each first bare and then with the library.
LIVE_TESTS = \
	tests/live/ctl_check.bats \
	tests/live/ctl_status.bats \
	tests/live/environment.bats \
	tests/live/environment_late.bats \
	tests/live/examples_cures.bats \
	tests/live/exports.bats \
	tests/live/flood.bats \
	tests/live/inner_loop.bats \
	tests/live/layers.bats \
	tests/live/listen_auto.bats \
	tests/live/listen_auto_forked.bats \
	tests/live/listen_auto_lingering.bats \
	tests/live/listen_auto_shared.bats \
	tests/live/listen_auto_threads.bats \
	tests/live/listen_cases.bats \
	tests/live/listen_default.bats \
	tests/live/listen_dual.bats \
	tests/live/listen_edges.bats \
	tests/live/listen_inherited.bats \
	tests/live/listen_ipv4_lost.bats \
	tests/live/listen_like_sysctl.bats \
	tests/live/listen_log.bats \
	tests/live/listen_pair.bats \
	tests/live/listen_protocols.bats \
	tests/live/listen_rules.bats \
	tests/live/listen_v6_only.bats \
	tests/live/listen_without_ipv6.bats \
	tests/live/log.bats \
	tests/live/log_debug.bats \
	tests/live/log_harmless.bats \
	tests/live/log_syslog.bats \
	tests/live/nft_rule.bats \
	tests/live/other_libc.bats \
	tests/live/preloads.bats \
	tests/live/programs.bats \
	tests/live/programs_children.bats \
	tests/live/reply_address_removed.bats \
	tests/live/reply_addresses.bats \
	tests/live/reply_asked_last.bats \
	tests/live/reply_batch.bats \
	tests/live/reply_batch_faults.bats \
	tests/live/reply_broadcast.bats \
	tests/live/reply_clients.bats \
	tests/live/reply_connect.bats \
	tests/live/reply_connected.bats \
	tests/live/reply_deepbind.bats \
	tests/live/reply_dual_stack.bats \
	tests/live/reply_error_queue.bats \
	tests/live/reply_errors.bats \
	tests/live/reply_filtered.bats \
	tests/live/reply_filtered_actions.bats \
	tests/live/reply_filtered_calls.bats \
	tests/live/reply_filtered_exec.bats \
	tests/live/reply_forked.bats \
	tests/live/reply_fortify.bats \
	tests/live/reply_inherited.bats \
	tests/live/reply_inherited_stale.bats \
	tests/live/reply_inherited_twice.bats \
	tests/live/reply_interface.bats \
	tests/live/reply_killed.bats \
	tests/live/reply_late.bats \
	tests/live/reply_link_local.bats \
	tests/live/reply_locked.bats \
	tests/live/reply_not_ours.bats \
	tests/live/reply_other_socket.bats \
	tests/live/reply_own_control.bats \
	tests/live/reply_own_egress.bats \
	tests/live/reply_own_pktinfo.bats \
	tests/live/reply_own_source.bats \
	tests/live/reply_past_udp.bats \
	tests/live/reply_recvfrom.bats \
	tests/live/reply_recvmmsg.bats \
	tests/live/reply_recvmsg.bats \
	tests/live/reply_refused.bats \
	tests/live/reply_reserved.bats \
	tests/live/reply_routes.bats \
	tests/live/reply_scribbled.bats \
	tests/live/reply_segments.bats \
	tests/live/reply_shared.bats \
	tests/live/reply_syscall.bats \
	tests/live/reply_threads.bats \
	tests/live/reply_time64.bats \
	tests/live/reply_unseen.bats \
	tests/live/rules_reply.bats \
	tests/live/rules_v6only.bats \
	tests/live/same_results.bats \
	tests/live/scripts_refusals.bats \
	tests/live/symptoms.bats \
	tests/live/syscalls.bats

TESTS += $(LIVE_TESTS)
EXTRA_DIST += $(LIVE_TESTS) tests/live/bats.bash tests/live/ctl_check.bash tests/live/dev.bash tests/live/examples.bash tests/live/filtered.bash tests/live/flood.bash tests/live/inherited.bash \
	tests/live/lab.bash tests/live/refused.bash tests/live/routes.bash tests/live/syslog.bash tests/live/.shellcheckrc tests/live/puppet.bash \
	tests/live/same_results.bash
