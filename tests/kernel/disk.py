# SPDX-License-Identifier: GPL-3.0-or-later
"""A stick's mass storage: the virtual CD, or a card reader without a card."""
import struct

from usbip import Pipe

COMMAND = struct.Struct("<IIIBBB16s")
STATUS = struct.Struct("<IIIB")
COMMAND_MAGIC, STATUS_MAGIC = 0x43425355, 0x53425355

INQUIRY, REQUEST_SENSE, START_STOP = 0x12, 0x03, 0x1B
EJECT = 2
NOTHING_IN_IT = (2, 0x3A)   # sense key and code
UNKNOWN_COMMAND = (5, 0x20)
HARMLESS = (0x1E, 0x2F)     # allow removal, verify


class Disk(Pipe):
    """Commands, data and statuses over a pair of bulk endpoints.

    @is_cd: a CD drive, else a card reader; nothing is in either. @ejected is called
    when the host ejects it.
    """

    def __init__(self, is_cd, ejected=None):
        super().__init__()
        self.is_cd = is_cd
        self.ejected = ejected
        self.answers = []
        self.sense = (0, 0)

    def serve(self):
        while self.given:
            transfer, _ = self.given.popleft()
            yield transfer, b""
            if len(transfer.data) == 31:
                self.command(*COMMAND.unpack(transfer.data))
        while self.asked and self.answers:
            yield self.asked.popleft(), self.answers.pop(0)

    def command(self, magic, tag, size, _flags, _unit, _length, command):
        if magic != COMMAND_MAGIC:
            return
        data = self.carry_out(command)
        good = data is not None
        data = (data or b"")[:size]
        if size > 0:
            self.answers.append(data)
        self.answers.append(STATUS.pack(STATUS_MAGIC, tag, size - len(data), 0 if good else 1))

    def carry_out(self, command):
        """Returns: what it answers; None with the sense set if it refuses."""
        if command[0] == INQUIRY:
            kind = 5 if self.is_cd else 0
            return (bytes([kind, 0x80, 2, 2, 31, 0, 0, 0])
                    + b"HUAWEI  Mass Storage    2.31")
        if command[0] == REQUEST_SENSE:
            key, code = self.sense
            return struct.pack(">BBB4xB4xB5x", 0x70, 0, key, 10, code)
        if command[0] == START_STOP:
            if command[4] & 3 == EJECT and self.ejected is not None:
                self.ejected()
            return b""
        if command[0] in HARMLESS:
            return b""
        self.sense = NOTHING_IN_IT if command[0] in (0x00, 0x25, 0x28) else UNKNOWN_COMMAND
        return None
