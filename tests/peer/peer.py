#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stick, written a second time from the description of its protocols.

Speaks the boot ROM's packets at one pseudo-terminal and, once a loader was
started, download mode's text and frames at another. What it is sent it stores
in a folder; what happens it prints, one JSON object a line. As strict as a
stick: what is not right to the letter is refused. Nothing in here is shared
with the program under test.
"""

import argparse
import fcntl
import json
import os
import select
import struct
import sys
import termios
import time
import tty


def xmodem(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
    return crc & 0xFFFF


def make_x25_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ 0x8408 if value & 1 else value >> 1
        table.append(value)
    return table


X25_TABLE = make_x25_table()


def x25(data):
    crc = 0xFFFF
    for byte in data:
        crc = (crc >> 8) ^ X25_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFF


def say(event, **more):
    print(json.dumps({'event': event, **more}), flush=True)


class Port:
    """The stick's end of a line."""

    def __init__(self, ugly):
        self.master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.name = os.ttyname(self.slave)
        self.ugly = ugly

    def read(self, seconds=None):
        """What came; nothing if the time is up."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        return os.read(self.master, 65536) if ready else b''

    def write(self, data):
        if not self.ugly:
            os.write(self.master, data)
            return
        for byte in data:
            os.write(self.master, bytes([byte]))
            time.sleep(0.0002)

    def close(self):
        """Gives the host a moment to fetch the last answer."""
        for _ in range(200):
            waiting = fcntl.ioctl(self.slave, termios.FIONREAD, b'\0\0\0\0')
            if struct.unpack('i', waiting)[0] == 0:
                break
            time.sleep(0.002)
        time.sleep(0.01)
        os.close(self.master)
        os.close(self.slave)


class BootRom:
    """Heads, data and ends; runs until a component of mode 2 is complete."""

    def __init__(self, port, folder):
        self.port = port
        self.folder = folder
        self.buffer = b''
        self.size = None  # of the component that was begun
        self.mode = None
        self.image = b''
        self.sequence = 1
        self.last = b''
        self.stored = 0
        self.memory_ready = False

    def take(self, n):
        """The next @n bytes; a packet that is cut short ends after a moment."""
        while len(self.buffer) < n:
            more = self.port.read(1)
            if not more:
                break
            self.buffer += more
        packet, self.buffer = self.buffer[:n], self.buffer[n:]
        return packet

    def refuse(self, why):
        say('refused', stage='boot', why=why)
        self.buffer = b''
        return b'\x55'

    def head(self):
        packet = self.take(14)
        if len(packet) < 14 or packet[:3] != b'\xFE\x00\xFF':
            return self.refuse('no head')
        if xmodem(packet[:12]) != struct.unpack('>H', packet[12:])[0]:
            return self.refuse('checksum of a head')
        mode, size, address = struct.unpack('>BII', packet[3:12])
        if mode not in (1, 2) or not 0 < size <= 16 << 20:
            return self.refuse('mode or size')
        if mode == 2 and not self.memory_ready:
            return self.refuse('no memory yet')
        say('component', mode=mode, size=size, address=address)
        self.mode, self.size, self.image, self.sequence = mode, size, b'', 1
        self.last = b''
        return b'\xAA'

    def check(self, packet):
        if xmodem(packet[:-2]) != struct.unpack('>H', packet[-2:])[0]:
            return 'checksum'
        if self.size is None:
            return 'no head before'
        if packet[1] ^ packet[2] != 0xFF:
            return 'complement'
        if packet[1] != self.sequence & 0xFF:
            return 'sequence'
        return None

    def data(self):
        missing = min(1024, (self.size or 0) - len(self.image))
        packet = self.take(missing + 5)
        if packet == self.last:
            return b'\xAA'
        if len(packet) < 6 or len(packet) != missing + 5:
            return self.refuse('length')
        why = self.check(packet)
        if why:
            return self.refuse(why)
        self.image += packet[3:-2]
        self.sequence += 1
        self.last = packet
        return b'\xAA'

    def end(self):
        packet = self.take(5)
        if len(packet) < 5:
            return self.refuse('no end')
        why = self.check(packet) or (len(self.image) != self.size and 'not complete')
        if why:
            return self.refuse(why)
        path = os.path.join(self.folder, 'component-%u.bin' % self.stored)
        with open(path, 'wb') as out:
            out.write(self.image)
        self.stored += 1
        self.memory_ready = True
        self.size = None
        return b'\xAA'

    def run(self):
        while True:
            if not self.buffer:
                self.buffer = self.port.read()
            kind = self.buffer[:1]
            if kind == b'A' and self.size is None:
                self.buffer = self.buffer[1:]
                self.port.write(b'U')
            elif kind == b'\xFE':
                self.port.write(self.head())
            elif kind == b'\xDA':
                self.port.write(self.data())
            elif kind == b'\xED':
                answer = self.end()
                self.port.write(answer)
                if answer == b'\xAA' and self.mode == 2:
                    return
            else:
                self.port.write(self.refuse('no packet'))


class Refusal(Exception):
    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


class Download:
    """Text first; frames from AT^DATAMODE until 01."""

    VERSION = b'7200B--SKCBADZM'

    def __init__(self, port, options):
        self.port = port
        self.options = options
        self.signed = False
        self.binary = False
        self.line = b''
        self.frame = b''
        self.open = None  # id, size
        self.block = 0
        self.image = []
        self.received = 0
        self.stored = 0
        self.gone = False

    # Text

    def answer(self, *lines):
        text = b''
        if self.options.ugly:
            text = self.line + b'\r' + b'\r\n^RSSI:17\r\n'
        for line in lines:
            text += b'\r\n' + line.encode() + b'\r\n'
            if self.options.ugly and line != lines[-1]:
                text += b'\r\n^HCSQ:"LTE",46,38,101,24\r\n'
        self.port.write(text)

    def signature(self, arguments):
        parts = arguments.split(',')
        good = (len(parts) == 4 and parts[0].isdigit() and parts[1] == '0'
                and len(parts[2]) == 64 and set(parts[2]) <= set('0123456789ABCDEF')
                and parts[3].isdigit())
        say('signature', arguments=arguments, good=good)
        self.signed = self.signed or good
        self.answer('0' if good else '1', 'OK')

    def command(self, text):
        if text == 'AT^DLOADVER?':
            self.answer('2.0', 'OK')
        elif text.startswith('AT^SIGNVER='):
            self.signature(text[11:])
        elif text == 'AT^DATAMODE':
            self.binary = self.signed or not self.options.demand_signature
            self.answer('OK' if self.binary else 'ERROR')
        elif text == 'AT^RESET':
            self.answer('OK')
            self.gone = True
        else:
            say('refused', stage='text', why=text)
            self.answer('COMMAND NOT SUPPORT')

    def feed_text(self, byte):
        if byte == b'\r':
            if self.line:
                self.command(self.line.decode('ascii', 'replace'))
            self.line = b''
        elif byte == b'~':
            self.line = b''
        elif byte != b'\n':
            self.line += byte

    # Frames

    def send(self, body):
        raw = body + struct.pack('<H', x25(body))
        raw = raw.replace(b'\x7D', b'\x7D\x5D').replace(b'\x7E', b'\x7D\x5E')
        opening = b'' if self.options.ugly else b'\x7E'
        self.port.write(opening + raw + b'\x7E')

    def begin(self, body):
        if len(body) != 12 or body[9:] != b'\0\0\0':
            raise Refusal(3, 'form of a begin')
        number, size = struct.unpack('>II', body[1:9])
        if self.open:
            raise Refusal(7, 'a partition is open')
        if not 0 < size <= 256 << 20:
            raise Refusal(5, 'size')
        self.open, self.block, self.image, self.received = (number, size), 0, [], 0
        say('begin', id='%08X' % number, size=size)

    def write_block(self, body):
        if len(body) < 8:
            raise Refusal(4, 'a short block')
        number, length = struct.unpack('>IH', body[1:7])
        if length != len(body) - 7 or length > 4096:
            raise Refusal(3, 'length of a block')
        if not self.open:
            raise Refusal(7, 'no partition is open')
        if number == self.block and number > 0:
            return
        if number != self.block + 1:
            raise Refusal(7, 'a gap')
        if self.received + length > self.open[1]:
            raise Refusal(7, 'too much')
        self.block = number
        self.image.append(body[7:])
        self.received += length

    def end(self, body):
        if len(body) != 23 or body[5:8] != bytes(3) or body[12:] != bytes(11):
            raise Refusal(3, 'form of an end')
        size, number = struct.unpack('>I3xI', body[1:12])
        if self.open != (number, size):
            raise Refusal(7, 'another partition')
        if self.received != size:
            raise Refusal(7, 'not complete')
        name = '%02u-%08X.bin' % (self.stored, number)
        with open(os.path.join(self.options.folder, name), 'wb') as out:
            out.write(b''.join(self.image))
        self.stored += 1
        self.open = None
        say('end', file=name)

    def handle(self, body):
        """Carries a command out. Returns the answer."""
        command = body[0]
        if command == 0x41:
            self.begin(body)
        elif command == 0x42:
            self.write_block(body)
        elif command == 0x43:
            self.end(body)
        elif len(body) != 1:
            raise Refusal(3, 'length of a command')
        elif command == 0x0C:
            return b'\x0D' + bytes([len(self.VERSION)]) + self.VERSION
        elif command == 0x45:
            product = self.options.product.encode()
            return b'\x45' + product.ljust(20, b'\0') if product else None
        elif command == 0x01:
            if self.open:
                say('failed', id='%08X' % self.open[0])
            self.open = None
            self.binary = False
        elif command == 0x0A:
            if self.open:
                raise Refusal(14, 'a partition is open')
            self.gone = True
        else:
            raise Refusal(6, 'command %02X' % command)
        return b'\x02'

    def end_frame(self):
        raw = self.frame
        self.frame = b''
        body = bytearray()
        escaped = False
        for byte in raw:
            if escaped:
                body.append(byte ^ 0x20)
            elif byte != 0x7D:
                body.append(byte)
            escaped = byte == 0x7D and not escaped
        try:
            if escaped or len(body) < 3:
                raise Refusal(4, 'a short frame')
            if struct.unpack('<H', body[-2:])[0] != x25(body[:-2]):
                raise Refusal(1, 'checksum')
            answer = self.handle(bytes(body[:-2]))
        except Refusal as refusal:
            say('refused', stage='binary', code=refusal.code, why=str(refusal))
            if self.open and body and body[0] in (0x41, 0x42, 0x43):
                self.open = None
            answer = b'\x03' + struct.pack('>H', refusal.code)
        if answer is not None:
            self.send(answer)

    def feed_binary(self, data):
        """Up to the end of the first frame. Returns what is left."""
        at = data.find(b'\x7E')
        if at < 0:
            self.frame += data
            return b''
        self.frame += data[:at]
        if self.frame:
            self.end_frame()
        return data[at + 1:]

    def run(self):
        while not self.gone:
            data = self.port.read()
            while data and not self.gone:
                if self.binary:
                    data = self.feed_binary(data)
                else:
                    self.feed_text(data[:1])
                    data = data[1:]


def main():
    parser = argparse.ArgumentParser(description='A stick behind pseudo-terminals.')
    parser.add_argument('folder', help='where what is written is stored')
    parser.add_argument('--start', choices=['boot', 'download'], default='boot')
    parser.add_argument('--product', default='BV7R11HS')
    parser.add_argument('--demand-signature', action='store_true')
    parser.add_argument('--ugly', action='store_true',
                        help='echo, unasked-for lines, single bytes, frames without an opening flag')
    options = parser.parse_args()

    if options.start == 'boot':
        port = Port(options.ugly)
        say('ready', mode='boot', port=port.name)
        BootRom(port, options.folder).run()
        later = Port(options.ugly)  # made first: it must not get the same name
        port.close()
        port = later
    else:
        port = Port(options.ugly)
    say('ready', mode='download', port=port.name)
    Download(port, options).run()
    port.close()
    say('restarted')
    return 0


if __name__ == '__main__':
    sys.exit(main())
