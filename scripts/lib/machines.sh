# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For `scripts/test --machines`: runs tests on other kernels, C libraries and processors, those listed
# in tests/machines/machines. Needs common.sh, packages.sh, build.sh, systems.sh, machine_roots.sh, $top
# and $scratch.
#
# shellcheck disable=SC2154 # these files share their variables

machines=tests/machines
boot_root=bookworm-amd64

# ---- The list -----------------------------------------------------------------------------------

list_machines() {
	sed '/^#/d' "$top/$machines/machines"
}

# list_names FILE: without the comments, of tests/machines/.
list_names() {
	sed '/^#/d' "$top/$machines/$1"
}

# live_tests FILE: the lines for run-tests of those that tests/machines/FILE lists.
live_tests() {
	list_names "$1" | sed 's|^[^ ]*|tests/live/&.bats|'
}

# choose_machines NAME...: sets chosen to the lines of these, or of all.
choose_machines() {
	chosen=$(list_machines)
	[ $# -gt 0 ] || return 0
	for name; do
		printf '%s\n' "$chosen" | grep -q "^$name " || fail \
			"unknown machine '$name' (allowed: $(list_machines | sed 's/ .*//' | paste -s -d , | sed 's/,/, /g'))"
	done
	chosen=$(printf '%s\n' "$chosen" | grep -E "^($(echo "$*" | tr ' ' '|')) ")
}

# any_runs HOW...: whether a chosen machine runs in one of these ways.
any_runs() {
	printf '%s\n' "$chosen" | grep -qE "^[^ ]+ +($(echo "$*" | tr ' ' '|')) "
}

want_machines() {
	want 'to make roots' mmdebstrap
	! any_runs boot || want 'to boot other kernels' qemu-system-x86
	! any_runs cross || {
		want 'to boot other processors' qemu-system-arm
		want_available 'to boot s390x' qemu-system-s390x
		is_available qemu-system-s390x || want 'to boot s390x' qemu-system-misc
	}
}

# ---- One machine --------------------------------------------------------------------------------

# These run the tests of one machine, and set why and return false if that cannot be done. Results
# are in $tree/machine/results.

run_chroot() {
	need_root "$2-$3" && need_tree "$2-$3" '' || return
	uname -r >"$tree/machine/kernel"
	{
		list_tests "$2-$3" unit_tests fuzz_tests
		live_tests chroot-tests
	} | in_root "$2-$3" "$tree" env RUNS=10 LIMIT_S=20 /bindright/tests/machines/run-tests machine/results
}

run_musl() {
	need_root "$2-$3" && need_tree "$2-$3" musl CC=musl-gcc \
		CPPFLAGS='-idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu' || return
	uname -r >"$tree/machine/kernel"
	live_tests own-tests |
		in_root "$2-$3" "$tree" env LIMIT_S=20 /bindright/tests/machines/run-tests machine/results
}

# The root is the same for each kernel, so that nothing else differs.
run_boot() {
	need_root "$boot_root" && need_root "$2-$3" && need_kernel "$2" "$3" &&
		need_tree "$boot_root" '' || return
	live_tests booted-tests >"$tree/machine/booted"
	boot_machine "$boot_root" "$3"
}

run_cross() {
	case $3 in
	arm64) processor=aarch64 ;;
	*) processor=$3 ;;
	esac
	need_root "$2-cross" && need_root "$2-$3" && need_kernel "$2" "$3" &&
		need_tree "$2-cross" "$3" --host="$processor-linux-gnu" || return
	list_tests "$2-cross" unit_tests fuzz_tests |
		in_root "$2-cross" "$tree" env RUNS=1 TEST_LIMIT_S=900 EMULATOR="qemu-$processor" \
			/bindright/tests/machines/run-tests machine/results
	# qemu-user lacks some calls and is another program in /proc: what fails there runs again with a
	# kernel, and that result counts.
	{
		list_tests "$2-cross" unit_tests fuzz_tests | while read -r test; do
			tail -n 1 "$tree/machine/results/$(echo "$test" | tr / -)" | grep -qx 'end 0' || echo "$test"
		done
		live_tests booted-tests
	} >"$tree/machine/booted"
	boot_machine "$2-$3" "$3"
}

# Sets the arguments of qemu that differ between processors.
emulator_of() {
	case $1 in
	amd64)
		emulator='qemu-system-x86_64 -cpu max,la57=off -serial stdio'
		console=ttyS0
		;;
	arm64)
		emulator='qemu-system-aarch64 -machine virt -cpu cortex-a72 -serial stdio'
		console=ttyAMA0
		;;
	s390x)
		emulator='qemu-system-s390x -cpu max -chardev stdio,id=console -device sclpconsole,chardev=console'
		console=ttysclp0
		;;
	esac
}

# By KVM only where the processor has it: /dev/kvm alone may lead to one that hangs.
accelerator() {
	if [ "$1" = amd64 ] && [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
		echo kvm
	else
		echo tcg,thread=multi
	fi
}

# make_disk ROOT: writes $scratch/disk, with the root, the tree and the kernel's modules. A file system
# shared with this host would be slower: each exec(2) asks it a dozen times.
make_disk() {
	rm -f "$scratch/disk"
	# shellcheck disable=SC2016 # for the inner shell to expand
	quietly "disk of $(cat "$kernel/version")" unshare --mount sh -c '
		mount --make-rprivate / &&
		mount --bind "$1" "$1" &&
		mount --bind "$2" "$1/bindright" &&
		mount --bind "$3/lib/modules" "$1/lib/modules" &&
		truncate -s 4G "$4" &&
		mke2fs -q -t ext4 -O ^has_journal -d "$1" "$4"' \
		sh "$(machine_directory "$1")" "$tree" "$kernel" "$scratch/disk"
}

# boot_machine ROOT PROCESSOR: runs the tests in $tree/machine/booted in a virtual machine, with the
# kernel in $kernel.
boot_machine() {
	emulator_of "$2"
	why="${emulator%% *} is not installed"
	command -v "${emulator%% *}" >/dev/null || return
	why='cannot make its disk'
	make_disk "$1" || return
	why='the machine does not boot'
	verdict=failed
	for image in "$kernel"/boot/vmlinu?-* "$kernel"/lib/modules/*/vmlinuz; do
		[ ! -e "$image" ] || break
	done
	# Without mitigations the emulator translates less. On a busy host the check of the timer fails.
	# shellcheck disable=SC2086 # words, to be split
	setpriv --pdeathsig KILL timeout --kill-after=10 1800 $emulator -accel "$(accelerator "$2")" \
		-smp 2 -m 2048 -nodefaults -display none -no-reboot \
		-kernel "$image" -initrd "$kernel/initramfs.cpio" \
		-append "console=$console quiet panic=-1 mitigations=off no_timer_check" \
		-drive "file=$scratch/disk,format=raw,if=none,id=disk,cache=unsafe" \
		-device virtio-blk,drive=disk </dev/null >"$tree/machine/console" 2>&1
	mkdir -p "$scratch/disk.results"
	debugfs -R "rdump /bindright/machine $scratch/disk.results" "$scratch/disk" >"$scratch/output" 2>&1
	rm -f "$scratch/disk"
	mkdir -p "$tree/machine/results"
	cp -R "$scratch/disk.results/machine/results/." "$tree/machine/results/" &&
		cp "$scratch/disk.results/machine/kernel" "$tree/machine/kernel"
	booted=$?
	rm -rf "$scratch/disk.results"
	[ "$booted" -ne 0 ] || {
		verdict=
		return 0
	}
	tail -n 20 "$tree/machine/console"
	return 1
}

# ---- Results ------------------------------------------------------------------------------------

# add_results RESULTS unit|live: adds up the TAP of these tests, as "passed/failed/skipped", and
# copies what failed to the file failures. A test that was planned and not run has failed, and so has
# one that did not end well.
add_results() {
	for file in "$1"/*; do
		case $2:$file in
		live:*.bats | unit:*[!s]) ;;
		*) continue ;;
		esac
		awk '
			/^1\.\.0 *# *[Ss][Kk][Ii][Pp]/ { skipped++ }
			/^1\.\.[0-9]/ { planned += substr($1, 4) }
			/^(not )?ok / {
				seen++
				if (tolower($0) ~ /# *skip/) skipped++
				else if ($1 == "ok") passed++
				else failed++
			}
			/^end / { ended = $2 == 0 }
			END {
				if (seen < planned) failed += planned - seen
				else if (!ended && !failed) failed++
				print passed + 0, failed + 0, skipped + 0
			}' "$file" >"$scratch/count"
		cat "$scratch/count"
		read -r _ bad _ <"$scratch/count"
		[ "$bad" -eq 0 ] || {
			printf '\n--- %s ---\n' "${file##*/}"
			grep -v '^ok ' "$file" | head -n 100
		} >>"$scratch/failures"
	done | awk '{ passed += $1; failed += $2; skipped += $3 }
		END { print passed + 0 "/" failed + 0 "/" skipped + 0 }'
}

# add_up COUNTS: adds passed/failed/skipped to the totals.
add_up() {
	counts=$1
	passed=$((passed + ${counts%%/*}))
	skipped=$((skipped + ${counts##*/}))
	counts=${counts#*/}
	failed=$((failed + ${counts%/*}))
}

libc_of() {
	if [ "$1" = musl ]; then
		set -- musl amd64 "$2-$3"
	else
		set -- libc6 "$3" "$2-$3"
		[ -x "$(machine_directory "$3")/usr/bin/gcc" ] || set -- "$1" "$2" "${3%-*}-cross"
	fi
	printf '%s ' "$1" | sed s/libc6/glibc/
	dpkg-query --admindir "$(machine_directory "$3")/var/lib/dpkg" -W -f '${Version}' "$1:$2"
}

# list_reasons RESULTS: why tests were skipped, and how often, and which ones failed. cmocka gives a test's
# name for the reason, and puts it after "SKIP" (1.1) or before (2.0).
list_reasons() {
	sed -n -E -e 's/^ok [0-9]+ - (.*[^ ]) *# *SKIP$/\1/p; t' -e 's/^(ok|1\.\.0).*# *[Ss][Kk][Ii][Pp]:? *//p' \
		"$1"/* | LC_ALL=C sort | uniq -c |
		sed -E 's/^ *([0-9]+) (.*)/- skipped: \2 (\1)/'
	for file in "$1"/*; do
		case $(tail -n 1 "$file") in
		'end 0') ;;
		*) sed -n -E "s|^not ok [0-9]+ (- )?|- failed: ${file##*/}: |p" "$file" ;;
		esac
		case $(tail -n 1 "$file") in
		'end 124' | 'end 137') echo "- failed: ${file##*/}: over its time limit" ;;
		end*) ;;
		*) echo "- failed: ${file##*/}: the machine's time was over" ;;
		esac
	done
}

# run_machine NAME HOW RELEASE PROCESSOR: adds a row to the table.
run_machine() {
	why=
	verdict=skipped
	started_s=$(date +%s)
	say "$1"
	if ! "run_$2" "$1" "$3" "$4"; then
		case $verdict in
		failed) failed=$((failed + 1)) ;;
		*) skipped=$((skipped + 1)) ;;
		esac
		say "$1: $verdict: $why"
		printf '| %s | %s | | | %s | %s | %s |\n' "$1" "$3" "$4" "$verdict" "$verdict" >>"$scratch/rows"
		printf '\n### %s\n\n- %s: %s\n' "$1" "$verdict" "$why" >"$scratch/reasons/$1"
		return
	fi
	results=$scratch/results/$1
	mkdir -p "$scratch/results"
	rm -rf "$results"
	mv "$tree/machine/results" "$results"
	: >"$scratch/failures"
	unit=$(add_results "$results" unit)
	live=$(add_results "$results" live)
	add_up "$unit"
	add_up "$live"
	cat "$scratch/failures"
	say "$1: unit $unit, live $live (passed/failed/skipped) in $(($(date +%s) - started_s)) s"
	case $2 in
	boot) libc=$(libc_of "$2" "${boot_root%-*}" "$4") ;;
	*) libc=$(libc_of "$2" "$3" "$4") ;;
	esac
	printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$3" "$(cat "$tree/machine/kernel")" \
		"$libc" "$4" "$unit" "$live" >>"$scratch/rows"
	reasons=$(list_reasons "$results")
	: >"$scratch/reasons/$1"
	[ -z "$reasons" ] || printf '\n### %s\n\n%s\n' "$1" "$reasons" >"$scratch/reasons/$1"
}

# print_machines: the table. Machines that did not run now keep what the table says of them.
print_machines() {
	table=$top/$machines/TABLE.md
	cat "$top/$machines/table-head.md"
	list_machines | while read -r name _ release processor; do
		grep -h "^| $name |" "$scratch/rows" || grep -h "^| $name |" "$table" ||
			echo "| $name | $release | | | $processor | not run | not run |"
	done
	printf '\n## Skipped and failed\n'
	list_machines | while read -r name _; do
		if grep -q "^| $name |" "$scratch/rows"; then
			cat "$scratch/reasons/$name"
		else
			sed -n "/^### $name\$/,/^##/p" "$table" | sed '1!{/^##/d;}; 1i\\
' | sed '$!b; /^$/d'
		fi
	done
}

# test_machines [NAME...]
test_machines() {
	passed=0 failed=0 skipped=0
	choose_machines "$@"
	if [ "$(dpkg --print-architecture 2>/dev/null)" != amd64 ] || [ "$(id -u)" -ne 0 ]; then
		say 'skipped: only root can make roots, and only on Debian for amd64'
		printf '\n0 passed, 0 failed, %d skipped\n' "$(printf '%s\n' "$chosen" | wc -l)"
		return 1
	fi
	make_scratch
	want_build_packages
	want_machines
	install_wanted
	build_tree all
	stage_sources
	mkdir -p "$systems_cache"
	# Two runs at once must not make the same root.
	exec 9>"$systems_cache/lock-machines"
	flock 9
	: >"$scratch/rows"
	mkdir -p "$scratch/reasons"
	while read -r name how release processor; do
		run_machine "$name" "$how" "$release" "$processor" </dev/null
	done <<-EOF
		$chosen
	EOF
	printf '\n'
	say "roots and kernels: $(du -shc "$systems_cache"/machine-* 2>/dev/null | tail -n 1 | cut -f 1) in $systems_cache"
	print_machines >"$scratch/table"
	cp "$scratch/table" "$top/$machines/TABLE.md"
	say "wrote $machines/TABLE.md"
	printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
