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

@test "options override files, files the environment; the last of two lines counts" {
	printf '%s\n' 'BINDRIGHT_V6ONLY=force' 'BINDRIGHT_V6ONLY=off' 'BINDRIGHT_PEERS=100' >conf
	BINDRIGHT_V6ONLY=force BINDRIGHT_PEERS=99 BINDRIGHT_EXPIRY=98 bindright -c conf \
		sh -c 'echo "$BINDRIGHT_V6ONLY $BINDRIGHT_PEERS $BINDRIGHT_EXPIRY"'
	gives "off 100 98"
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
