# SPDX-License-Identifier: LGPL-2.1-or-later
# Real daemons, run by scripts/test --daemons and not by make check.
EXTRA_DIST += \
	tests/daemons/.shellcheckrc \
	tests/daemons/TABLE.md \
	tests/daemons/coturn.bats \
	tests/daemons/daemons.bash \
	tests/daemons/iperf3.bats \
	tests/daemons/kamailio.bats \
	tests/daemons/knot_resolver.bats \
	tests/daemons/memcached.bats \
	tests/daemons/nsd.bats \
	tests/daemons/socat_listen.bats \
	tests/daemons/socat_recvfrom.bats \
	tests/daemons/table-head.md \
	tests/daemons/unbound.bats
