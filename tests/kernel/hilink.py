# SPDX-License-Identifier: GPL-3.0-or-later
"""The network inside a HiLink stick: its end of the Ethernet link at
192.168.8.1, and the way from there to the virtual stick's web server."""
import fcntl
import os
import struct
import subprocess

from usbip import FilePipe

ADDRESS = "192.168.8.1"
TAP = "inside0"
TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000


class HilinkNetwork:
    def __init__(self):
        self.forwarder = None

    def open(self, pid, web):
        """The pipe that carries the frames of the stick whose network is that of
        process @pid; @web: host:port of its web server in there, or None."""
        tap = os.open("/dev/net/tun", os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", TAP.encode(), IFF_TAP | IFF_NO_PI))
        subprocess.run(["ip", "link", "set", TAP, "netns", str(pid)], check=True)
        inside = ["nsenter", "-t", str(pid), "-n"]
        subprocess.run([*inside, "ip", "addr", "add", f"{ADDRESS}/24", "dev", TAP], check=True)
        subprocess.run([*inside, "ip", "link", "set", TAP, "up"], check=True)
        if web is not None:
            self.forwarder = subprocess.Popen(
                [*inside, "python3", "-B", os.path.join(os.path.dirname(__file__), "forward.py"),
                 f"{ADDRESS}:80", web])
        return FilePipe(tap)

    def close(self):
        if self.forwarder is not None:
            self.forwarder.kill()
            self.forwarder.wait()
        self.forwarder = None
