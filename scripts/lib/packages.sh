# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs Debian packages that are missing, and says first which and why. Nothing is installed
# that is there already, no service is started, and without the right to install the caller goes
# on with what there is. Needs common.sh, and $scratch.

policy=/usr/sbin/policy-rc.d
policy_mark='Made by the scripts of bindright, to be removed by them.'

# The packages that want() found missing, all of them and with the reason of each.
wanted=
lists_are_new=

as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

may_install() {
	[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null
}

is_debian() {
	command -v dpkg-query >/dev/null && command -v apt-get >/dev/null
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# want REASON PACKAGE...: notes those that are missing.
want() {
	is_debian || return 0
	missing=
	reason=$1
	shift
	for package; do
		is_installed "$package" || was_wanted "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	say "missing $reason:$missing"
	wanted="$wanted$missing"
}

# is_available PACKAGE: whether this release has it.
is_available() {
	apt-cache show "$1" 2>/dev/null | grep -q '^Package:'
}

# want_available REASON PACKAGE...: the same, without those that this release has not, or not under
# this name.
want_available() {
	is_debian || return 0
	[ -n "$(find /var/lib/apt/lists -name '*_Packages*' -print -quit 2>/dev/null)" ] ||
		! may_install || renew_lists
	why=$1
	shift
	available=
	for package; do
		! is_available "$package" || available="$available $package"
	done
	# shellcheck disable=SC2086 # a list of names, to be split
	want "$why" $available
}

# was_wanted PACKAGE: was it missing when this script began?
was_wanted() {
	case "$wanted " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# Debian starts the service of a package as it installs it, unless this file says no. One that the
# host has itself is left as it is; one that an earlier run was killed over is ours.
forbid_services() {
	if [ -e "$policy" ] && ! grep -q "$policy_mark" "$policy" 2>/dev/null; then
		return 0
	fi
	at_exit allow_services
	# shellcheck disable=SC2154 # make_scratch sets it
	printf '#!/bin/sh\n# %s\nexit 101\n' "$policy_mark" >"$scratch/policy"
	as_root install -m 755 "$scratch/policy" "$policy"
}

allow_services() {
	grep -q "$policy_mark" "$policy" 2>/dev/null || return 0
	as_root rm -f "$policy"
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

# Nothing that the host has may go for it.
install_packages() {
	apt_get install --no-install-recommends --no-remove "$@" </dev/null
}

# renew_lists: once in a run.
renew_lists() {
	[ -z "$lists_are_new" ] || return 0
	lists_are_new=yes
	quietly "apt-get update" apt_get update || say "going on with the package lists that are there"
}

# So that one package which cannot be had does not keep the others away.
install_one_by_one() {
	for package in $wanted; do
		is_installed "$package" || quietly "apt-get install $package" install_packages "$package"
	done
}

# Installs what was wanted. False, with a line that says so, where something is still missing.
install_wanted() {
	if ! is_debian; then
		say "this is no Debian: what is installed is taken as it is"
		return 1
	fi
	[ -n "$wanted" ] || return 0
	if ! may_install; then
		say "neither root nor sudo: going on without$wanted"
		return 1
	fi
	forbid_services || return 1
	renew_lists
	list_installed >"$scratch/installed"
	# shellcheck disable=SC2086 # a list of names, to be split
	quietly "apt-get install$wanted" install_packages $wanted
	installed=$?
	[ "$installed" -eq 0 ] || install_one_by_one
	allow_services
	[ "$installed" -eq 0 ] || say "going on without what could not be installed"
	return "$installed"
}

list_installed() {
	dpkg-query -W -f '${db:Status-Status} ${Package} ${source:Package}\n' |
		sed -n 's/^installed //p' | LC_ALL=C sort
}

# keep_services_off PACKAGE...: a daemon that was installed for a demonstration must not begin to
# serve at the host's next start either. Its service may be in another new package of the same source,
# as nginx's is in nginx-common.
keep_services_off() {
	[ $# -gt 0 ] && [ -f "$scratch/installed" ] || return 0
	sources=$(dpkg-query -W -f ' ${source:Package} ' "$@" 2>/dev/null)
	list_installed | LC_ALL=C comm -13 "$scratch/installed" - >"$scratch/new"
	while read -r package source; do
		case $sources in
		*" $source "*) keep_service_off "$package" ;;
		esac
	done <"$scratch/new"
}

# keep_service_off PACKAGE: whether it is started by a unit of systemd or by a script of init.
keep_service_off() {
	services=$(dpkg-query -L "$1" | sed -n -E -e 's|^/etc/init\.d/(.+)|\1.service|p' \
		-e 's|.*/systemd/system/([^/@]*\.(service\|socket))$|\1|p' | sort -u)
	[ -n "$services" ] || return 0
	for service in $services; do
		switch_off "$service" </dev/null >"$scratch/output" 2>&1 ||
			say "$service will start with the host: it cannot be switched off"
	done
	say "the service of $1 is not started"
}

switch_off() {
	if command -v systemctl >/dev/null; then
		as_root systemctl disable "$1"
	elif [ -e "/etc/init.d/${1%.*}" ]; then
		as_root update-rc.d "${1%.*}" disable
	fi
}
