# SPDX-License-Identifier: GPL-3.0-or-later
"""forward.py HERE:PORT THERE:PORT: hands TCP connections on."""
import socket
import sys
import threading


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            end.close()


def serve(client, there):
    try:
        server = socket.create_connection(there)
    except OSError:
        client.close()
        return
    for pair in ((client, server), (server, client)):
        threading.Thread(target=pump, args=pair, daemon=True).start()


listener = socket.create_server(address(sys.argv[1]))
while True:
    serve(listener.accept()[0], address(sys.argv[2]))
