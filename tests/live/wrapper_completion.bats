#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completion of bindright's command line. Keys are typed into real shells on a pseudoterminal, which
# then run a bindright of the test that writes down its arguments: what it got is what was completed.
# consistent.bats compares the options and keywords with those of the code.

load wrapper

framework=/usr/share/bash-completion/bash_completion

# type_into LINE SHELL...: types LINE, in the escapes of printf %b, and sets got to the arguments of
# bindright. The shell has the services nsd and talkd, and two files.
type_into() {
	local line=$1

	shift
	type -P script >/dev/null || skip 'script is not installed'
	make_wrapper
	mv bindright real
	mkdir -p bin
	script bin/bindright "[ \"\$*\" != --help ] || exec '$PWD/real' --help" \
		"printf '%s\\n' \"\$@\" >'$PWD/arguments'"
	touch etc/bindright/{nsd,talkd}.conf some.settings other.file
	rm -f arguments
	printf "%b\nexit\n" "$line" | TERM=dumb timeout 30 env script -qec "$*" /dev/null >terminal 2>&1
	got=$(paste -sd ' ' arguments) || { cat terminal; return 1; }
}

# bash_completes LINE ARGUMENTS: \t is the tab key, \e* inserts all completions.
bash_completes() {
	[ -r "$framework" ] || skip 'bash-completion is not installed'
	mkdir -p completions
	cp "$abs_top_srcdir/scripts/completion/bindright.bash" completions/bindright
	printf '%s\n' "PATH=$PWD/bin:\$PATH PS1= HISTFILE= BASH_COMPLETION_USER_DIR=$PWD" ". $framework" \
		"bind 'set enable-bracketed-paste off'" >rc
	type_into "$1" bash --noprofile --rcfile rc -i
	[ "$got" = "$2" ] || { echo "bash: $1: $got"; return 1; }
}

# zsh_completes LINE ARGUMENTS
zsh_completes() {
	command -v zsh >/dev/null || skip 'zsh is not installed'
	mkdir -p zdot
	printf '%s\n' "path=($PWD/bin \$path) PS1= PS2= HISTFILE=" \
		"fpath=($abs_top_srcdir/scripts/completion \$fpath)" \
		'autoload -Uz compinit && compinit -u -d zdot/dump' 'unset zle_bracketed_paste' \
		>zdot/.zshrc
	type_into "$1" env ZDOTDIR="$PWD/zdot" zsh -d -i
	[ "$got" = "$2" ] || { echo "zsh: $1: $got"; cat terminal; return 1; }
}

@test "bash: options" {
	bash_completes 'bindright --v6\tau\ttrue' '--v6only=auto true'
	bash_completes 'bindright --pr\ttrue' '--print true'
	bash_completes 'bindright -q --lo\twarn true' '-q --log=warn true'
}

@test "bash: keywords" {
	bash_completes 'bindright --v6only=\e*' '--v6only=auto default dual force off'
	bash_completes 'bindright --v6only=off,tcp/22=fo\t' '--v6only=off,tcp/22=force'
	bash_completes 'bindright --reply=\e*' '--reply=interface off on'
	bash_completes 'bindright --log=\e*' '--log=debug error info off warn'
	bash_completes 'bindright --log=warn:sy\t' '--log=warn:syslog'
}

@test "bash: services and files" {
	bash_completes 'bindright -s \e*' '-s nsd talkd'
	bash_completes 'bindright -c so\t' '-c some.settings'
}

@test "bash: the command, and its own completion" {
	bash_completes 'bindright printe\tHOME' 'printenv HOME'
	bash_completes 'bindright -- printe\tHOME' '-- printenv HOME'
	bash_completes 'bindright --log=warn:syslog --v6only=off,tcp/1=off -s nsd ls ot\t' \
		'--log=warn:syslog --v6only=off,tcp/1=off -s nsd ls other.file'
	# cd completes directories alone.
	bash_completes 'bindright -q cd bi\tx' '-q cd bin/x'
	bash_completes 'bindright cd ot\t' 'cd ot'
}

@test "zsh: the file is well formed, and compinit takes it" {
	command -v zsh >/dev/null || skip 'zsh is not installed'
	zsh -n "$abs_top_srcdir/scripts/completion/_bindright"
	# shellcheck disable=SC2016 # for zsh to expand
	run_apart zsh -fc 'fpath=($1 $fpath); autoload -Uz compinit && compinit -u -d "$2" && print $_comps[bindright]' \
		- "$abs_top_srcdir/scripts/completion" "$PWD/dump"
	gives _bindright
}

@test "zsh: options, keywords, services, files, and the command" {
	zsh_completes 'bindright --v6\tau\ttrue' '--v6only=autotrue'
	zsh_completes 'bindright --v6only=off,tcp/22=fo\t' '--v6only=off,tcp/22=force'
	zsh_completes 'bindright --log=warn:sy\t' '--log=warn:syslog'
	zsh_completes 'bindright -s n\t' '-s nsd'
	zsh_completes 'bindright -c so\t' '-c some.settings'
	zsh_completes 'bindright -s nsd --log=warn printe\tHOME' '-s nsd --log=warn printenv HOME'
	zsh_completes 'bindright -q cd bi\tx' '-q cd bin/x'
	zsh_completes 'bindright cd ot\t' 'cd ot'
}
