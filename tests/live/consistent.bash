# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests that hold programs, man pages, completions and examples against each other:
# the texts, their mdoc, and rules that are tried on a copy with a mistake too. Load wrapper first.

ctl=$abs_top_builddir/shim/ctl/bindrightctl

setup() {
	local directory=$abs_top_srcdir

	enter_test_directory || return
	[ -x "$wrapper" ] || skip "no wrapper at $wrapper: run make first"
	mkdir text
	cp -R "$directory"/{README.md,examples,shim/bindright.7} "$directory"/scripts/*.[158] \
		"$directory"/scripts/completion/* text
	# In a tarball under test the sources are read-only.
	chmod -R u+w text
	texts=$(find text -type f ! -name local.mk)
}

# holds RULE...: it prints nothing. A rule prints what differs.
holds() {
	"$@" >broken || true
	[ ! -s broken ] || {
		echo "$*:"
		cat broken
		return 1
	}
}

# breaks FILE SED RULE...: the rule prints something once sed has edited this text.
breaks() {
	local file=text/$1 edit=$2

	shift 2
	cp "$file" kept
	sed -i -E "$edit" "$file"
	! cmp -s "$file" kept || { echo "$edit: does not change $file"; return 1; }
	"$@" >broken || true
	mv kept "$file"
	[ -s broken ] || { echo "$*: does not see $edit in $file"; return 1; }
}

# same WHAT [NAME...]: WHAT_of_code and WHAT_of_NAME print the same lines, in any order.
same() {
	local what=$1 name

	shift
	"${what}_of_code" | sort -u >code
	[ -s code ] || echo "the code has no $what"
	for name; do
		"${what}_of_$name" | sort -u | diff code - || echo "$what: code <, $name >"
	done
}

# ---- mdoc ---------------------------------------------------------------------------------------

# section FILE NAME: the lines of a page's section.
section() {
	awk -v name="$2" '/^\.Sh / { inside = $0 == ".Sh " name } inside' "text/$1"
}

# item MACRO NAME: of the lines on standard input, a list's item, up to the next one with MACRO.
item() {
	awk -v begin="^\\\\.It $1 " -v name="$2" '
		$0 ~ begin || /^\.S[hs] / { inside = $0 ~ begin && index($0 " ", " " name " ") } inside'
}

# marked MACRO: of the lines on standard input, the words that MACRO marks, one a line; what is
# quoted is one.
marked() {
	awk -v wanted="$1" '/^\./ {
		macro = ""
		while (match($0, /"[^"]*"/)) {
			quoted = substr($0, RSTART + 1, RLENGTH - 2)
			gsub(/ /, "\001", quoted)
			$0 = substr($0, 1, RSTART - 1) quoted substr($0, RSTART + RLENGTH)
		}
		sub(/^\./, "")
		for (i = 1; i <= NF; i++)
			if ($i ~ /^[A-Z][a-z]$/)
				macro = $i
			else if (macro == wanted && $i !~ /^[.,:;|()]$/)
				print $i
	}' | sed 's/^\\&//' | tr '\001' ' '
}

# in_bash NAME [ARGUMENT...]: what bindrightctl's completion for bash has in a variable, or gives in a
# function, of this name, as lines.
in_bash() {
	(
		# shellcheck disable=SC1091
		. text/bindrightctl.bash
		if declare -F "$1" >/dev/null; then "$@"; else echo "${!1}"; fi | tr -s ' \t' '\n'
	)
}

# fl: options, from the words that .Fl marks.
fl() {
	marked Fl | sed -nE 's/^([a-z0-9-]*[a-z0-9])=?$/-\1/p'
}

# allowed VARIABLE: what it takes, by the message about a value that it does not take.
allowed() {
	env "$1=?" "$wrapper" true 2>&1 | sed -nE 's/.*\(allowed: (.*)\)$/\1/p'
}
