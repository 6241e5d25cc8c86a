#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Programs, man pages, completions and examples name the same options, variables, keywords and exit
# statuses. What the programs take comes from the programs: their messages and --help. Each rule is
# tried on the texts, and on a copy of them with a mistake.

load wrapper
load consistent

# ---- Variables ----------------------------------------------------------------------------------

variables_of_code() {
	"$wrapper" --print true | sed -nE 's/^(BINDRIGHT[A-Z0-9_]*): .*/\1/p'
}

variables_of_message() {
	BINDRIGHT_X=1 "$wrapper" true 2>&1 | sed 's/.*known: //' | grep -oE 'BINDRIGHT[A-Z0-9_]*'
}

variables_of_page() {
	section bindright.7 ENVIRONMENT | grep '^\.It' | marked Ev
}

variables_of_example() {
	section bindright.1 EXAMPLES | sed -nE 's/^(BINDRIGHT[A-Z0-9_]*): .*/\1/p'
}

# Any text may name a variable: BINDRIGHT_NAME stands for each, BINDRIGHT_* for all.
unknown_variables() {
	# shellcheck disable=SC2086 # file names without blanks
	grep -ohE '\bBINDRIGHT(_[A-Z0-9]+)+' $texts | sort -u |
		grep -vxF -e "$(variables_of_code)" -e BINDRIGHT_NAME
}

variables_of_bash() {
	in_bash _bindrightctl_variables
}

variables_of_zsh() {
	sed -nE "s/^\t*'(BINDRIGHT[A-Z0-9_]*)\[.*/\1/p" text/_bindrightctl
}

@test "variables: messages, pages and completions have those of the code" {
	holds same variables message page example bash zsh
	breaks bindright.7 's/^(\.It Ev BINDRIGHT_EXPIR)Y/\1ES/' same variables page
	breaks bindright.7 '/^\.It Ev BINDRIGHT_FOLLOW/d' same variables page
	breaks bindright.1 '/^BINDRIGHT_PEERS: /d' same variables example
	breaks bindrightctl.bash 's/BINDRIGHT_SKIP //' same variables bash
	breaks _bindrightctl '/BINDRIGHT_PEERS/d' same variables zsh
}

@test "variables: no text names one that there is not" {
	holds unknown_variables
	breaks README.md '1s/$/ BINDRIGHT_REPLIES/' unknown_variables
	breaks bindright.conf.5 's/BINDRIGHT_PEERS/BINDRIGHT_PEER/' unknown_variables
	breaks examples/settings/talkd.conf 's/BINDRIGHT_LOG/BINDRIGHT_LOGS/' unknown_variables
}

# Where a text sets a variable, or gives the wrapper an option, the wrapper accepts the value.
# A metasyntactic PORT is a port.
refused_values() {
	local assignment

	# shellcheck disable=SC2086 # file names without blanks
	grep -ohE '(BINDRIGHT(_[A-Z0-9]+)*|--(v6only|reply|log))=[^] )`]+' $texts |
		grep -vE '^BINDRIGHT_NAME=|=(\[|RULES|LOG)|=-' | tr -d "'\"" | sed 's/PORT/53/' | sort -u >values
	[ -s values ] || echo "no text has a value"
	while read -r assignment; do
		case $assignment in
		--*) "$wrapper" "$assignment" --print true ;;
		*) env "$assignment" "$wrapper" --print true ;;
		esac >/dev/null 2>refusal || cat refusal
	done <values
}

@test "values: each that a text sets is accepted" {
	holds refused_values
	breaks bindright.7 's/BINDRIGHT_V6ONLY=auto/BINDRIGHT_V6ONLY=automatic/' refused_values
	breaks README.md 's/--v6only=auto/--v6only=aut/' refused_values
	breaks bindright.conf.5 's/(BINDRIGHT_EXPIRY)=60/\1=60s/' refused_values
}

# ---- Keywords, defaults and limits --------------------------------------------------------------

# keywords: those in the text on standard input, which lists them as messages and --help do.
keywords() {
	sed 's/, a path.*//' | tr -s ' ,;:' '\n' | grep -xE '[a-z0-9]+' | grep -vxE 'or|then|tcp|udp' | sort -u
}

# The variables that take keywords, and the options for some of them.
variables_with_keywords() {
	local variable

	for variable in $(variables_of_code); do
		[[ ! $(allowed "$variable") =~ \ off$|^off,|,\ off, ]] || echo "$variable"
	done
}

option_of() {
	case $1 in
	BINDRIGHT_V6ONLY) echo v6only ;;
	BINDRIGHT_REPLY) echo reply ;;
	BINDRIGHT_LOG) echo log ;;
	esac
}

# differ NAME: the keywords on standard input are those in the file code.
differ() {
	keywords | diff code - || echo "keywords of $variable: code <, $1 >"
}

page_keywords() {
	section bindright.7 ENVIRONMENT | item Ev "$variable" | marked Cm | differ 'bindright(7)'
}

option_page_keywords() {
	section bindright.1 DESCRIPTION | item Fl "-$option=" | marked Cm | differ 'bindright(1)'
}

help_keywords() {
	"$wrapper" --help | tr -s '\n' ' ' | sed -E "s/.* set ${variable}[^(]*\(([^)]*)\).*/\1/" | differ --help
}

bash_keywords() {
	if [ "$option" = log ]; then
		sed -n '/^_bindright_log()/,/^}/p' text/bindright.bash | sed -nE "s/.* -W '([^']*)'.*/\1/p"
	else
		sed -nE "s/^.*--$option\) _bindright_rules (.*) ;;$/\1/p" text/bindright.bash
	fi | differ bash
}

zsh_keywords() {
	if [ "$option" = log ]; then
		sed -n '/^_bindright_log()/,/^}/p' text/_bindright | sed -nE "s/.*compadd (-S '' )?//p"
	else
		sed -nE "s/^.*'--$option=.*_bindright_rules (.*)' .*/\1/p" text/_bindright
	fi | differ zsh
}

ctl_bash_keywords() {
	{
		in_bash _bindrightctl_keywords "$variable"
		[ "$variable" != BINDRIGHT_LOG ] ||
			sed -nE "s/.*BINDRIGHT_LOG.*/,/; /^,/{n;s/.* -W '([a-z ]*).*/\1/p}" text/bindrightctl.bash
	} | differ 'bash, bindrightctl'
}

ctl_zsh_keywords() {
	if [ "$variable" = BINDRIGHT_LOG ]; then
		sed -n '/^_bindrightctl_log()/,/^}/p' text/_bindrightctl | sed -nE "s/.*compadd (-S '' )?//p"
	else
		sed -nE "s/^\t*'$variable\[.*\]:[a-z]*:(_[a-z_]* |\()([a-z ]*).*/\2/p" text/_bindrightctl
	fi | differ 'zsh, bindrightctl'
}

# keywords_differ WHERE: the keywords of each variable, or of each that has an option.
keywords_differ() {
	local variable option

	for variable in $(variables_with_keywords); do
		option=$(option_of "$variable")
		[[ $1 == page || $1 == ctl_* || -n $option ]] || continue
		allowed "$variable" | keywords >code
		"$1_keywords"
	done
}

@test "keywords: bindright(7), bindright(1), --help and the completions have those of the code" {
	local where

	[ "$(variables_with_keywords | wc -l)" -ge 6 ]
	for where in page option_page help bash zsh ctl_bash ctl_zsh; do
		holds keywords_differ "$where"
	done
	breaks bindright.7 's/^\.Cm (on , interface)$/.Cm on/; s/^\.Cm interface ,$/.Cm off/' keywords_differ page
	breaks bindright.7 's/^\.Cm stderr , syslog$/.Cm stderr , syslogd/' keywords_differ page
	breaks bindright.1 's/^(\.Cm force , default), auto/\1/; s/, auto , dual/, dual/' keywords_differ option_page
	breaks bindright.bash 's/force default auto/force default/' keywords_differ bash
	breaks _bindright 's/stderr syslog/stderr/' keywords_differ zsh
	breaks bindrightctl.bash 's/interface off/off/' keywords_differ ctl_bash
	breaks bindrightctl.bash 's/stderr syslog/stderr/' keywords_differ ctl_bash
	breaks _bindrightctl 's/rules on interface/rules on/' keywords_differ ctl_zsh
	breaks _bindrightctl 's/error warn info/error warn/' keywords_differ ctl_zsh
}

# The keywords of listeners are explained one by one, and recommended.
listener_keywords() {
	allowed BINDRIGHT_V6ONLY | keywords >code
	section bindright.7 LISTENERS | grep '^\.It Cm' | marked Cm | sort | diff code - || echo LISTENERS
	section bindright.7 'WHICH KEYWORD FOR WHICH SERVER' | marked Cm | sort -u | grep -vxF -f code
}

@test "keywords: bindright(7) explains each of the listeners' keywords, and recommends no other" {
	holds listener_keywords
	breaks bindright.7 's/^\.It Cm dual/.It Cm both/' listener_keywords
	breaks bindright.7 's/^\.It Cm force , auto/.It Cm force , automatic/' listener_keywords
}

# The protocols of rules.
protocols_of_code() {
	BINDRIGHT_V6ONLY=off,x/1=off "$wrapper" true 2>&1 | sed -E 's/.*allowed: (.*)\)/\1/' | tr -s ', ' '\n'
}

protocols_of_page() {
	section bindright.7 RULES | marked Cm
}

@test "protocols of rules: bindright(7) has those of the code" {
	holds same protocols page
	breaks bindright.7 's/^\.Cm udp$/.Cm udp , sctp/' same protocols page
}

# The default and the numbers of each variable are those of --print and of its message.
numbers_differ() {
	local variable entry default limits

	for variable in $(variables_of_code); do
		entry=$(section bindright.7 ENVIRONMENT | item Ev "$variable" | tr '\n' ' ')
		default=$("$wrapper" --print true | sed -n "s/^$variable: \(.*\) (default)/\1/p")
		[[ $default == 'not set' || $entry =~ The\ default\ is\ (\.Cm )?$default(:stderr)?\ ?\. ]] ||
			echo "$variable: bindright(7) does not say that the default is $default"
		limits=$(allowed "$variable" | grep -oE 'from [0-9]+ to [0-9]+') || continue
		[[ $entry == *" $limits"[,.]* ]] || echo "$variable: bindright(7) does not say $limits"
	done
}

@test "defaults and limits: bindright(7) has those of the code" {
	holds numbers_differ
	breaks bindright.7 's/^The default is 300\./The default is 600./' numbers_differ
	breaks bindright.7 '/^The default is$/,/^\.Cm/s/^\.Cm force \./.Cm auto ./' numbers_differ
	breaks bindright.7 's/from 16 to 16777216/from 1 to 16777216/' numbers_differ
}

# ---- Options of bindright -----------------------------------------------------------------------

options_of_code() {
	grep -oE '"--?[a-z0-9][a-z0-9-]*"' "$abs_top_srcdir/shim/ctl/options.c" | tr -d '"'
}

options_of_page() {
	section bindright.1 DESCRIPTION | grep '^\.It Fl' | fl
}

options_of_help() {
	"$wrapper" --help | grep -oE '^  -[^ ]+(, --?[a-z]+)?' | grep -oE -- '-[a-z0-9-]+'
}

options_of_bash() {
	sed -n "s/^_bindright_options='\(.*\)'/\1/p" text/bindright.bash | tr -s ' ' '\n' | tr -d = | grep -vx -- --
}

options_of_zsh() {
	sed -nE "/^_arguments/,\$s/\[.*|\([^)]*\)//gp" text/_bindright |
		grep -oE "[{',]--?[a-z0-9-]*[a-z0-9]" | tr -d "{',"
}

@test "options of bindright: bindright(1), --help and the completions have those of the code" {
	holds same options page help bash zsh
	breaks bindright.1 's/^(\.It Fl -pr)int/\1obe/' same options page
	breaks bindright.bash 's/--quiet //' same options bash
	breaks _bindright '/--print/d' same options zsh
}

# Options elsewhere: those that .Fl marks in bindright(1), and those in a command line of any text.
unknown_options() {
	{
		fl <text/bindright.1
		# shellcheck disable=SC2086 # file names without blanks
		grep -ohE '\bbindright( --?[a-z0-9]+(=[^ ]*)?)+' $texts | grep -oE -- ' --?[a-z0-9]+' | tr -d ' '
	} | sort -u | grep -vxF -e "$(options_of_code)"
}

@test "options of bindright: no text uses one that there is not" {
	holds unknown_options
	breaks bindright.1 's/^(\.Fl -help)/\1er/' unknown_options
	breaks README.md 's/bindright --v6only/bindright --ipv6only/' unknown_options
}

# ---- Exit statuses of bindright -----------------------------------------------------------------

statuses_of_code() {
	local arguments status

	for arguments in --no-such-option "$PWD" "$PWD/no-such-command"; do
		status=0
		"$wrapper" "$arguments" 2>/dev/null || status=$?
		echo "$status"
	done
}

statuses_of_page() {
	section bindright.1 'EXIT STATUS' | sed -n 's/^\.It //p'
}

statuses_of_help() {
	"$wrapper" --help | grep -oE '\b12[0-9]\b'
}

@test "exit statuses of bindright: bindright(1) and --help have those of the code" {
	holds same statuses page help
	breaks bindright.1 's/^\.It 126/.It 128/' same statuses page
}
