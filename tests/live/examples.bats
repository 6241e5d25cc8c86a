#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Every file of examples/ can be copied as it is: the wrapper accepts its settings, systemd does not
# complain about it, inetd gets all of its fields, and README.md lists it. examples_cures.bats tests
# whether the files cure.

load wrapper
load own_dev
load examples

# judge ARGUMENT...: runs the wrapper with these options and a listener at /dev/log.
judge() {
	run_apart with_own_dev "$wrapper" "$@" true
}

@test "the wrapper accepts the settings of every drop-in and settings file, and refuses a wrong copy" {
	local file

	need_own_dev
	hear_log
	for file in $(examples_below settings) $(examples_below systemd); do
		echo "under test: $file"
		settings_of "$file" >settings
		[ -s settings ]
		judge -c settings
		gives ''

		sed 's/^BINDRIGHT/&_NO/' settings >wrong
		judge -c wrong
		[ "$status" -eq 125 ]
		# BINDRIGHT_ONLY accepts any name.
		sed '/^BINDRIGHT_ONLY=/!s/=/&no-/' settings >wrong
		judge -c wrong
		[ "$status" -eq 125 ]
	done
}

@test "-s SERVICE finds and accepts each settings file" {
	local file

	need_own_dev
	hear_log
	make_wrapper
	copy_settings
	for file in $(examples_below settings); do
		judge -s "$(basename "$file" .conf)"
		gives ''
	done
	judge -s no-such-example
	[ "$status" -eq 125 ]
}

# is_drop_in FILE: comments, then [Service] with one assignment a line to the environment, without
# quotes; one of them preloads the library.
is_drop_in() {
	[ "$(sed '/^#/d' "$1" | head -n 1)" = '[Service]' ] &&
		[ "$(grep -cx 'Environment=LD_PRELOAD=libbindright\.so' "$1")" -eq 1 ] &&
		! grep -vxE '#.*|\[Service\]|Environment=(LD_PRELOAD|BINDRIGHT_[A-Z0-9]+)=[[:alnum:]/.,=:*_-]+' "$1"
}

@test "a drop-in is [Service] with an environment and nothing else" {
	local file

	for file in $(examples_below systemd); do
		[[ $file == systemd/*.service.d/bindright.conf ]]
		is_drop_in "$examples/$file"
		sed 's/^Environment=BINDRIGHT.*/& A=b/' "$examples/$file" >wrong
		! is_drop_in wrong || return 1
	done
}

# verify UNIT: systemd-analyze loads it with its drop-ins, and prints what is wrong with them.
verify() {
	run_apart env SYSTEMD_UNIT_PATH="$PWD/units" systemd-analyze verify "./units/$1"
}

@test "systemd accepts every drop-in" {
	local directory unit

	command -v systemd-analyze >/dev/null || skip 'systemd-analyze is not installed'
	mkdir units
	printf '%s\n' '[Unit]' 'DefaultDependencies=no' '[Service]' 'ExecStart=/bin/true' >units/plain.service
	verify plain.service
	[ "$status$output$stderr" = 0 ] || skip "systemd-analyze verifies nothing here: $stderr"

	cp -r "$examples"/systemd/*.service.d units
	for directory in units/*.service.d; do
		unit=$(basename "$directory" .d)
		cp units/plain.service "units/$unit"
		verify "$unit"
		gives ''
		# systemd has read the drop-in: it reports a wrong line there.
		sed -i 's/^Environment=BINDRIGHT/Environ=BINDRIGHT/' "$directory/bindright.conf"
		verify "$unit"
		[[ $stderr == *"/$unit.d/bindright.conf:"*Environ* ]]
	done
}

# fields_are LINE: it has the fields of inetd.conf: the program's path is the wrapper's, and its
# argv[0] follows.
fields_are() {
	[[ $1 =~ ^[a-z]+\ (stream|dgram)\ (tcp|udp)[46]?\ (wait|nowait)\ [a-z]+(\.[a-z]+)?\ ([^ ]+)\ bindright\ .+ ]] &&
		[ "${BASH_REMATCH[5]}" = "$wrapper" ]
}

@test "each line for inetd has all fields, and the wrapper in it runs the service" {
	local file line command count=0

	need_own_dev
	hear_log
	make_wrapper
	copy_settings
	for file in $(examples_below inetd); do
		while read -r line; do
			fields_are "$line"
			! fields_are "${line/dgram /}" || return 1
			read -ra command <<<"${line#* bindright }"
			[[ ${command[-1]} == /usr/sbin/in.* ]]
			command[-1]=/bin/echo
			run_apart with_own_dev "$servers/as_inetd" "$wrapper" "${command[@]}" served
			gives served
			count=$((count + 1))
		done < <(commands_of "$file")
	done
	[ "$count" -eq 2 ]
	heard_lines 0

	# The line needs its settings file.
	rm etc/bindright/talkd.conf
	run_apart "$servers/as_inetd" -u "$wrapper" "${command[@]}" served
	[ "$status" -eq 125 ]
	[[ $output == "bindright: -s: the settings file "*" does not exist"* ]]
}

@test "each file says the fault, what it changes, and how to undo it" {
	local file

	for file in $(examples_below settings) $(examples_below systemd) $(examples_below inetd); do
		[ "$(sed -nE '1,3s/^# ([A-Z][a-z]+): .*/\1/p' "$examples/$file" | xargs)" = "Fault Changes Undo" ]
	done
}

@test "README.md and local.mk list the same files as the directory" {
	examples_below . | grep -vx local.mk >files
	{
		printf '%s\n' README.md recording.txt
		# The first link of each row.
		sed -nE 's/^\|[^]]*\]\(([^)]*)\).*/\1/p' "$examples/README.md"
	} | LC_ALL=C sort >rows
	diff rows files
	sed -nE 's|^\texamples/([^ ]*).*|\1|p' "$examples/local.mk" | LC_ALL=C sort >listed
	diff listed files
}

@test "README.md names the right directory for each drop-in and settings file" {
	local file line

	for file in $(examples_below systemd) $(examples_below settings); do
		line=$(grep -F "]($file)" "$examples/README.md")
		case $file in
		settings/*) [[ $line == *"| \`/etc/bindright/\`"* ]] ;;
		*/oracle-listener.*) [[ $line == *"| \`/etc/systemd/system/UNIT.service.d/\`"* ]] ;;
		*) [[ $line == *"| \`/etc/systemd/system/$(basename "$(dirname "$file")")/\` |"* ]] ;;
		esac
	done
}
