#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What consistent.bats does for the library and the wrapper, for bindrightctl: subcommands, options,
# exit statuses, and the names in what it prints.

load wrapper
load consistent

subcommands_of_code() {
	"$ctl" no-such-subcommand 2>&1 | sed -E 's/.*allowed: (.*)\)/\1/; s/, /\n/g'
}

subcommands_of_help() {
	"$ctl" --help | sed -nE 's/^  ([a-z]+) +[a-z].*/\1/p'
}

subcommands_of_page() {
	section bindrightctl.8 SUBCOMMANDS | sed -n 's/^\.Ss //p'
}

subcommands_of_synopsis() {
	section bindrightctl.8 SYNOPSIS | marked Cm
}

subcommands_of_bash() {
	in_bash _bindrightctl_subcommands
}

subcommands_of_zsh() {
	sed -nE "/subcommands=\(/,/\)/s/^\t*'([a-z]+):.*/\1/p" text/_bindrightctl
}

@test "subcommands of bindrightctl: bindrightctl(8), --help and the completions have those of the code" {
	holds same subcommands help page synopsis bash zsh
	breaks bindrightctl.8 's/^\.Ss check/.Ss test/' same subcommands page
	breaks bindrightctl.8 's/^\.Cm disable$/.Cm enable/' same subcommands synopsis
	breaks bindrightctl.bash 's/ status disable/ disable/' same subcommands bash
	breaks _bindrightctl '/^\t*.enable:/d' same subcommands zsh
}

# Those of each $subcommand. The program parses options in order, so a short one that it knows leaves
# the complaint to a later one.
ask_ctl_options() {
	local letter

	"$ctl" "$subcommand" --no-such-option 2>&1 | sed -E 's/.*allowed: (.*)\)/\1/; s/, /\n/g'
	for letter in {a..z} {A..Z}; do
		"$ctl" "$subcommand" "-$letter" --no-such --no-such 2>&1 |
			grep -q "unknown option '-$letter'" || echo "-$letter"
	done
}

ctl_options_of_code() {
	[ -s "options.$subcommand" ] || ask_ctl_options >"options.$subcommand"
	cat "options.$subcommand"
}

ctl_options_of_help() {
	"$ctl" "$subcommand" --help | grep -oE '^ +-[^ ]+(, --?[a-z-]+)?' | grep -oE -- '-[A-Za-z-]+'
}

# The options for all subcommands are in the DESCRIPTION.
ctl_options_of_page() {
	{
		section bindrightctl.8 DESCRIPTION
		section bindrightctl.8 SUBCOMMANDS |
			awk -v name="$subcommand" '/^\.Ss / { inside = $2 == name } inside'
	} | grep '^\.It Fl' | fl
}

# The synopsis leaves out a long option that has a letter, and has the help once for all.
ctl_options_of_synopsis() {
	section bindrightctl.8 SYNOPSIS |
		awk -v name="$subcommand" '/^\.Nm/ { getline; inside = $2 == name } inside' |
		fl | sed -E 's/^-([a-z]+)$/\1/; T; s/./-&\n/g' | grep .
	printf '%s\n' --quiet --all -h --help | grep -xF -e "$(ctl_options_of_code)"
}

ctl_options_of_bash() {
	in_bash _bindrightctl_options "$subcommand"
}

ctl_options_of_zsh() {
	sed -nE "/^_bindrightctl_arguments/,/^}/p; /^\t$subcommand\)/,/;;/p" text/_bindrightctl |
		sed -E "s/\[.*|\([^)]*\)//g" | grep -oE "[{',\"]--?[a-zA-Z-]*[a-zA-Z]" | tr -d "{',\""
}

# audit needs libmnl.
is_built() {
	! "$ctl" "$subcommand" --help 2>&1 | grep -q 'was built without'
}

ctl_options_differ() {
	local subcommand

	for subcommand in $(subcommands_of_code); do
		is_built || continue
		same ctl_options "$@" | sed "s/^/$subcommand: /"
	done
}

@test "options of bindrightctl: bindrightctl(8), --help and the completions have those of the code" {
	holds ctl_options_differ help page synopsis bash zsh
	breaks bindrightctl.8 's/^(\.It Fl -us)er/\1ing/' ctl_options_differ page
	breaks bindrightctl.8 's/^\.It Fl q , Fl -quiet/.It Fl q/' ctl_options_differ page
	breaks bindrightctl.8 's/^\.Op Fl -no-peek/.Op Fl -no/' ctl_options_differ synopsis
	breaks bindrightctl.bash 's/ --prometheus//' ctl_options_differ bash
	breaks _bindrightctl '/--watch=/d' ctl_options_differ zsh
}

unknown_ctl_options() {
	local subcommand options

	# shellcheck disable=SC2086 # file names without blanks
	grep -ohE '\bbindrightctl [a-z]+( .*)?' $texts | tr -d '`,;' | sort -u >commands
	for subcommand in $(subcommands_of_code); do
		is_built || continue
		options=$(ctl_options_of_code)
		sed -n "s/^bindrightctl $subcommand//p" commands | grep -oE ' --?[A-Za-z][a-z-]*' | tr -d ' ' |
			sort -u | grep -vxF -e "$options" | sed "s/^/$subcommand: /"
	done
	sed -nE "s/^bindrightctl ([a-z]+).*/\1/p" commands | sort -u | grep -vxF -e "$(subcommands_of_code)"
}

@test "commands of bindrightctl: no text uses a subcommand or an option that there is not" {
	holds unknown_ctl_options
	breaks README.md '1s/$/ bindrightctl find/' unknown_ctl_options
	breaks README.md '1s/$/ bindrightctl enable nsd --later/' unknown_ctl_options
}

ctl_statuses_of_code() {
	sed -nE 's/^\tTOOL_[A-Z]+ = ([0-9]+),.*/\1/p' "$abs_top_srcdir/shim/ctl/tool.h"
}

ctl_statuses_of_page() {
	section bindrightctl.8 'EXIT STATUS' | sed -n 's/^\.It //p'
}

ctl_statuses_of_help() {
	"$ctl" --help | tr '\n' ' ' | sed 's/.*Exit status: //; s/See .*//' | grep -oE '\b[0-9]\b'
}

@test "exit statuses of bindrightctl: bindrightctl(8) and --help have those of the code" {
	holds same ctl_statuses page help
	breaks bindrightctl.8 's/^\.It 2/.It 3/' same ctl_statuses page
}

# What is not an option has no message that lists it: the members of JSON documents, and the verdicts
# of audit, come from the sources.
keys_of_code() {
	grep -rhoE 'set(_[a-z]+)?\([^,"]*, "[a-z0-9_ ]+"' "$abs_top_srcdir"/shim/{ctl,kernel} --include='*.c' |
		sed -E 's/.*"(.*)"/\1/'
}

keys_of_page() {
	section bindrightctl.8 JSON | marked Li
}

metrics_of_code() {
	grep -ohE '"bindright_[a-z_]+"' "$abs_top_srcdir"/shim/ctl/status/*.c | tr -d '"'
}

metrics_of_page() {
	section bindrightctl.8 METRICS | sed -n 's/^\.It Li //p'
}

unknown_verdicts() {
	local verdict=$abs_top_srcdir/shim/ctl/audit/verdict.c text

	[ -e "$verdict" ] || return 0
	section bindrightctl.8 OUTPUT >output
	sed -nE 's/^\t\[REPLIES_.*\] = \{"[a-z]+", "(.*)"\},/\1/p' "$verdict" >verdicts
	[ -s verdicts ] || echo "the code has no verdicts"
	while read -r text; do
		[ "$text" = - ] || grep -q "^\.It Li $text" output || echo "OUTPUT does not say '$text'"
	done <verdicts
	sed -nE 's/^\t\[REPLIES_.*\] = \{"([a-z]+)", .*/\1/p' "$verdict" | sort -u |
		grep -vxF -e "$(section bindrightctl.8 JSON | marked Cm)"
}

@test "results of bindrightctl: bindrightctl(8) has the verdicts, the members of JSON and the metrics of the code" {
	holds same keys page
	breaks bindrightctl.8 's/^\.Li checks$/.Li judgements/' same keys page
	holds same metrics page
	breaks bindrightctl.8 's/^(\.It Li bindright_peers_max)/\1imum/' same metrics page
	holds unknown_verdicts
}
