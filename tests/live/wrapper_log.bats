#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The wrapper checks the sink in BINDRIGHT_LOG before the command starts, and creates nothing for
# that.

load wrapper
load own_dev

# no_log FILE REASON: refused for this reason, wherever it is set.
no_log() {
	bindright --log="warn:$1" touch ran
	refused 125 "--log: BINDRIGHT_LOG: cannot write '$1': $2"
	BINDRIGHT_LOG=error:$1 bindright touch ran
	refused 125 "environment: BINDRIGHT_LOG: cannot write '$1': $2"
	echo "BINDRIGHT_LOG=debug:$1" >conf
	bindright -c conf touch ran
	refused 125 "conf:1: BINDRIGHT_LOG: cannot write '$1': $2"
	[ ! -e ran ]
}

@test "a file that cannot be written" {
	mkdir -p logs/directory
	: >file
	ln -s loop loop
	no_log "$PWD/missing/log" "its directory: No such file or directory"
	no_log "$PWD/file/log" "Not a directory"
	no_log "$PWD/logs/directory" "Is a directory"
	no_log "$PWD/logs/new/" "Is a directory"
	no_log / "Is a directory"
	no_log "$PWD/loop" "Too many levels of symbolic links"
	no_log "$PWD/$(printf 'x%.0s' {1..300})" "File name too long"
	[ ! -e missing ]
	[ ! -e logs/new ]
}

@test "a file without write permission" {
	need_another_user
	mkdir -m 755 logs
	: >logs/log
	run_apart "${as_other_user[@]}" "$wrapper" --log="warn:$PWD/logs/log" touch ran
	refused 125 "--log: BINDRIGHT_LOG: cannot write '$PWD/logs/log': Permission denied"
	run_apart "${as_other_user[@]}" "$wrapper" --log="warn:$PWD/logs/new" touch ran
	refused 125 "--log: BINDRIGHT_LOG: cannot write '$PWD/logs/new': its directory: Permission denied"
	# The effective user counts.
	chown 54321 logs/log
	run_apart "${as_other_user[@]}" "$wrapper" --log="warn:$PWD/logs/log" echo ran
	gives ran
	# Without a shell, because shells drop such privileges.
	run_apart setpriv --ruid 54321 --clear-groups \
		"$program" "$library" /etc "$bindrightctl" -q --log="warn:$PWD/logs/new" echo ran
	gives ran
	[ ! -e logs/new ]
}

@test "a file that can be written or created is not touched" {
	echo 'a line' >log
	bindright --log="warn:$PWD/log" echo ran
	gives ran
	[ "$(cat log)" = 'a line' ]
	bindright --log="warn:$PWD/new" echo ran
	gives ran
	ln -s "$PWD/target" link
	bindright --log="warn:$PWD/link" echo ran
	gives ran
	mkfifo fifo
	bindright --log="warn:$PWD/fifo" echo ran
	gives ran
	bindright --log=warn:/dev/null echo ran
	gives ran
	[ ! -e new ]
	[ ! -e target ]
}

@test "a log that is off is not checked" {
	bindright --log="off:$PWD/missing/log" echo ran
	gives ran
	bindright --log=off:syslog echo ran
	gives ran
}

@test "all errors are reported at once" {
	BINDRIGHT_PEERS=1 bindright --log="warn:$PWD/missing/log" touch ran
	[ "$status" -eq 125 ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ $stderr == *BINDRIGHT_PEERS:* && $stderr == *BINDRIGHT_LOG:* ]]
	[ ! -e ran ]
}

@test "syslog without a daemon: a warning, and the command starts" {
	need_own_dev
	run_apart with_own_dev "$wrapper" --log=warn:syslog echo ran
	[ "$status" -eq 0 ]
	[ "$output" = ran ]
	[ "$stderr" = "bindright: warning: --log: BINDRIGHT_LOG: no syslog daemon listens on /dev/log: No such file or directory" ]
	run_apart with_own_dev "$wrapper" -q --log=warn:syslog echo ran
	gives ran
	: >log
	BINDRIGHT_LOG=info:syslog run_apart with_own_dev "$wrapper" echo ran
	[ "$output" = ran ]
	[ "$stderr" = "bindright: warning: environment: BINDRIGHT_LOG: no syslog daemon listens on /dev/log: Connection refused" ]
}

@test "syslog with a daemon: no message" {
	need_own_dev
	hear_log
	run_apart with_own_dev "$wrapper" --log=warn:syslog echo ran
	gives ran
	[ "$(cat heard)" = ready ]
}
