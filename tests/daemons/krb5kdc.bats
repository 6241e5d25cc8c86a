#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# krb5kdc, MIT's Kerberos, which names the source of its answers itself.

load daemons
packages='krb5-kdc krb5-admin-server krb5-user'
question=none

start() {
	export KRB5_CONFIG=$PWD/krb5.conf KRB5_KDC_PROFILE=$PWD/kdc.conf

	write_realm 127.0.0.1
	cat >kdc.conf <<-END
		[kdcdefaults]
			kdc_listen = $port
			kdc_tcp_listen = ""
		[realms]
			DEMO.TEST = {
				database_name = $PWD/principal
				key_stash_file = $PWD/stash
			}
	END
	if [ ! -f principal ]; then
		kdb5_util create -s -P secret >kdb.out
		kadmin.local addprinc -pw secret user >>kdb.out
	fi
	launch_server krb5kdc -n
}

# write_realm ADDRESS: makes its clients ask at ADDRESS.
write_realm() {
	cat >krb5.conf <<-END
		[libdefaults]
			default_realm = DEMO.TEST
			dns_canonicalize_hostname = false
			udp_preference_limit = 9000
		[realms]
			DEMO.TEST = {
				kdc = $1
			}
	END
}

is_ready() {
	is_bound
}

client() {
	write_realm "$([[ $1 == *:* ]] && echo "[$1]" || echo "$1"):$port"
	echo secret | from_client timeout 2 kinit -c "$PWD/cache" user
}

@test "krb5kdc" {
	stays_right V4 V6
}
