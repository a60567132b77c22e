# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stick looks like on the bus in each of its states.

Written down once more from what is known about the sticks, apart from the
program's own list, which is what is to be tested. An interface's place in its
list is its number.
"""
import struct
from collections import namedtuple

VENDOR = 0x12D1

SERIAL, DISK, NETWORK, NCM = range(4)
BARE = (0xFF, 0xFF)

# @protocol: subclass and protocol of an interface of the vendor's class;
# @interrupt: whether it has an interrupt endpoint; @role: of its port
Interface = namedtuple("Interface", "kind protocol interrupt role")
State = namedtuple("State", "product mode interfaces")


def port(role, protocol=BARE, interrupt=False):
    return Interface(SERIAL, protocol, interrupt, role)


READER = Interface(DISK, None, False, None)
CARD = Interface(NETWORK, None, True, None)

STATES = {
    # One port or two: which one answers is not known before it does.
    "boot ROM": State(0x1443, "boot-rom", [port("boot"), port("boot")]),
    "download mode": State(0x1C05, "download", [port("unknown"), READER, port("download")]),
    "download mode, from HiLink": State(0x1442, "download", [port("download"), READER]),
    "Stick": State(0x1506, "stick", [
        port("at", (2, 0x12), True), port("modem", (2, 1), True),
        Interface(NCM, (2, 0x16), True, None), port("diagnostics", (2, 0x13))]),
    "CD of a Stick": State(0x14FE, "cd", [READER]),
    "HiLink": State(0x14DC, "hilink", [CARD, READER]),
    "CD of a HiLink": State(0x1F01, "cd", [READER]),
    "HiLink with ports": State(0x1566, "debug", [
        Interface(NCM, (2, 0x16), True, None), port("at", (2, 0x12), True), port("unknown"),
        port("unknown")]),
    # Older sticks; only the interrupt endpoint tells the two states apart.
    "E1550": State(0x1001, "stick", [port("modem", interrupt=True), port("diagnostics"),
                                     port("at")]),
    "E1550 in download mode": State(0x1003, "download", [port("unknown"), port("download")]),
}

BULK_SIZE = 512
INTERRUPT_SIZE = 16
ADDRESS = "001E101F0000"  # the network card's; every HiLink stick has this one
STRINGS = [None, "HUAWEI_MOBILE", "HUAWEI_MOBILE", None, ADDRESS]
ADDRESS_STRING = 4


def interface(number, triple, endpoints, extra=b"", alternative=0):
    head = struct.pack("<BBBBBBBBB", 9, 4, number, alternative, len(endpoints), *triple, 0)
    return head + extra + b"".join(endpoints)


def endpoint(address, kind, size):
    return struct.pack("<BBBBHB", 7, 5, address, kind, size, 9 if kind == 3 else 0)


def find_state(product, mode):
    return next(s for s in STATES.values() if (s.product, s.mode) == (product, mode))


class Face:
    """The descriptors of one state."""

    def __init__(self, state):
        self.product = state.product
        self.ports = {}      # interface number: the bulk endpoint of its port
        self.dead = []       # endpoints behind which nothing ever happens
        self.disks = []      # bulk endpoints of mass storage
        self.network = None  # bulk endpoint of a network card
        self.next_endpoint = 1
        self.n_interfaces = 0
        self.body = b""
        for part in state.interfaces:
            self.add(part)

    def take_endpoint(self):
        self.next_endpoint += 1
        return self.next_endpoint - 1

    def bulk(self):
        """A pair of bulk endpoints."""
        number = self.take_endpoint()
        return number, [endpoint(0x80 | number, 2, BULK_SIZE), endpoint(number, 2, BULK_SIZE)]

    def interrupt(self):
        number = self.take_endpoint()
        self.dead.append(number)
        return [endpoint(0x80 | number, 3, INTERRUPT_SIZE)]

    def add(self, part):
        number = self.n_interfaces
        self.n_interfaces += 1
        if part.kind == NETWORK:
            self.add_network(number)
            return
        pipe, ends = self.bulk()
        if part.kind == DISK:
            self.disks.append(pipe)
            self.body += interface(number, (8, 6, 0x50), ends)
            return
        if part.interrupt:
            ends = self.interrupt() + ends
        self.body += interface(number, (0xFF, *part.protocol), ends)
        if part.kind == SERIAL:
            self.ports[number] = pipe
        else:
            self.dead.append(pipe)

    def add_network(self, number):
        """An Ethernet card: its control interface and that for the data."""
        self.n_interfaces += 1
        functions = (struct.pack("<BBBH", 5, 0x24, 0, 0x0110)
                     + struct.pack("<BBBBB", 5, 0x24, 6, number, number + 1)
                     + struct.pack("<BBBBIHHB", 13, 0x24, 15, ADDRESS_STRING, 0, 1514, 0, 0))
        self.network, ends = self.bulk()
        self.body += (interface(number, (2, 6, 0), self.interrupt(), functions)
                      + interface(number + 1, (10, 0, 0), [])
                      + interface(number + 1, (10, 0, 0), ends, alternative=1))

    # What the host asks for

    def device(self):
        return struct.pack("<BBHBBBBHHHBBBB", 18, 1, 0x0200, 0, 0, 0, 64, VENDOR, self.product,
                           0x0102, 1, 2, 0, 1)

    def configuration(self):
        return struct.pack("<BBHBBBBB", 9, 2, 9 + len(self.body), self.n_interfaces, 1, 0, 0x80,
                           250) + self.body

    def string(self, index):
        if index == 0:
            return b"\x04\x03\x09\x04"
        text = STRINGS[index] if index < len(STRINGS) else None
        if text is None:
            return None
        raw = text.encode("utf-16-le")
        return bytes([len(raw) + 2, 3]) + raw

    def control(self, setup, _data):
        """Line states and filters are taken; a disk says that it is the only one."""
        kind, request = setup[0], setup[1]
        if kind == 0xA1 and request == 0xFE:
            return b"\0"
        return b"" if not kind & 0x80 else None
