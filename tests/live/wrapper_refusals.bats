#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the wrapper refuses: one line names what, where, and what is allowed, the status is 125, and
# the command does not run.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

@test "a bad keyword in an option" {
	bindright --v6only=forec touch ran
	refused 125 "--v6only: BINDRIGHT_V6ONLY: *'forec'*force, default, auto, dual, off*"
	bindright --reply=yes touch ran
	refused 125 "--reply: BINDRIGHT_REPLY: *'yes'*on, interface, off*"
	bindright --log=loud touch ran
	refused 125 "--log: BINDRIGHT_LOG: *'loud'*debug*"
	bindright --v6only= touch ran
	refused 125 "--v6only: BINDRIGHT_V6ONLY: *force, default, auto, dual, off*"
	BINDRIGHT_CHILDREN=no bindright touch ran
	refused 125 "environment: BINDRIGHT_CHILDREN: *'no'*on, off*"
	bindright --log=warn:journal touch ran
	refused 125 "--log: BINDRIGHT_LOG: *'warn:journal'*:syslog*"
	bindright --log=warn:relative touch ran
	refused 125 "--log: BINDRIGHT_LOG: *'warn:relative'*"
	[ ! -e ran ]
}

# bad_list VALUE PROBLEM ALLOWED: refused, wherever it is set.
bad_list() {
	bindright --v6only="$1" touch ran
	refused 125 "--v6only: BINDRIGHT_V6ONLY: $2 (allowed: $3)"
	BINDRIGHT_V6ONLY=$1 bindright touch ran
	refused 125 "environment: BINDRIGHT_V6ONLY: $2 (allowed: $3)"
	echo "BINDRIGHT_V6ONLY=$1" >conf
	bindright -c conf touch ran
	refused 125 "conf:1: BINDRIGHT_V6ONLY: $2 (allowed: $3)"
	[ ! -e ran ]
}

@test "a bad list of rules: the bad part, its position, and what is allowed there" {
	bad_list force,tcp/x=off "invalid ports 'x' at character 11" 'N, N-M, \*, where *65535*'
	bad_list force,tcp/2-1=off "invalid ports '2-1' at character 11" '*N is not above M'
	bad_list force,tcp/65536=off "invalid ports '65536' at character 11" '*65535*'
	bad_list force,sctp/9=off "unknown protocol 'sctp' at character 7" 'tcp, udp, \*'
	bad_list force,tcp/9=on "unknown keyword 'on' at character 13" '*force, *off*'
	bad_list force,tcp/9 "invalid rule 'tcp/9' at character 7" 'PROTO/PORTS=KEYWORD, like udp/53=off'
	bad_list force, "invalid rule '' at character 7" 'PROTO/PORTS=KEYWORD, like udp/53=off'
	bad_list 'force, tcp/9=off' "unknown protocol ' tcp' at character 7" 'tcp, udp, \*'
	bad_list tcp/9=off "no keyword before the rule 'tcp/9=off'" '*force, *off*'
	bad_list "force$(printf ',udp/%s=off' {1..65})" "too many rules 'udp/65=off' at *" \
		'at most 64 rules'
	bindright --reply=off,udp/53=yes touch ran
	refused 125 "--reply: BINDRIGHT_REPLY: unknown keyword 'yes' at character 12 (allowed: on, interface, off*"
	[ ! -e ran ]
}

@test "a bad list of names" {
	local variable

	for variable in BINDRIGHT_ONLY BINDRIGHT_SKIP; do
		echo "$variable=nsd,/usr/sbin/named" >conf
		bindright -c conf touch ran
		refused 125 "conf:1: $variable: invalid name '/usr/sbin/named' at character 5 (allowed: *"
		echo "$variable=nsd, named" >conf
		bindright -c conf touch ran
		refused 125 "conf:1: $variable: invalid name ' named' at character 5 (allowed: *"
		echo "$variable=" >conf
		bindright -c conf touch ran
		refused 125 "conf:1: $variable: invalid name '' (allowed: *"
		echo "$variable=$(printf 'x%.0s' {1..1023})" >conf
		bindright -c conf touch ran
		refused 125 "conf:1: $variable: list too long 'xxx*xxx...' (allowed: at most 1022 bytes)"
	done
	[ ! -e ran ]
}

@test "valid lists reach the command unchanged" {
	local list

	for list in force off,tcp/22=force 'force,*/0=off,udp/1-65535=off,tcp/*=force'; do
		bindright --v6only="$list" printenv BINDRIGHT_V6ONLY
		gives "$list"
	done
	bindright --reply='off,udp/53=on' printenv BINDRIGHT_REPLY
	gives 'off,udp/53=on'
	BINDRIGHT_ONLY='nsd,in.*' bindright printenv BINDRIGHT_ONLY
	gives 'nsd,in.*'
}

@test "a bad keyword in a settings file is reported with its line" {
	printf '%s\n' '# numbered' '' 'BINDRIGHT_PEERS=many' >conf
	bindright -c conf touch ran
	refused 125 "conf:3: BINDRIGHT_PEERS: *'many'*16*16777216*"
	bindright -c "$PWD/conf" touch ran
	refused 125 "$PWD/conf:3: *"
	[ ! -e ran ]
}

@test "a bad keyword in the environment" {
	BINDRIGHT_EXPIRY=0 bindright touch ran
	refused 125 "environment: BINDRIGHT_EXPIRY: *'0'*1*31536000*"
	BINDRIGHT=maybe bindright touch ran
	refused 125 "environment: BINDRIGHT: *'maybe'*on, off*"
	BINDRIGHT_REPLY='' bindright touch ran
	refused 125 "environment: BINDRIGHT_REPLY: *on, interface, off*"
	[ ! -e ran ]
}

@test "an unknown variable" {
	BINDRIGHT_V6=on bindright touch ran
	refused 125 "environment: BINDRIGHT_V6: *BINDRIGHT_V6ONLY*"
	BINDRIGHT_v6only=on bindright touch ran
	refused 125 "environment: BINDRIGHT_v6only: *BINDRIGHT_V6ONLY*"
	echo BINDRIGHT_REPLIES=on >conf
	bindright -c conf touch ran
	refused 125 "conf:1: BINDRIGHT_REPLIES: *BINDRIGHT_REPLY*"
	echo BINDRIGHT_=on >conf
	bindright -c conf touch ran
	refused 125 "conf:1: BINDRIGHT_: *"
	[ ! -e ran ]
}

@test "all bad settings are reported at once, a line each" {
	echo BINDRIGHT_PEERS=1 >conf
	BINDRIGHT=maybe bindright --v6only=x -c conf touch ran
	[ "$status" -eq 125 ]
	[ "${#stderr_lines[@]}" -eq 3 ]
	[ ! -e ran ]
	[[ $stderr == *environment:* && $stderr == *conf:1:* && $stderr == *--v6only:* ]]
}

@test "a line that is not a setting" {
	local line

	for line in 'V6ONLY=force' 'export BINDRIGHT_V6ONLY=off' 'BINDRIGHT_V6ONLY = off' 'BINDRIGHT_V6ONLY' \
		'=off' 'LD_PRELOAD=/x' 'BINDRIGHT-X=1' '[Service]' '; comment'; do
		printf '# one\n%s\n' "$line" >conf
		bindright -c conf touch ran
		refused 125 "conf:2: *not a setting (allowed: *)"
	done
	[ ! -e ran ]
}

@test "a value in the syntax of other formats" {
	printf 'BINDRIGHT_V6ONLY=off\r\n' >conf
	bindright -c conf touch ran
	refused 125 "conf:1: BINDRIGHT_V6ONLY: *control character*"
	printf 'BINDRIGHT_V6ONLY="off"\n' >conf
	bindright -c conf touch ran
	refused 125 "conf:1: BINDRIGHT_V6ONLY: *'\"off\"'*"
	printf 'BINDRIGHT_V6ONLY=off # why\n' >conf
	bindright -c conf touch ran
	refused 125 "conf:1: BINDRIGHT_V6ONLY: *'off # why'*"
	[ ! -e ran ]
}

@test "a settings file that cannot be read" {
	bindright -c nothing touch ran
	refused 125 "-c: *'nothing'*"
	bindright -c . touch ran
	refused 125 "-c: *'.'*directory*"
	bindright -c '' touch ran
	refused 125 "-c: *''*"
	[ ! -e ran ]
}

@test "a settings file without read permission" {
	: >conf
	chmod 0 conf
	if [ "$(id -u)" -eq 0 ]; then
		# Root may read everything, but not from another user namespace.
		unshare -U true 2>/dev/null || skip 'root may read everything'
		run_apart unshare -U "$wrapper" -c conf touch ran
	else
		bindright -c conf touch ran
	fi
	refused 125 "-c: cannot read the settings file 'conf': Permission denied"
	[ ! -e ran ]
}

@test "a service without a file, and invalid service names" {
	local name

	make_wrapper
	bindright -s ntpd touch ran
	refused 125 "-s: the settings file '$PWD/etc/bindright/ntpd.conf' does not exist (there are none)"
	echo 'BINDRIGHT_V6ONLY=off' >etc/other.conf
	for name in ../other a/b /etc/passwd . .. .hidden '' -c; do
		bindright -s "$name" touch ran
		refused 125 "-s: '$name' is not a service name (allowed: *)"
	done
	[ ! -e ran ]
}

@test "a service without a file: the message lists those that have one" {
	local missing number

	make_wrapper
	missing="-s: the settings file '$PWD/etc/bindright/ntpd.conf' does not exist"
	mkdir etc/bindright/directory.conf
	touch etc/bindright/{talkd,nsd,.hidden,-x,named@1}.conf etc/bindright/{README,.conf,x.conf.bak}
	bindright -s ntpd touch ran
	refused 125 "$missing (there are: named@1, nsd, talkd)"
	for number in {10..20}; do
		: >"etc/bindright/s$number.conf"
	done
	bindright -s ntpd touch ran
	refused 125 "$missing (there are: named@1, nsd, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19 and 2 more)"
	rm -r etc/bindright
	: >etc/bindright
	bindright -s ntpd touch ran
	refused 125 "-s: cannot read the settings file '$PWD/etc/bindright/ntpd.conf': Not a directory"
	rm etc/bindright
	bindright -s ntpd touch ran
	refused 125 "$missing (its directory does not exist)"
	[ ! -e ran ]
}

@test "unknown options, and options without their value" {
	bindright --v6 touch ran
	refused 125 "*'--v6'*try 'bindright --help'"
	bindright -x touch ran
	refused 125 "*'-x'*try 'bindright --help'"
	bindright -hs touch ran
	refused 125 "*'-hs'*try 'bindright --help'"
	bindright --v6only force touch ran
	refused 125 "*'--v6only'*'--v6only=VALUE'*try 'bindright --help'"
	bindright --print=on touch ran
	refused 125 "option '--print' takes no value: '--print=on'; try 'bindright --help'"
	bindright --quiet= touch ran
	refused 125 "option '--quiet' takes no value: '--quiet='; try 'bindright --help'"
	bindright -qq touch ran
	refused 125 "unknown option '-qq'*"
	bindright --reply
	refused 125 "*'--reply=VALUE'*"
	bindright --log
	refused 125 "*'--log=VALUE'*"
	bindright -c
	refused 125 "*'-c' needs an argument*"
	bindright -s
	refused 125 "*'-s' needs an argument*"
	[ ! -e ran ]
}

@test "no command" {
	bindright
	refused 125 "no command*try 'bindright --help'"
	bindright --v6only=off
	refused 125 "no command*"
	bindright --
	refused 125 "no command*"
}

@test "-- ends the options, and so does the command" {
	script ./--version 'echo mine'
	PATH=$PWD:$PATH bindright -- --version
	gives mine
	bindright --v6only=off -- echo --v6only=x -c nothing
	gives '--v6only=x -c nothing'
	bindright printf %s --help
	gives --help
}

@test "help and version" {
	bindright --version
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	[[ $output =~ ^bindright\ [0-9]+\.[0-9.]+$ ]]
	grep -qF "AC_INIT([bindright], [${output#* }])" "$abs_top_srcdir/configure.ac"
	bindright --help
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	[[ $output == Usage:\ bindright* && $output == *--v6only=* && $output == *125* ]]
	[[ $output == *" /"*/bindright/SERVICE.conf* ]]
	bindright -h
	[ "$status" -eq 0 ]
	make_wrapper
	bindright --help
	[[ $output == *"$PWD/etc/bindright/SERVICE.conf"* ]]
}
