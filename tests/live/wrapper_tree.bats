#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The wrapper with the other parts of bindright: missing, failing, or asked as it promises.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

@test "no library" {
	library=$PWD/nothing.so make_wrapper
	bindright touch ran
	refused 125 "*library*$PWD/nothing.so*"
	[ ! -e ran ]
}

@test "a path of the library that LD_PRELOAD cannot hold" {
	local path

	for path in 'a b.so' 'a:b.so'; do
		: >"$path"
		library=$PWD/$path make_wrapper
		bindright touch ran
		refused 125 "*LD_PRELOAD*'$PWD/$path'"
	done
	[ ! -e ran ]
}

@test "no judge of the settings" {
	settings=$PWD/nothing make_wrapper
	bindright --v6only=off touch ran
	refused 125 "*settings is missing: '$PWD/nothing'*"
	: >plain
	settings=$PWD/plain make_wrapper
	bindright touch ran
	refused 125 "*settings is missing*"
	[ ! -e ran ]
}

@test "a judge that fails" {
	script judge 'exit 2'
	settings=$PWD/judge make_wrapper
	bindright --v6only=off touch ran
	refused 125 "*failed with status 2: '$PWD/judge'"
	[ ! -e ran ]
}

@test "the judge is asked once, of all that is in effect, and without any preload" {
	script judge 'echo "${LD_PRELOAD-}" >>preload' 'printf "%s|" "$@" >>asked; echo >>asked'
	settings=$PWD/judge make_wrapper
	printf '%s\n' 'BINDRIGHT_PEERS=many entries' 'BINDRIGHT_V6ONLY=a' >conf
	LD_PRELOAD=libc.so.6 BINDRIGHT_EXPIRY='*' BINDRIGHT_PEERS=no bindright -c conf --v6only=b true
	[ "$status" -eq 0 ]
	[ "$(cat preload)" = "" ]
	[ "$(wc -l <asked)" -eq 1 ]
	[[ $(cat asked) == *'environment|BINDRIGHT_EXPIRY|*|'* ]]
	[[ $(cat asked) == *'conf:1|BINDRIGHT_PEERS|many entries|'* ]]
	[[ $(cat asked) == *'--v6only|BINDRIGHT_V6ONLY|b|'* ]]
	[ "$(tr -cd '|' <asked | wc -c)" -eq 9 ]
}

@test "shellcheck has nothing to say" {
	command -v shellcheck >/dev/null || skip 'shellcheck is not installed'
	shellcheck -s sh "$template"
}
