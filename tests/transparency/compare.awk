# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Compares what each test of a suite did, bare and with the library:
#
#	awk -v suite=NAME -f compare.awk exceptions bare1 bare2 bare3 ... off auto force default
#
# A test that passes, fails or skips itself alike in all bare runs must do the same with the library,
# unless the file of exceptions has it. The output has lines of these kinds, with tabs between:
#
#	count	pass|unexcused|other|flaky|bare-pass	NUMBER
#	flaky	TEST	its results, bare
#	excused	KEYWORD	TEST	BARE	WITH	the reason
#	differs	KEYWORD	TEST	BARE	WITH
#	unneeded	KEYWORD	TEST	an exception for a test that does not differ
#	part	PART	that has a test that differs
BEGIN {
	FS = "\t"
	split("off auto force default", keywords, " ")
}

# SUITE<tab>KEYWORD[,KEYWORD...]<tab>TEST<tab># the reason. The keyword flaky: a test with a race of its own.
FILENAME ~ /exceptions$/ {
	if ($0 ~ /^#/ || $1 != suite)
		next
	reason = $4
	sub(/^# */, "", reason)
	count = split($2, list, ",")
	for (i = 1; i <= count; i++)
		excused[list[i], $3] = reason
	next
}

FNR == 1 {
	run = FILENAME
}

{
	# A suite that cannot be run in parts has one, all.
	name = $1 == "all" || index($2, $1) ? $2 : $1 ": " $2
	# Some suites use one name twice.
	if ((run, name) in result) {
		for (n = 2; (run, name " #" n) in result; n++)
			;
		name = name " #" n
	}
	result[run, name] = $3
	part[name] = $1
	names[name] = 1
	# A rerun has some parts alone.
	ran[run, $1] = 1
	runs[run] = 1
}

function result_of(run, name) {
	return (run, name) in result ? result[run, name] : "absent"
}

# Returns the results of the bare runs, which are one word if all agree.
function bare_results(name,   run, found, text, value) {
	text = ""
	for (run in runs) {
		if (run !~ /^bare/ || (run ~ /^bare[4-9]/ && !((run, part[name]) in ran)))
			continue
		value = result_of(run, name)
		if (!((name, value) in seen)) {
			seen[name, value] = 1
			text = text (text == "" ? "" : "/") value
		}
	}
	return text
}

END {
	for (name in names) {
		bare = bare_results(name)
		if (bare ~ /\// || ("flaky", name) in excused) {
			print "flaky\t" name "\t" bare
			flaky++
			for (i in keywords)
				used[keywords[i], name] = 1
			continue
		}
		bad = 0
		for (i in keywords) {
			keyword = keywords[i]
			with = result_of(keyword, name)
			if (with == bare)
				continue
			used[keyword, name] = 1
			if ((keyword, name) in excused) {
				print "excused\t" keyword "\t" name "\t" bare "\t" with "\t" excused[keyword, name]
				continue
			}
			print "differs\t" keyword "\t" name "\t" bare "\t" with
			differing[part[name]] = 1
			bad = 1
		}
		passes = bare ~ /^(pass|exit )/
		bare_pass += passes
		if (bad)
			unexcused++
		else if (passes)
			pass++
		else
			other++
	}
	for (key in excused) {
		split(key, pair, SUBSEP)
		if (pair[1] == "flaky" || key in used)
			continue
		print "unneeded\t" pair[1] "\t" pair[2]
		unexcused++
	}
	for (name in differing)
		print "part\t" name
	printf "count\tpass\t%d\ncount\tunexcused\t%d\ncount\tother\t%d\ncount\tflaky\t%d\ncount\tbare-pass\t%d\n", \
		pass, unexcused, other, flaky, bare_pass
}
