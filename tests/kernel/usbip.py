# SPDX-License-Identifier: GPL-3.0-or-later
"""The far end of the kernel's virtual USB host controller (vhci_hcd).

The kernel is handed one end of a socket pair through sysfs and from then on
sends the transfers of one USB device over it, in the format of USB/IP: a header
of 48 bytes, big-endian, and data. There is no network and no usbip program.
Closing the other end is what pulling the device out is.
"""
import collections
import errno
import os
import select
import socket
import struct
import threading
import time

CONTROLLER = "/sys/devices/platform/vhci_hcd.0"
FREE = 4  # a port's state in the controller's list
HIGH_SPEED = 3

SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
OUT, IN = 0, 1
HEADER = struct.Struct(">IIIII28s")
COMMAND = struct.Struct(">Iiiii8s")
RESULT = struct.Struct(">iiiii8x")

GET_STATUS, CLEAR_FEATURE, SET_FEATURE, GET_DESCRIPTOR = 0, 1, 3, 6
GET_CONFIGURATION, SET_CONFIGURATION, GET_INTERFACE, SET_INTERFACE = 8, 9, 10, 11

Transfer = collections.namedtuple("Transfer", "number direction endpoint size setup data")


class Pipe:
    """An endpoint pair, or a single one, without anything behind it: what the
    host sends is taken, what it asks for never comes."""

    fd = None

    def __init__(self):
        self.asked = collections.deque()  # transfers from the stick that wait for data
        self.given = collections.deque()  # [transfer, how much of it is through]

    def wants(self):
        """What to poll its file descriptor for."""
        return 0

    def serve(self):
        """Yields what is finished: a transfer, and its data where it is one to the host."""
        while self.given:
            yield self.given.popleft()[0], b""

    def forget(self, number):
        """Whether that transfer was still waiting here."""
        for queue, get in ((self.asked, lambda t: t), (self.given, lambda entry: entry[0])):
            for entry in queue:
                if get(entry).number == number:
                    queue.remove(entry)
                    return True
        return False

    def close(self):
        pass


class FilePipe(Pipe):
    """Bulk transfers to and from a file descriptor: a terminal's, or a network
    tap's, which gives and takes one frame at a time."""

    def __init__(self, fd):
        super().__init__()
        self.fd = fd
        self.broken = False
        os.set_blocking(fd, False)

    def wants(self):
        if self.broken:
            return 0
        return (select.POLLIN if self.asked else 0) | (select.POLLOUT if self.given else 0)

    def serve(self):
        if self.broken:
            yield from super().serve()
            return
        try:
            while self.given:
                transfer, done = self.given[0]
                done += os.write(self.fd, transfer.data[done:])
                self.given[0][1] = done
                if done < len(transfer.data):
                    break
                self.given.popleft()
                yield transfer, b""
        except BlockingIOError:
            pass
        except OSError:
            self.broken = True
        try:
            while self.asked:
                data = os.read(self.fd, self.asked[0].size)
                if not data:
                    self.broken = True
                    break
                yield self.asked.popleft(), data
        except BlockingIOError:
            pass
        except OSError:
            self.broken = True

    def close(self):
        self.broken = True
        os.close(self.fd)


class Device:
    """One appearance of a device on the bus.

    @face has device(), configuration() and string(index), which give
    descriptors, and control(setup, data), which answers what is not standard:
    bytes, or None to refuse. @pipes are by endpoint number.
    """

    def __init__(self, face, pipes, place=0):
        self.face = face
        self.pipes = pipes
        self.place = place
        self.configured = 0
        self.socket = None
        self.thread = None
        self.wake = None
        self.inbox = bytearray()
        self.outbox = []

    def plug(self):
        ours, theirs = socket.socketpair()
        self.socket = ours
        self.wake = os.pipe()
        self.wait_for_free_place()
        with open(os.path.join(CONTROLLER, "attach"), "w", encoding="ascii") as attach:
            attach.write(f"{self.place} {theirs.fileno()} {0x10001 + self.place} {HIGH_SPEED}")
        theirs.close()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def wait_for_free_place(self, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with open(os.path.join(CONTROLLER, "status"), encoding="ascii") as status:
                for line in status.read().splitlines()[1:]:
                    words = line.split()
                    if words[0] == "hs" and int(words[1]) == self.place and int(words[2]) == FREE:
                        return
            time.sleep(0.01)
        raise TimeoutError("the virtual USB port stays taken")

    def pull(self):
        """Out it goes, whatever is under way."""
        if self.thread is None:
            return
        os.write(self.wake[1], b"x")
        self.thread.join()
        self.thread = None
        for end in self.wake:
            os.close(end)
        for pipe in set(self.pipes.values()):
            pipe.close()

    # The conversation with the kernel, on its own thread

    def run(self):
        try:
            while self.wait():
                pass
        except (ConnectionError, EOFError):
            pass
        self.socket.close()

    def wait(self):
        """One round. Returns: FALSE once the device is to be pulled out."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        poll.register(self.wake[0], select.POLLIN)
        for pipe in set(self.pipes.values()):
            if pipe.wants():
                poll.register(pipe.fd, pipe.wants())
        ready = {fd for fd, _ in poll.poll()}
        if self.wake[0] in ready:
            return False
        if self.socket.fileno() in ready:
            self.take_messages()
        for pipe in set(self.pipes.values()):
            for transfer, data in pipe.serve():
                self.answer(transfer, 0, data)
        if self.outbox:
            self.socket.sendall(b"".join(self.outbox))
            self.outbox.clear()
        return True

    def take_messages(self):
        """All that are there completely; system calls are dear in the guest."""
        more = self.socket.recv(1 << 17)
        if not more:
            raise EOFError
        self.inbox += more
        while len(self.inbox) >= HEADER.size:
            kind, number, _, direction, endpoint, rest = HEADER.unpack_from(self.inbox)
            if kind == UNLINK:
                del self.inbox[:HEADER.size]
                self.unlink(number, struct.unpack(">I", rest[:4])[0])
                continue
            _, size, _, _, _, setup = COMMAND.unpack(rest)
            end = HEADER.size + (size if direction == OUT else 0)
            if len(self.inbox) < end:
                break
            data = bytes(self.inbox[HEADER.size:end])
            del self.inbox[:end]
            self.submit(Transfer(number, direction, endpoint, size, setup, data))

    def submit(self, transfer):
        if transfer.endpoint == 0:
            self.control(transfer)
        elif transfer.endpoint not in self.pipes:
            self.answer(transfer, -errno.EPIPE)
        elif transfer.direction == IN:
            self.pipes[transfer.endpoint].asked.append(transfer)
        else:
            self.pipes[transfer.endpoint].given.append([transfer, 0])

    def unlink(self, number, victim):
        waiting = any([pipe.forget(victim) for pipe in set(self.pipes.values())])
        result = struct.pack(">i24x", -errno.ECONNRESET if waiting else 0)
        self.outbox.append(HEADER.pack(UNLINKED, number, 0, 0, 0, result))

    def answer(self, transfer, status, data=b""):
        data = data[:transfer.size]
        size = len(data) if transfer.direction == IN else transfer.size
        result = RESULT.pack(status, size if status == 0 else 0, 0, 0, 0)
        self.outbox.append(HEADER.pack(SUBMITTED, transfer.number, 0, 0, 0, result) + data)

    # Endpoint 0

    def control(self, transfer):
        kind, request, value, index, _ = struct.unpack("<BBHHH", transfer.setup)
        if kind & 0x60:
            data = self.face.control(transfer.setup, transfer.data)
        else:
            data = self.standard(request, value, index)
        if data is None:
            self.answer(transfer, -errno.EPIPE)
        else:
            self.answer(transfer, 0, data)

    def standard(self, request, value, index):
        if request == GET_DESCRIPTOR:
            return self.descriptor(value >> 8, value & 0xFF)
        if request == GET_STATUS:
            return b"\0\0"
        if request == SET_CONFIGURATION:
            self.configured = value
            return b""
        if request == GET_CONFIGURATION:
            return bytes([self.configured])
        if request == GET_INTERFACE:
            return b"\0"
        if request in (SET_INTERFACE, CLEAR_FEATURE, SET_FEATURE):
            return b""
        return None

    def descriptor(self, kind, index):
        if kind == 1:
            return self.face.device()
        if kind == 2 and index == 0:
            return self.face.configuration()
        if kind == 3:
            return self.face.string(index)
        return None
