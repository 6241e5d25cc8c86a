#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# kcptun-server, a tunnel over UDP, written in Go.

load kernel
packages=kcptun
# The first segment of a conversation: 16 random bytes, a checksum, and "x" as number 0. The server
# acknowledges it.
question='\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xe4\x12\xc7\xd8'
question+='\1\0\0\0\x51\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0x'
remark='written in Go'

start() {
	launch_server kcptun-server --listen ":$port" --target 127.0.0.1:9 --crypt none --nocomp \
		--datashard 0 --parityshard 0
}

@test "kcptun-server" {
	is_cured_by_kernel V4 V6
}
