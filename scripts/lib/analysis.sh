# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For `scripts/test --analysis`: sanitizers, valgrind, fuzzers and analysers, each as one step with its time.
# Needs common.sh, packages.sh, build.sh, $top and $scratch, and from scripts/test the functions that count.

# So long on two processors, where each fuzzer has 60 seconds.
analysis_budget_min=30

# Each fuzzer's time.
fuzz_seconds=60

# The steps to run; empty for all.
chosen_steps=

# What has threads, for ThreadSanitizer.
thread_tests='tests/unit/last_peer tests/unit/peers tests/unit/peers_flood tests/unit/peers_model tests/unit/peers_shared
	tests/unit/scratch tests/unit/select tests/unit/select_shared tests/unit/sockets tests/unit/status
	tests/live/flood.bats tests/live/listen_auto_threads.bats tests/live/reply_threads.bats
	tests/live/reply_shared.bats'

# One of each way in and out of the library, and the tools.
address_live_tests='environment listen_auto listen_cases listen_pair log reply_batch reply_connect
	reply_dual_stack reply_error_queue reply_forked reply_inherited reply_own_control reply_own_pktinfo
	reply_recvfrom reply_recvmmsg reply_recvmsg reply_refused reply_threads rules_reply ctl_audit
	ctl_check ctl_status'

# Not under valgrind: it runs no filters of seccomp(2) as the kernel does, lets no debugger make single
# steps, runs one thread at a time, and makes a fork of a vfork.
not_by_valgrind='tests/unit/bpf_kernel tests/unit/sandbox tests/unit/fd_flags tests/unit/last_peer_handlers tests/unit/peers_killed
	tests/unit/peers_shared tests/unit/scratch tests/unit/select_handlers tests/unit/peers_scribbled
	tests/unit/select_shared tests/unit/peers_flood'

# choose_analysis ARGUMENT...: reads [SECONDS] [STEPS=LIST].
choose_analysis() {
	for argument; do
		case $argument in
		[1-9] | [1-9][0-9] | [1-9][0-9][0-9] | [1-9][0-9][0-9][0-9]) fuzz_seconds=$argument ;;
		STEPS=*) chosen_steps=$(echo "${argument#STEPS=}" | tr , ' ') ;;
		*) fail "unknown argument '$argument' (allowed with --analysis: seconds for each fuzzer, 1 to 9999; STEPS=LIST, e.g. STEPS=address,tidy)" ;;
		esac
	done
	for step in $chosen_steps; do
		case $step in
		format | shell | man | warnings | analyzer | tidy | cppcheck | fuzz | address | thread | valgrind) ;;
		*) fail "STEPS: there is no step '$step' (allowed: format, shell, man, warnings, analyzer, tidy, cppcheck, fuzz, address, thread, valgrind)" ;;
		esac
	done
}

want_analysis() {
	want 'to build and run the tests' libcmocka-dev bats iproute2 util-linux procps binutils socat strace jq
	want 'to analyse' clang clang-tidy clang-format cppcheck shellcheck mandoc valgrind
	want_available 'to compile' gcc-12 gcc-13 gcc-14
	want_available 'to build the kernel back end' llvm libbpf-dev bpftool
}

is_chosen() {
	case " $chosen_steps " in
	'  ' | *" $1 "*) return 0 ;;
	esac
	return 1
}

now_s() {
	date +%s
}

# end_step NAME RESULT SINCE: prints a line.
end_step() {
	printf '%-24s %-44s %4d s\n' "$1" "$2" "$(($(now_s) - $3))"
}

skip_step() {
	skipped=$((skipped + 1))
	printf '%-24s skipped: %s\n' "$1" "$2"
}

# step NAME PROGRAM COMMAND...: a command that passes or fails, skipped where its program is missing. No step
# may take longer than fifteen minutes.
step() {
	name=$1 program=$2 since=$(now_s)
	shift 2
	# shellcheck disable=SC2154 # make_scratch sets it
	if ! command -v "$program" >/dev/null; then
		skip_step "$name" "$program is not installed"
	elif timeout 900 "$@" >"$scratch/step" 2>&1; then
		passed=$((passed + 1))
		end_step "$name" passed "$since"
	else
		failed=$((failed + 1))
		end_step "$name" FAILED "$since"
		tail -n 60 "$scratch/step"
	fi
}

# Compilers differ in what they warn of: each version that is here.
list_compilers() {
	for compiler in gcc gcc-11 gcc-12 gcc-13 gcc-14 gcc-15 clang clang-14 clang-16 clang-19; do
		if command -v "$compiler" >/dev/null; then
			printf '%s %s\n' "$(readlink -f "$(command -v "$compiler")")" "$compiler"
		fi
	done | sort -u -k 1,1 | cut -d ' ' -f 2
}

check_warnings() {
	for compiler in gcc clang; do
		command -v "$compiler" >/dev/null || skip_step "warnings $compiler" "$compiler is not installed"
	done
	for compiler in $(list_compilers); do
		step "warnings $compiler" "$compiler" make -s check-warnings COMPILER="$compiler"
	done
}

# clang-format of other versions would lay out some lines otherwise.
check_format() {
	if command -v clang-format >/dev/null && ! clang-format --version | grep -q 'version 14\.'; then
		skip_step format "the layout is clang-format 14's, and this is $(clang-format --version | grep -o 'version [0-9.]*')"
		return
	fi
	step format clang-format make -s check-format
}

# run_fuzzer NAME: in the background, because each needs one processor.
run_fuzzer() {
	sh tests/fuzz/run "tests/fuzz/$1" "$fuzz_seconds" >"$scratch/fuzz.$1" 2>&1
	echo $? >"$scratch/fuzz.$1.status"
}

take_fuzzer() {
	if [ "$(cat "$scratch/fuzz.$1.status" 2>/dev/null)" = 0 ]; then
		passed=$((passed + 1))
		printf 'fuzz %-19s %-44s %4d s\n' "$1" "$(sed 's/^[^:]*: //' "$scratch/fuzz.$1")" "$fuzz_seconds"
	else
		failed=$((failed + 1))
		printf 'fuzz %-19s FAILED\n' "$1"
		cat "$scratch/fuzz.$1"
	fi
}

run_fuzzers() {
	# shellcheck disable=SC2016 # for make to expand
	fuzzers=$(printf 'include Makefile\nlist-fuzzers:\n\t@echo $(notdir $(fuzz_tests))\n' | make -s -f - list-fuzzers)
	before=$failed
	# shellcheck disable=SC2046,SC2086 # a list of names
	step 'fuzz (build)' clang make -j "$(nproc)" fuzzers $(printf 'tests/fuzz/%s ' $fuzzers)
	[ "$failed" -eq "$before" ] && [ -x tests/fuzz/control_libfuzzer ] || return
	# shellcheck disable=SC2086 # a list of names
	set -- $fuzzers
	while [ $# -gt 0 ]; do
		batch=
		while [ $# -gt 0 ] && [ "$(echo "$batch" | wc -w)" -lt "$(nproc)" ]; do
			batch="$batch $1"
			run_fuzzer "$1" &
			shift
		done
		wait
		for fuzzer in $batch; do
			take_fuzzer "$fuzzer"
		done
	done
}

# run_tests NAME TESTS VARIABLE=VALUE...: make check in this directory; each test counts.
run_tests() {
	name=$1 tests=$2 since=$(now_s) counted="$passed $failed $skipped"
	shift 2
	results=$(list_results TESTS="$tests")
	# shellcheck disable=SC2086 # a list of file names without blanks
	rm -f $results
	timeout 900 make -j "$(nproc)" check TESTS="$tests" "$@" </dev/null >"$scratch/check" 2>&1
	for file in $results; do
		take_results "$file"
	done
	# shellcheck disable=SC2086 # three numbers
	set -- $counted
	end_step "$name" "$((passed - $1)) passed, $((failed - $2)) failed, $((skipped - $3)) skipped" "$since"
	[ "$skipped" -eq "$3" ] || report_skips | sed '1,2d'
}

# make_copy NAME SANITIZERS: configures and builds a copy of the sources in analysis/NAME, because this tree
# stays as it is configured. Returns with that as the current directory.
make_copy() {
	copy=analysis/$1
	quietly "build with -fsanitize=$2" make_copy_of_sources "$copy" || return
	cd "$copy" || return
	quietly './configure' ./configure --with-sanitizer="$2" CFLAGS='-O1 -g' &&
		quietly 'make all' make -j "$(nproc)" all
}

make_copy_of_sources() {
	mkdir -p analysis && make distdir distdir="$1"
}

# run_sanitizer NAME SANITIZERS TESTS VARIABLE=VALUE...
run_sanitizer() {
	name=$1 sanitizers=$2 tests=$3
	shift 3
	if ! echo 'int main(void) { return 0; }' | gcc "-fsanitize=$sanitizers" -x c -o "$scratch/tried" - 2>/dev/null; then
		skip_step "$name" "gcc does not build with -fsanitize=$sanitizers here"
		return
	fi
	if make_copy "$name" "$sanitizers"; then
		run_tests "$name" "$tests" "$@"
	else
		failed=$((failed + 1))
	fi
	# shellcheck disable=SC2154 # the script that sources this sets it
	cd "$top" || exit 1
}

list_unit_tests() {
	# shellcheck disable=SC2016 # for make to expand
	printf 'include Makefile\nlist-unit-tests:\n\t@echo $(unit_tests)\n' | make -s -f - list-unit-tests
}

# without TESTS LESS: the tests but these.
without() {
	for test in $1; do
		case " $(echo "$2" | tr -s '\t\n' '  ') " in
		*" $test "*) ;;
		*) printf '%s ' "$test" ;;
		esac
	done
}

run_address() {
	live=$(for test in $address_live_tests; do printf 'tests/live/%s.bats ' "$test"; done)
	run_sanitizer address address,undefined "$(list_unit_tests) $live" RUNS=10 \
		ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0 UBSAN_OPTIONS=halt_on_error=1 LIMIT_S=20
}

run_thread() {
	run_sanitizer thread thread "$(echo "$thread_tests" | tr -s '\t\n' '  ')" RUNS=5 \
		TSAN_OPTIONS=halt_on_error=1 LIMIT_S=20
}

run_valgrind() {
	if ! command -v valgrind >/dev/null; then
		skip_step valgrind 'valgrind is not installed'
		return
	fi
	run_tests valgrind "$(without "$(list_unit_tests)" "$not_by_valgrind") tests/analysis/valgrind.bats" RUNS=1 \
		LOG_FLAGS="valgrind -q --error-exitcode=99 --trace-children=no --suppressions=$top/tests/analysis/valgrind.supp"
}

run_analysis() {
	begun=$(now_s)
	budget_s=$((analysis_budget_min * 60 + (fuzz_seconds - 60) * 5))
	say "each fuzzer has $fuzz_seconds seconds; all steps take about $((budget_s / 60)) minutes on two processors"
	if is_chosen format; then check_format; fi
	if is_chosen shell; then step shell shellcheck make -s check-shell; fi
	if is_chosen man; then step man mandoc make -s check-man; fi
	if is_chosen warnings; then check_warnings; fi
	if is_chosen analyzer; then step analyzer gcc make -s check-analyzer; fi
	if is_chosen cppcheck; then step cppcheck cppcheck make -s check-cppcheck; fi
	if is_chosen tidy; then step tidy clang-tidy make -s check-tidy; fi
	if is_chosen fuzz; then run_fuzzers; fi
	if is_chosen address; then run_address; fi
	if is_chosen thread; then run_thread; fi
	if is_chosen valgrind; then run_valgrind; fi
	taken_s=$(($(now_s) - begun))
	printf '\n%d of about %d minutes\n' "$((taken_s / 60))" "$((budget_s / 60))"
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
