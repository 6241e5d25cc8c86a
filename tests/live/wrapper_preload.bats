#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The library's place in LD_PRELOAD: after sanitizers, once, and not at all for a program whose
# loader cannot load it.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

# compile FILE COMPILER...: compiles a program that prints its LD_PRELOAD.
compile() {
	local file=$1

	shift
	cat >program.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		int main(void)
		{
			const char *list = getenv("LD_PRELOAD");

			puts(list != NULL ? list : "none");
			return 0;
		}
	END
	"$@" program.c -o "$file" 2>/dev/null || skip "there is no $*"
}

# left_out FILE PATTERN: the command has all of LD_PRELOAD but the library, and one line gives the
# reason.
left_out() {
	local pattern="bindright: $1\[*]: warn: the library cannot act in './$1': $2; it is left out of LD_PRELOAD"

	bindright "./$1"
	# shellcheck disable=SC2053 # It is a pattern.
	if [ "$status" -ne 0 ] || [ "$output" != none ] || [ "${#stderr_lines[@]}" -ne 1 ] ||
		[[ $stderr != $pattern ]]; then
		show_run
	fi
	# The same if the wrapper's parent has the library.
	run_apart "$wrapper" "$wrapper" "./$1"
	[ "$output" = none ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	BINDRIGHT_LOG=error bindright "./$1"
	gives none
	BINDRIGHT=off bindright "./$1"
	gives none
}

@test "a program of another C library" {
	compile musl musl-gcc
	left_out musl "built for another C library (loader /lib/ld-musl-*)"
}

@test "a program of another word size" {
	compile m32 "${CC:-cc}" -m32
	[[ $(LD_PRELOAD=$library ./m32 2>&1) == *"cannot be preloaded"* ]] ||
		skip 'the library has that word size'
	left_out m32 "a 32-bit program, and the library is for 64-bit ones"
}

@test "a script whose interpreter uses another C library" {
	compile musl musl-gcc
	printf '#!%s\n' "$PWD/musl" >script
	chmod +x script
	bindright ./script
	[ "$output" = none ]
	[[ $stderr == "bindright: script["*"'$PWD/musl': built for another C library"* ]]
}

@test "a static program: the library stays for its children" {
	compile still "${CC:-cc}" -static
	bindright ./still
	[ "$output" = "$library" ]
	[[ $stderr == "bindright: still["*": statically linked" ]]
}

@test "a sanitizer's library stays first" {
	local asan

	compile asan "${CC:-cc}" -fsanitize=address
	asan=$("${CC:-cc}" -print-file-name=libasan.so)
	[ -f "$asan" ] || skip 'there is no libasan.so'
	# The fault: libasan ends a program with another library before it.
	run env LD_PRELOAD="$library:$asan" ./asan
	[ "$status" -ne 0 ]
	[[ $output == *"does not come first"* ]]

	run_apart env ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="$asan" "$wrapper" ./asan
	gives "$asan:$library"
	run_apart env ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="$asan libm.so.6" "$wrapper" ./asan
	gives "$asan:$library libm.so.6"
	run_apart env ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD="$asan" "$wrapper" "$wrapper" ./asan
	gives "$asan:$library"
}

@test "the library is in the list already, in any position: nothing changes" {
	LD_PRELOAD="libm.so.6:$library" bindright printenv LD_PRELOAD
	gives "libm.so.6:$library"
	LD_PRELOAD="libm.so.6 $library:libdl.so.2" bindright printenv LD_PRELOAD
	gives "libm.so.6 $library:libdl.so.2"
}
