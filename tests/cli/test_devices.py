# SPDX-License-Identifier: GPL-3.0-or-later
"""devices, on a machine that is made up: a folder with a sys and a dev of its own."""
import json
import os
import shutil
import signal
import subprocess

import tap
from program import CLI, DONE, USAGE, folder, run

PARENT = "devices/pci0000:00/usb1"


class Machine:
    def __init__(self, root):
        self.root = root
        self.number = 0
        for name in ("dev/bus/usb/001", "sys/bus/usb/devices", "sys/class/tty"):
            os.makedirs(os.path.join(root, name))

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def write(self, place, **attributes):
        os.makedirs(self.path("sys", place), exist_ok=True)
        for name, value in attributes.items():
            with open(self.path("sys", place, name), "w", encoding="ascii") as out:
                out.write(value + "\n")

    def plug(self, usb_path, vendor, product, ports):
        """@ports: (interface number, name of the tty or None)"""
        place = f"{PARENT}/{usb_path}"
        self.number += 1
        self.write(place, idVendor=vendor, idProduct=product, devnum=str(self.number))
        for number, tty in ports:
            interface = f"{place}/{usb_path}:1.{number}"
            self.write(interface, bInterfaceNumber=f"{number:02x}", bInterfaceClass="ff",
                       bInterfaceSubClass="ff", bInterfaceProtocol="ff", bNumEndpoints="02")
            if tty:
                self.write(f"{interface}/{tty}/tty/{tty}")
                os.symlink(f"../../{interface}/{tty}/tty/{tty}", self.path("sys/class/tty", tty))
                open(self.path("dev", tty), "w", encoding="ascii").close()
        os.symlink(f"../../../{place}", self.path("sys/bus/usb/devices", usb_path))
        open(self.path("dev/bus/usb/001", f"{self.number:03}"), "w", encoding="ascii").close()

    def unplug(self, usb_path):
        os.unlink(self.path("sys/bus/usb/devices", usb_path))
        for name in os.listdir(self.path("sys/class/tty")):
            if f"/{usb_path}/" in os.readlink(self.path("sys/class/tty", name)):
                os.unlink(self.path("dev", name))
                os.unlink(self.path("sys/class/tty", name))
        shutil.rmtree(self.path("sys", PARENT, usb_path))
        for name in os.listdir(self.path("dev/bus/usb/001")):
            os.unlink(self.path("dev/bus/usb/001", name))


def lines(out):
    return [json.loads(line) for line in out.splitlines()]


def test_none():
    with folder() as root:
        out, _ = run("devices", "--root", root, expect=DONE)
        assert out == "No stick is plugged in.\n"
        out, _ = run("devices", "--json", "--root", root, expect=DONE)
        assert out == ""
    # Whatever is plugged in here.
    run("devices", expect=DONE)
    run("devices", "1-2", expect=USAGE)


def test_list():
    with folder() as root:
        machine = Machine(root)
        machine.plug("1-2.3", "12d1", "1c05", [(0, "ttyUSB4"), (2, "ttyUSB3")])
        machine.plug("1-1", "12d1", "1443", [(0, "ttyUSB0")])
        machine.plug("1-4", "3566", "2001", [])
        machine.plug("1-5", "046d", "c077", [])
        boot, download, brovi = lines(run("devices", "--json", "--root", root)[0])
        assert boot["usb_path"] == "1-1" and boot["usb_id"] == "12d1:1443"
        assert boot["mode"] == "boot-rom" and boot["family"] == "balong"
        assert not boot["behind_hub"] and not boot["unproven"] and boot["note"] is None
        assert boot["ports"] == [{"device": machine.path("dev/ttyUSB0"), "interface": 0,
                                  "role": "boot", "denied": False}]
        assert download["mode"] == "download" and download["unproven"]
        assert download["behind_hub"] and download["family"] == "unknown"
        assert [(p["interface"], p["role"]) for p in download["ports"]] == [(0, "unknown"),
                                                                            (2, "download")]
        assert brovi["mode"] == "beyond" and brovi["note"] == "brovi"
        text, _ = run("devices", "--root", root)
        assert "1-1  12d1:1443  boot-rom\n" in text and "ttyUSB3  download\n" in text
        assert "E3372-325" in text and "hub" in text and "046d" not in text


def test_watch():
    with folder() as root:
        machine = Machine(root)
        machine.plug("1-1", "12d1", "1443", [(0, "ttyUSB0")])
        watch = subprocess.Popen([CLI, "devices", "--watch", "--json", "--root", root],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)

        def wait(event, **fields):
            for line in watch.stdout:
                told = json.loads(line)
                if told["event"] == event and all(told.get(k) == v for k, v in fields.items()):
                    return told
            raise AssertionError(f"ended without {event} {fields}")

        try:
            wait("appeared", mode="boot-rom")
            machine.unplug("1-1")
            wait("gone", usb_path="1-1")
            machine.plug("1-1", "12d1", "1442", [])
            assert wait("appeared", usb_id="12d1:1442")["ports"] == []
            machine.unplug("1-1")
            machine.plug("1-1", "12d1", "1c05", [(0, "ttyUSB1"), (2, "ttyUSB2")])
            wait("appeared", usb_id="12d1:1c05")
            watch.send_signal(signal.SIGTERM)
            watch.communicate(timeout=60)
            assert watch.returncode == DONE
        finally:
            if watch.poll() is None:
                watch.kill()


tap.run(globals())
