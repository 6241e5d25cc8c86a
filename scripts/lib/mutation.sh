# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# For `scripts/test --mutation [NAME]...`: has tests/mutation/run break shim/, and writes the table of
# the results. Needs common.sh, $top and $scratch, and the tree built with the programs of its tests.

mutation=tests/mutation

# print_mutation_table: those that did not run now keep what the table says of them.
# shellcheck disable=SC2154 # the script that sources this sets the variables
print_mutation_table() {
	cat "$top/$mutation/head.md"
	# shellcheck disable=SC2016 # Markdown
	while read -r name; do
		grep -h -F "| $name | " "$scratch/rows" || grep -h -F "| $name | " "$top/$mutation/TABLE.md" ||
			printf '| %s | `%s` | not run | |\n' "$name" "$(sed 's|^shim/||' "$scratch/mutations/$name/file")"
	done <"$scratch/names"
}

# count_outcomes OUTCOMES: counts the mutations with these, such as 'survived|broken'.
count_outcomes() {
	grep -c -x -E "$1" "$scratch/outcomes"
}

# check_mutations NAME...: checks that each is a mutation or a file of them.
check_mutations() {
	for asked; do
		[ -f "$top/$mutation/$asked.txt" ] || cat "$top/$mutation"/*.txt | grep -qxF "mutation $asked" ||
			fail "unknown mutation '$asked' (allowed: $(cd "$top/$mutation" && echo *.txt | sed 's/\.txt//g'), or one that these name)"
	done
}

# run_mutations NAME...: all if none is named. Ends with the counts; false if one was not killed.
run_mutations() {
	"$top/$mutation/run" "$top" "$scratch" "$@"
	[ -f "$scratch/outcomes" ] || return 1
	passed=$(count_outcomes killed)
	failed=$(count_outcomes 'survived|broken')
	skipped=$(count_outcomes skipped)
	printf '\n'
	print_mutation_table >"$scratch/table"
	cp "$scratch/table" "$top/$mutation/TABLE.md"
	say "wrote $mutation/TABLE.md"
	printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
