# SPDX-License-Identifier: LGPL-2.1-or-later
# Real daemons, run by scripts/test --daemons and not by make check.
EXTRA_DIST += \
	tests/daemons/.shellcheckrc \
	tests/daemons/TABLE.md \
	tests/daemons/atftpd.bats \
	tests/daemons/bind9.bats \
	tests/daemons/chrony.bats \
	tests/daemons/coturn.bats \
	tests/daemons/daemons.bash \
	tests/daemons/dns.bash \
	tests/daemons/dnsmasq.bats \
	tests/daemons/echo_erlang.bats \
	tests/daemons/echo_java_channel.bats \
	tests/daemons/echo_java_socket.bats \
	tests/daemons/echo_node.bats \
	tests/daemons/echo_perl.bats \
	tests/daemons/echo_php.bats \
	tests/daemons/echo_python.bats \
	tests/daemons/echo_ruby.bats \
	tests/daemons/echo_rust.bats \
	tests/daemons/freeradius.bats \
	tests/daemons/inetd.bash \
	tests/daemons/inetutils_inetd.bats \
	tests/daemons/iperf2.bats \
	tests/daemons/iperf3.bats \
	tests/daemons/kamailio.bats \
	tests/daemons/knot.bats \
	tests/daemons/knot_resolver.bats \
	tests/daemons/memcached.bats \
	tests/daemons/netcat.bats \
	tests/daemons/nsd.bats \
	tests/daemons/openbsd_inetd.bats \
	tests/daemons/openntpd.bats \
	tests/daemons/pdns.bats \
	tests/daemons/radius.bash \
	tests/daemons/radsecproxy.bats \
	tests/daemons/rbldnsd.bats \
	tests/daemons/snmpd.bats \
	tests/daemons/socat_listen.bats \
	tests/daemons/socat_recvfrom.bats \
	tests/daemons/table-head.md \
	tests/daemons/tftpd_hpa.bats \
	tests/daemons/unbound.bats \
	tests/daemons/xinetd.bats
