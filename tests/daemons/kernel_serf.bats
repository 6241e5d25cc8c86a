#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# serf, whose agents probe one another by UDP, written in Go. What consul and alertmanager have in
# common with it, the library memberlist, is what answers.

load kernel
packages=serf
# A probe: {"SeqNo": 1, "Node": ""}.
question='\0\x82\xa5SeqNo\1\xa4Node\xa0'
remark='written in Go'

start() {
	launch_server serf agent -bind "[::]:$port" -advertise "${V4[0]}:$port" \
		-rpc-addr 127.0.0.1:7373 -node demo
}

@test "serf" {
	is_cured_by_kernel V4 V6
}
