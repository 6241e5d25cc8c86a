#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Where the wrapper takes settings from, and which of them count.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

@test "options become settings" {
	bindright --v6only=off --reply=off --log=debug:/dev/null \
		sh -c 'echo "$BINDRIGHT_V6ONLY $BINDRIGHT_REPLY $BINDRIGHT_LOG"'
	gives "off off debug:/dev/null"
}

@test "a settings file: comments, empty lines, blanks at the ends, no final newline" {
	printf '%s\n' '# a comment' '' '   ' '	# another' 'BINDRIGHT_V6ONLY=off' \
		'  BINDRIGHT_REPLY=off  	' 'BINDRIGHT=on' >conf
	printf 'BINDRIGHT_PEERS=1000' >>conf
	bindright -c conf sh -c 'echo "$BINDRIGHT $BINDRIGHT_V6ONLY $BINDRIGHT_REPLY $BINDRIGHT_PEERS"'
	gives "on off off 1000"
	bindright -cconf printenv BINDRIGHT_V6ONLY
	gives off
}

@test "an empty settings file" {
	: >conf
	bindright -c conf printenv LD_PRELOAD
	gives "$library"
}

@test "a settings file is never executed" {
	mkdir '$(touch a)`touch b`'
	printf '%s\n' "BINDRIGHT_LOG=warn:$PWD/"'$(touch a)`touch b`/*;touch c' >conf
	bindright -c conf printenv BINDRIGHT_LOG
	gives "warn:$PWD/"'$(touch a)`touch b`/*;touch c'
	printf '%s\n' 'touch d' >conf
	bindright -c conf true
	[ "$status" -eq 125 ]
	printf '%s\n' 'BINDRIGHT_$(touch e)=1' 'x$(touch f)=2' >conf
	bindright -c conf true
	[ "$status" -eq 125 ]
	[ "$(find . -name '?')" = . ]
}

@test "a value may contain = and a path" {
	mkdir 'a=b c'
	echo "BINDRIGHT_LOG=debug:$PWD/a=b c/log" >conf
	bindright -c conf printenv BINDRIGHT_LOG
	gives "debug:$PWD/a=b c/log"
}

# A value for whose bytes the library has no rule: the path of a log.
@test "the value is the rest of the line, byte for byte" {
	local name='a"b'\''c\\d$e#f;g é'

	mkdir "$name"
	echo "BINDRIGHT_LOG=debug:$PWD/$name/log" >conf
	bindright -c conf printenv BINDRIGHT_LOG
	gives "debug:$PWD/$name/log"
	echo 'BINDRIGHT_V6ONLY= off' >conf
	bindright -c conf true
	refused 125 "conf:1: BINDRIGHT_V6ONLY: unknown keyword ' off' *"
}

@test "control characters: none in a value, any but NUL in a comment" {
	local character

	for character in '\t' '\f' '\033' '\177'; do
		printf 'BINDRIGHT_V6ONLY=o%bff\n' "$character" >conf
		bindright -c conf true
		refused 125 'conf:1: BINDRIGHT_V6ONLY: the value holds a control character *'
	done
	printf '\t# a\tb\033\177\r\nBINDRIGHT_V6ONLY=off\n' >conf
	bindright -c conf printenv BINDRIGHT_V6ONLY
	gives off
	# Only spaces and tabs are blanks.
	printf '\fBINDRIGHT_V6ONLY=off\n' >conf
	bindright -c conf true
	refused 125 "conf:1: *is not a setting *"
}

@test "the first malformed line is reported alone, invalid values all" {
	printf '%s\n' BINDRIGHT_V6ONLY=forec PEERS=1 REPLY=on >conf
	bindright -c conf true
	refused 125 "conf:2: 'PEERS' is not a setting (allowed: BINDRIGHT and names that begin with BINDRIGHT_)"
	printf '%s\n' BINDRIGHT_V6ONLY=forec BINDRIGHT_PEERS=x BINDRIGHT_NONE=on >conf
	bindright -c conf true
	[ "$status" -eq 125 ]
	[ "${#stderr_lines[@]}" -eq 3 ]
}

# page_example: prints the settings file of bindright.conf(5).
page_example() {
	sed -n '/^# The resolver/,/^\.Ed/p' "$abs_top_srcdir/scripts/bindright.conf.5" | sed '$d'
}

@test "the example of bindright.conf(5) is valid" {
	page_example >conf
	# A log that is not there is a warning.
	bindright -c conf --log=off sh -c 'echo "$BINDRIGHT_V6ONLY $BINDRIGHT_PEERS $BINDRIGHT_EXPIRY"'
	gives 'auto,*/5353=force 100000 60'
}

# systemd's generator of user environments has the parser of EnvironmentFile=, and expands $ as well.
@test "systemd reads the common subset of bindright.conf(5) the same, and other lines differently" {
	local generator=/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator

	[ -x "$generator" ] || skip "systemd's environment generator is not installed"
	mkdir -p config/environment.d
	{
		page_example
		printf '%s\n' 'BINDRIGHT_REPLY=off,udp/53=on' 'BINDRIGHT_ONLY=in.*,b?nd' "BINDRIGHT_SKIP=a b#c'd;e"
	} >config/environment.d/common.conf
	run_apart env -i XDG_CONFIG_HOME="$PWD/config" HOME="$PWD" "$generator"
	# It quotes what a shell would not take as it is.
	printf '%s\n' "$output" | sed -n 's/"//g; /^BINDRIGHT/p' | sort >by_systemd
	grep ^BINDRIGHT config/environment.d/common.conf | sort >by_us
	diff by_us by_systemd

	printf '%s\n' 'BINDRIGHT_V6ONLY="off"' 'BINDRIGHT_ONLY=a\b' >config/environment.d/common.conf
	run_apart env -i XDG_CONFIG_HOME="$PWD/config" HOME="$PWD" "$generator"
	[[ $output == *BINDRIGHT_V6ONLY=off* && $output == *BINDRIGHT_ONLY=ab* ]]
}

@test "options override files, files the environment; the last of two lines counts" {
	printf '%s\n' 'BINDRIGHT_V6ONLY=force' 'BINDRIGHT_V6ONLY=off' 'BINDRIGHT_PEERS=100' >conf
	BINDRIGHT_V6ONLY=force BINDRIGHT_PEERS=99 BINDRIGHT_EXPIRY=98 bindright -c conf \
		sh -c 'echo "$BINDRIGHT_V6ONLY $BINDRIGHT_PEERS $BINDRIGHT_EXPIRY"'
	gives "off 100 98"
	printf '%s\n' 'BINDRIGHT_V6ONLY=forec' 'BINDRIGHT_V6ONLY=off' >conf
	bindright -c conf printenv BINDRIGHT_V6ONLY
	gives off
	bindright --v6only=force -c conf printenv BINDRIGHT_V6ONLY
	gives force
	bindright --v6only=force --v6only=off printenv BINDRIGHT_V6ONLY
	gives off
}

@test "a service's settings; the file of -c overrides them in any position" {
	make_wrapper
	printf '%s\n' 'BINDRIGHT_V6ONLY=off' 'BINDRIGHT_PEERS=100' >etc/bindright/named@1.conf
	echo BINDRIGHT_PEERS=200 >conf
	bindright -s named@1 sh -c 'echo "$BINDRIGHT_V6ONLY $BINDRIGHT_PEERS"'
	gives "off 100"
	bindright -c conf -snamed@1 sh -c 'echo "$BINDRIGHT_V6ONLY $BINDRIGHT_PEERS"'
	gives "off 200"
}

@test "a bad setting that is overridden does no harm" {
	echo BINDRIGHT_V6ONLY=forec >conf
	BINDRIGHT_REPLY=never bindright --v6only=off -c conf --reply=on printenv BINDRIGHT_V6ONLY
	gives off
}

@test "the value of another variable is not a setting" {
	NOTE=$'x\nexport BINDRIGHT_V6ONLY=\'forec\'\nBINDRIGHT_BAD=1' bindright printenv LD_PRELOAD
	gives "$library"
	NOTE=$'x\nexport BINDRIGHT_V6ONLY=\'forec\'' BINDRIGHT_V6ONLY=off \
		bindright printenv BINDRIGHT_V6ONLY
	gives off
	BINDRIGHTER=1 bindright printenv BINDRIGHTER
	gives 1
}
