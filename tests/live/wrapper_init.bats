#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The ways of bindright(7), "Other init systems": each service manager keeps track of its server,
# which runs with the library and its settings.

# shellcheck disable=SC2016 # What stands in single quotes is for another shell, or for none.

load wrapper

teardown() {
	[ ! -s pid ] || kill -9 "$(cat pid)" 2>/dev/null || true
}

# page_says LINE: bindright(7) has it.
page_says() {
	grep -qxF -e "$1" "$abs_top_srcdir/shim/bindright.7" || {
		echo "the page does not say: $1"
		return 1
	}
}

# service ACTION [ARGUMENT...]: what an init script does with it.
service() {
	start-stop-daemon --quiet "--$1" --pidfile "$PWD/pid" --exec "$PWD/server" "${@:2}"
}

# start_service [OPTION...]
start_service() {
	service start --background --make-pidfile "$@" -- "${server_line[@]}" 60
}

has_library() {
	grep -q libbindright "/proc/$(cat pid)/maps"
}

# becomes STATE: the service does so within five seconds: running, cured or gone.
becomes() {
	local end=$((SECONDS + 6))

	until "$1" 2>/dev/null; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.02
	done
}

running() {
	service status
}

cured() {
	service status && has_library
}

gone() {
	! service status
}

@test "start-stop-daemon: --startas is the wrapper, and stop and status find the server" {
	local server_line=()

	need start-stop-daemon
	page_says 'start-stop-daemon --start --exec /usr/sbin/nsd \e'
	page_says '    --startas /usr/local/bin/bindright -- /usr/sbin/nsd'
	cp "$(command -v sleep)" server
	start_service
	becomes running
	! has_library || return 1
	service stop
	becomes gone

	server_line=("$PWD/server")
	start_service --startas "$wrapper"
	becomes cured
	# It is found running, and not started again.
	! start_service --startas "$wrapper" || return 1
	service stop
	becomes gone
}

@test "variables of a shell file: only those that it exports" {
	page_says 'export BINDRIGHT_V6ONLY=auto'
	echo 'BINDRIGHT_V6ONLY=auto' >default
	run_apart sh -c '. ./default; printenv BINDRIGHT_V6ONLY'
	[ "$status" -ne 0 ]
	echo 'export BINDRIGHT_V6ONLY=auto' >default
	run_apart sh -c '. ./default; printenv BINDRIGHT_V6ONLY'
	gives auto
}

# by_env_directory COMMAND...: gives the server the variables in the files of ./env.
by_env_directory() {
	need "$1"
	mkdir env
	echo "$library" >env/LD_PRELOAD
	echo auto >env/BINDRIGHT_V6ONLY
	run_apart "$@" printenv LD_PRELOAD BINDRIGHT_V6ONLY
	gives "$library"$'\n'auto
}

@test "runit: chpst -e" {
	by_env_directory chpst -e ./env
}

@test "s6: s6-envdir" {
	by_env_directory s6-envdir env
}

# The loader takes LD_PRELOAD away at set-user-ID programs, as at su, sudo and at.
@test "LD_PRELOAD does not get past a set-user-ID program" {
	need_another_user
	cp "$(command -v printenv)" lifted
	run_apart "${as_other_user[@]}" env LD_PRELOAD="$library" ./lifted LD_PRELOAD
	gives "$library"
	chmod u+s lifted
	run_apart "${as_other_user[@]}" env LD_PRELOAD="$library" ./lifted LD_PRELOAD
	[ "$output" = "" ] && [ "$status" -eq 1 ]
}

@test "xinetd: the wrapper in place of the server" {
	need xinetd
	page_says 'server_args = -s talkd /usr/sbin/in.talkd'
	unshare -n true 2>/dev/null || skip 'no network namespace (xinetd needs one of the real root)'
	cat >xinetd.conf <<-END
		defaults
		{
		}
		service test
		{
			type = UNLISTED
			port = 5300
			socket_type = stream
			protocol = tcp
			wait = no
			user = root
			server = $wrapper
			server_args = --v6only=auto $(command -v printenv) LD_PRELOAD BINDRIGHT_V6ONLY
		}
	END
	run_apart timeout 10 unshare -n bash -c '
		ip link set lo up
		setpriv --pdeathsig KILL xinetd -dontfork -f xinetd.conf -pidfile xinetd.pid >log 2>&1 3>&- &
		until exec 4<>/dev/tcp/127.0.0.1/5300; do sleep 0.05; done 2>/dev/null
		cat <&4
		kill $!'
	gives "$library"$'\n'auto
}
