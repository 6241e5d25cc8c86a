#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A unit under each of systemd's settings that confine a service: with most it is cured as without,
# with some the library cannot be loaded or cannot work, and the fault stays. Each test also sees
# that the setting is in force, because systemd ignores some where the kernel or a container lacks
# what they need.

load systemd
programs=echo_recvfrom

# cured_with SETTING...: "in_force" is the test's.
cured_with() {
	echo_unit "$@"
	echo_shows_fault
	in_force
	enable echo.service --now
	echo_is_cured
	in_force
}

# stopped_with SETTING...: without the setting, the same drop-in cures.
stopped_with() {
	echo_unit
	echo_shows_fault
	drop_in echo.service
	echo_is_cured
	echo_unit "$@"
	echo_shows_fault
}

# is_filtered: the process has more filters than those by which systemd-nspawn confines the system.
is_filtered() {
	local all

	all=$(on_system sed -n 's/^Seccomp_filters:\s*//p' /proc/1/status)
	process_has status '^Seccomp_filters:\s[0-9]+$'
	[ "$(sed -n 's/^Seccomp_filters:\s*//p' proc)" -gt "$all" ] || fail "not filtered: $(cat proc)"
}

# ---- Cured --------------------------------------------------------------------------------------

@test "cured with NoNewPrivileges" {
	in_force() {
		process_has status '^NoNewPrivs:\s1$'
	}
	cured_with NoNewPrivileges=yes
}

@test "cured with User" {
	in_force() {
		process_has status "^Uid:\s$(on_system id -u daemon)\s"
	}
	cured_with User=daemon
}

@test "cured with DynamicUser" {
	in_force() {
		process_has status '^Uid:\s6[1-5][0-9]{3}\s'
	}
	cured_with DynamicUser=yes
}

@test "cured with MemoryDenyWriteExecute" {
	in_force() {
		is_filtered
	}
	cured_with MemoryDenyWriteExecute=yes
}

@test "cured with SystemCallFilter=@system-service" {
	in_force() {
		is_filtered
	}
	cured_with SystemCallFilter=@system-service
}

@test "cured with RestrictAddressFamilies" {
	in_force() {
		is_filtered
	}
	cured_with 'RestrictAddressFamilies=AF_INET AF_INET6'
}

@test "cured with ProtectSystem=strict" {
	in_force() {
		process_has mountinfo ' / / ro'
	}
	cured_with ProtectSystem=strict
}

@test "cured with PrivateUsers" {
	in_force() {
		process_has uid_map '^\s*0\s+0\s+1$'
	}
	cured_with PrivateUsers=yes
}

@test "cured with AmbientCapabilities" {
	in_force() {
		process_has status '^CapAmb:\s0+400$'
	}
	cured_with User=daemon AmbientCapabilities=CAP_NET_BIND_SERVICE
}

@test "cured with LimitAS=60M" {
	in_force() {
		process_has limits '^Max address space\s+62914560\s'
	}
	cured_with LimitAS=60M
}

@test "cured with all of them, and what else systemd-analyze security asks for" {
	in_force() {
		is_filtered
		process_has status '^NoNewPrivs:\s1$'
		process_has mountinfo ' / / ro'
	}
	cured_with DynamicUser=yes NoNewPrivileges=yes MemoryDenyWriteExecute=yes \
		SystemCallFilter=@system-service SystemCallArchitectures=native \
		'RestrictAddressFamilies=AF_INET AF_INET6' ProtectSystem=strict ProtectHome=yes \
		PrivateTmp=yes PrivateDevices=yes PrivateUsers=yes ProtectProc=invisible ProcSubset=pid \
		ProtectClock=yes ProtectHostname=yes ProtectKernelLogs=yes ProtectKernelModules=yes \
		ProtectKernelTunables=yes ProtectControlGroups=yes RestrictNamespaces=yes \
		RestrictRealtime=yes RestrictSUIDSGID=yes LockPersonality=yes CapabilityBoundingSet= \
		RemoveIPC=yes UMask=0077 LimitAS=60M
}

# ---- Stopped ------------------------------------------------------------------------------------

@test "stopped by NoExecPaths over the library" {
	stopped_with NoExecPaths=/usr/local/lib
	journal_has 'cannot be preloaded'
}

@test "stopped by InaccessiblePaths over the library" {
	stopped_with InaccessiblePaths=/usr/local/lib
	journal_has 'cannot be preloaded'
}

@test "stopped by TemporaryFileSystem over the library" {
	stopped_with TemporaryFileSystem=/usr/local/lib
	journal_has 'cannot be preloaded'
}

@test "stopped by a RootDirectory without the library" {
	on_system mkdir -p /srv/other
	stopped_with RootDirectory=/srv/other 'BindReadOnlyPaths=/usr/lib /usr/local/bin /lib /lib64'
	journal_has 'cannot be preloaded'
}

@test "stopped by UnsetEnvironment" {
	stopped_with UnsetEnvironment=LD_PRELOAD
	process_has maps libc
	! process_has maps libbindright || return 1
}

@test "stopped by a filter that refuses setsockopt" {
	stopped_with SystemCallFilter=~setsockopt SystemCallErrorNumber=EPERM
	process_has maps libbindright
}

@test "stopped by file capabilities, with User" {
	on_system cp /usr/local/bin/echo_recvfrom /usr/local/bin/with_capability
	on_system setcap cap_net_raw=ep /usr/local/bin/with_capability
	stopped_with User=daemon ExecStart= "ExecStart=/usr/local/bin/with_capability :: $PORT"
}

# ---- EnvironmentFile ----------------------------------------------------------------------------

@test "an EnvironmentFile that sets LD_PRELOAD wins over a drop-in's Environment" {
	echo 'LD_PRELOAD=/usr/lib/other.so' | put /etc/default/echo
	stopped_with EnvironmentFile=/etc/default/echo
	process_has environ 'LD_PRELOAD=/usr/lib/other.so'
}

@test "an EnvironmentFile with the library and its settings cures" {
	printf '%s\n' LD_PRELOAD=libbindright.so BINDRIGHT_V6ONLY=auto | put /etc/default/echo
	echo_unit
	echo_shows_fault
	drop_in echo.service EnvironmentFile=/etc/default/echo
	echo_is_cured
}
