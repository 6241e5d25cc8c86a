#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Qt's QUdpSocket from Python, on a dual-stack socket.

load daemons
packages=python3-pyqt5
v6only=auto

start() {
	cat >echo.py <<-END
		import sys
		from PyQt5.QtCore import QCoreApplication
		from PyQt5.QtNetwork import QHostAddress, QUdpSocket

		def answer():
		    while socket.hasPendingDatagrams():
		        datagram, host, port = socket.readDatagram(socket.pendingDatagramSize())
		        socket.writeDatagram(datagram, host, port)

		application = QCoreApplication(sys.argv)
		socket = QUdpSocket()
		socket.readyRead.connect(answer)
		socket.bind(QHostAddress(QHostAddress.Any), $port)
		application.exec_()
	END
	launch_server /usr/bin/python3 echo.py
}

@test "Qt" {
	is_cured V4 V6
}
