// SPDX-License-Identifier: LGPL-2.1-or-later

// A UDP server as Go programs have it: ReadFromUDP, WriteToUDP. Built without cgo, it makes its
// system calls without the C library.
//
//	echo [-6] ADDRESS PORT
//
// With -6 the socket is for IPv6 alone; without, "::" is a dual-stack socket.
package main

import (
	"fmt"
	"net"
	"os"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func network(arguments []string) string {
	if arguments[0] == "-6" {
		return "udp6"
	}
	if net.ParseIP(arguments[0]).To4() != nil {
		return "udp4"
	}
	return "udp"
}

func main() {
	arguments := os.Args[1:]
	name := network(arguments)
	host, port := arguments[len(arguments)-2], arguments[len(arguments)-1]
	local, err := net.ResolveUDPAddr(name, net.JoinHostPort(host, port))
	check(err)
	socket, err := net.ListenUDP(name, local)
	check(err)
	fmt.Println("ready")
	text := make([]byte, 512)
	for {
		length, peer, err := socket.ReadFromUDP(text)
		check(err)
		_, err = socket.WriteToUDP(text[:length], peer)
		check(err)
	}
}
