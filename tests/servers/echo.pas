{ SPDX-License-Identifier: LGPL-2.1-or-later }
{
  A UDP server by the unit Sockets of Free Pascal, whose run-time library makes its system calls
  without the C library: fprecvfrom, fpsendto.

	echo [-6] ADDRESS PORT

  With -6 the socket is for IPv6 alone; without, "::" is a dual-stack socket. ADDRESS is 0.0.0.0
  or ::.
}
program echo;

uses sockets;

const
	ipproto_ipv6 = 41;
	ipv6_v6only = 26;

type
	TAddress = record
		case byte of
			4: (v4: TInetSockAddr);
			6: (v6: TInetSockAddr6);
	end;

procedure die(call: string);
begin
	writeln(stderr, call, ': error ', socketerror);
	halt(2);
end;

function open_socket(address: string; port: word; v6only: longint): longint;
var
	local: TAddress;
	size: TSockLen;
begin
	fillchar(local, sizeof(local), 0);
	size := sizeof(local.v4);
	if address = '::' then
		size := sizeof(local.v6);
	{ Family and port are at the same place in both. }
	local.v4.sin_family := AF_INET;
	if address = '::' then
		local.v4.sin_family := AF_INET6;
	local.v4.sin_port := htons(port);
	open_socket := fpsocket(local.v4.sin_family, SOCK_DGRAM, 0);
	if open_socket < 0 then
		die('socket');
	if (address = '::') and (fpsetsockopt(open_socket, ipproto_ipv6, ipv6_v6only, @v6only,
			sizeof(v6only)) <> 0) then
		die('setsockopt');
	if fpbind(open_socket, @local, size) <> 0 then
		die('bind');
end;

var
	peer: TAddress;
	size: TSockLen;
	text: array[1..512] of byte;
	socket, port, v6only, code: longint;
	got: sizeint;
begin
	v6only := ord(paramstr(1) = '-6');
	val(paramstr(paramcount), port, code);
	if code <> 0 then
		die('port');
	socket := open_socket(paramstr(paramcount - 1), port, v6only);
	writeln('ready');
	flush(output);
	repeat
		size := sizeof(peer);
		got := fprecvfrom(socket, @text, sizeof(text), 0, @peer, @size);
		if got < 0 then
			die('recvfrom');
		if fpsendto(socket, @text, got, 0, @peer, size) <> got then
			die('sendto');
	until false;
end.
