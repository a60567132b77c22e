# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the project's virtual stick on the kernel's USB bus.

`sticksmith-cli simulate` has the brains: it speaks at pseudo-terminals and
tells of every change in lines of JSON. Here each of its appearances becomes a
USB device with the descriptors of that state, and its ports become pipes.
"""
import json
import os
import subprocess
import threading
import time

from disk import Disk
from faces import Face, find_state
from hilink import HilinkNetwork
from usbip import Device, FilePipe, Pipe

CLI = "/mnt/sticksmith-cli"

# A real stick takes a moment before it restarts; what the host has not fetched
# from the terminal when the device goes is lost.
LINGER = 0.1


class Plugged:
    """A device on the bus with the descriptors of a state, while it is used with
    `with`. What stands at its ports: @devices, by interface number."""

    def __init__(self, state, place=0, devices=None, network=None, ejected=None):
        devices = devices or {}
        face = Face(state)
        assert set(devices) <= set(face.ports), f"{state} has no ports at {devices}"
        pipes = {number: Pipe() for number in face.dead}
        for number, pipe in face.ports.items():
            pipes[pipe] = open_port(devices.get(number))
        for number in face.disks:
            pipes[number] = Disk(state.mode == "cd", ejected)
        if face.network is not None:
            pipes[face.network] = network() if network else Pipe()
        self.place = place
        self.device = Device(face, pipes, place)
        self.device.plug()
        self.when = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.device.pull()

    @property
    def usb_path(self):
        return f"1-{self.place + 1}"


def open_port(device):
    if device is None:
        return Pipe()
    return FilePipe(os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC))


class VirtualStick:
    """A stick with brains, plugged in while it is used with `with`."""

    def __init__(self, *args, place=0):
        self.place = place
        self.plugged = None
        self.appearances = []  # (mode, when)
        self.events = []
        self.trouble = None
        self.changed = threading.Condition()
        self.network = HilinkNetwork()
        # A network of its own: it stands for what is inside the stick.
        self.process = subprocess.Popen(
            ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$0" "$@"',
             CLI, "simulate", "--commands", *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.thread.join(20)
        self.pull()

    @property
    def usb_path(self):
        return f"1-{self.place + 1}"

    def follow(self):
        for line in self.process.stdout:
            event = json.loads(line)
            try:
                self.show(event)
            except Exception as trouble:  # for the check that waits
                self.trouble = trouble
            with self.changed:
                self.events.append(event)
                self.changed.notify_all()

    def show(self, event):
        """On the bus, what an event tells of."""
        if event["event"] == "appeared":
            self.plug(event)
        elif event["event"] == "left":
            time.sleep(LINGER)
            self.pull()

    def wait(self, kind, seconds=60, **fields):
        """The first event of that kind with those fields, past or to come."""
        def find():
            return self.trouble or next((e for e in self.events if e["event"] == kind
                                         and all(e.get(k) == v for k, v in fields.items())), None)
        with self.changed:
            assert self.changed.wait_for(find, seconds), f"no {kind} {fields}: {self.events[-3:]}"
        if self.trouble:
            raise self.trouble
        return find()

    def tell(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def count(self, kind):
        with self.changed:
            return sum(e["event"] == kind for e in self.events)

    def plug(self, event):
        product = int(event["usb_id"].split(":")[1], 16)
        self.plugged = Plugged(
            find_state(product, event["mode"]), self.place,
            {port["interface"]: port["device"] for port in event.get("ports", [])},
            lambda: self.network.open(self.process.pid, event.get("web")),
            lambda: self.tell("eject"))
        self.appearances.append((event["mode"], self.plugged.when))

    def pull(self):
        if self.plugged is not None:
            self.plugged.device.pull()
            self.network.close()
        self.plugged = None
