# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs missing Debian packages, after printing which and why. Upgrades and removes nothing and
# starts no service. If the user may not install, the caller goes on without the packages. Needs
# common.sh and $scratch.

policy=/usr/sbin/policy-rc.d
policy_mark='Made by the scripts of bindright, to be removed by them.'

# The packages that want() found missing.
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

# want REASON PACKAGE...: adds the missing ones to $wanted.
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

# is_available PACKAGE: checks whether this release has it.
is_available() {
	apt-cache show "$1" 2>/dev/null | grep -q '^Package:'
}

# want_available REASON PACKAGE...: like want, but ignores packages that this release does not have
# or calls by another name.
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

# was_wanted PACKAGE: checks whether it was missing when this script began.
was_wanted() {
	case "$wanted " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# Debian starts a package's service on installation unless policy-rc.d(8) forbids it. A file that
# belongs to the host stays; one with our mark was left by a run that was killed, and is replaced.
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

# Must never remove a package of the host.
install_packages() {
	apt_get install --no-install-recommends --no-remove "$@" </dev/null
}

# Updates the package lists once per run.
renew_lists() {
	[ -z "$lists_are_new" ] || return 0
	lists_are_new=yes
	quietly "apt-get update" apt_get update || say "continuing with the present package lists"
}

# One package that cannot be installed must not prevent the others.
install_one_by_one() {
	for package in $wanted; do
		is_installed "$package" || quietly "apt-get install $package" install_packages "$package"
	done
}

# Installs the packages in $wanted. Prints a line and returns false if some are still missing.
install_wanted() {
	if ! is_debian; then
		say "not a Debian system: using what is installed"
		return 1
	fi
	[ -n "$wanted" ] || return 0
	if ! may_install; then
		say "neither root nor sudo: continuing without$wanted"
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
	[ "$installed" -eq 0 ] || say "continuing without the packages that could not be installed"
	return "$installed"
}

list_installed() {
	dpkg-query -W -f '${db:Status-Status} ${Package} ${source:Package}\n' |
		sed -n 's/^installed //p' | LC_ALL=C sort
}

# keep_services_off PACKAGE...: disables the services of packages that this run has installed: they
# must not start at the next boot either. A service may be in another new package of the same source,
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

# keep_service_off PACKAGE: disables its systemd units and init scripts.
keep_service_off() {
	services=$(dpkg-query -L "$1" | sed -n -E -e 's|^/etc/init\.d/(.+)|\1.service|p' \
		-e 's|.*/systemd/system/([^/@]*\.(service\|socket))$|\1|p' | sort -u)
	[ -n "$services" ] || return 0
	for service in $services; do
		switch_off "$service" </dev/null >"$scratch/output" 2>&1 ||
			say "cannot disable $service: it will start at the next boot"
	done
	say "the service of $1 was not started"
}

switch_off() {
	if command -v systemctl >/dev/null; then
		as_root systemctl disable "$1"
	elif [ -e "/etc/init.d/${1%.*}" ]; then
		as_root update-rc.d "${1%.*}" disable
	fi
}
