#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Completion of bindright's command line, in real shells. consistent.bats compares the options and
# keywords with those of the code.

load wrapper
load completion

# prepare_commands: bin/bindright with the services nsd and talkd, and two files.
prepare_commands() {
	make_wrapper
	mkdir -p bin
	mv bindright real
	script bin/bindright "[ \"\$*\" != --help ] || exec '$PWD/real' --help" "$note_arguments"
	touch etc/bindright/{nsd,talkd}.conf some.settings other.file
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
	zsh_takes bindright
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
