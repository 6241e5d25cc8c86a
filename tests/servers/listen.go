// SPDX-License-Identifier: LGPL-2.1-or-later

// Listens as Go programs do, and says which listener a connection or datagram arrives at.
//
//	listen PORT NETWORK...
//
// A NETWORK is what net.Listen or net.ListenUDP takes: tcp, tcp4, tcp6, udp, udp4, udp6. It prints
// "NETWORK ok", or what failed, for each, then "ready", and "came NETWORK" for each arrival.
package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

func accept(network string, listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		fmt.Println("came", network)
		connection.Close()
	}
}

func receive(network string, connection *net.UDPConn) {
	var datagram [512]byte

	for {
		if _, _, err := connection.ReadFromUDP(datagram[:]); err != nil {
			return
		}
		fmt.Println("came", network)
	}
}

func listen(network string, port int) error {
	if network[:3] == "udp" {
		connection, err := net.ListenUDP(network, &net.UDPAddr{Port: port})
		if err == nil {
			go receive(network, connection)
		}
		return err
	}
	listener, err := net.Listen(network, ":"+strconv.Itoa(port))
	if err == nil {
		go accept(network, listener)
	}
	return err
}

func main() {
	port, _ := strconv.Atoi(os.Args[1])
	for _, network := range os.Args[2:] {
		if err := listen(network, port); err != nil {
			fmt.Println(network, err)
		} else {
			fmt.Println(network, "ok")
		}
	}
	fmt.Println("ready")
	select {}
}
