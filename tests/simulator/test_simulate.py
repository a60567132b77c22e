# SPDX-License-Identifier: GPL-3.0-or-later
"""simulate, as a program sees it that shows the stick on a bus of its own."""
import os
import select
import subprocess
import sys
import termios
import tty
import urllib.request

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import tap  # noqa: E402
from program import CLI, USAGE, Simulator, run  # noqa: E402


class Commanded(Simulator):
    """One that takes commands."""

    def __init__(self, *args):
        self.process = subprocess.Popen([CLI, "simulate", "--restart-ms", "20", "--commands", *args],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.events = []

    def command(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()


def ask(device, data, size):
    """Sends bytes and returns as many as wanted, or fewer after a long wait."""
    fd = os.open(device, os.O_RDWR | os.O_NOCTTY)
    got = b""
    try:
        tty.setraw(fd, termios.TCSANOW)
        os.write(fd, data)
        while len(got) < size and select.select([fd], [], [], 10)[0]:
            got += os.read(fd, size - len(got))
    finally:
        os.close(fd)
    return got


def test_hilink():
    with Simulator("--start", "hilink") as stick:
        seen = stick.wait("appeared")
        assert seen["usb_id"] == "12d1:14dc" and seen["mode"] == "hilink"
        assert seen["ports"] == [] and seen["network"] == "virtual0"
        with urllib.request.urlopen(f"http://{seen['web']}/api/webserver/SesTokInfo",
                                    timeout=20) as answer:
            assert b"TokInfo" in answer.read()


def test_ports():
    with Simulator("--model", "e1550", "--usb-path", "3-2") as stick:
        seen = stick.wait("appeared")
        assert seen["usb_id"] == "12d1:1001" and seen["usb_path"] == "3-2"
        assert [(p["interface"], p["role"], p["answers"]) for p in seen["ports"]] == \
            [(0, "modem", False), (1, "diagnostics", False), (2, "at", True)]
        assert all(os.path.exists(p["device"]) for p in seen["ports"])
        port = seen["ports"][2]["device"]
        assert ask(port, b"AT$QCDMG\r\n", 6) == b"\r\nOK\r\n"
        assert ask(port, bytes.fromhex("7e0c143a7e"), 6) == bytes.fromhex("7e130cd27a7e")
        assert ask(port, bytes.fromhex("7e3aa16e7e"), 5) == bytes.fromhex("7e3aa16e7e")
        assert stick.wait("left")["usb_path"] == "3-2"
        seen = stick.wait("appeared")
        assert seen["usb_id"] == "12d1:1003" and seen["mode"] == "download"
        port = next(p["device"] for p in seen["ports"] if p["role"] == "download")
        assert ask(port, bytes.fromhex("7e0c143a7e"), 17)[:3] == bytes.fromhex("7e0d0c")
    assert not stick.has("offence")


def test_commands():
    with Commanded("--start", "cd", "--stay-cd", "--version", "21.180.01.00.00") as stick:
        assert stick.wait("appeared")["usb_id"] == "12d1:14fe"
        stick.command("eject")
        assert stick.wait("appeared")["usb_id"] == "12d1:1506"
        stick.command("nonsense")
        stick.command("replug nowhere")
        stick.command("replug boot-rom")
        assert stick.wait("appeared")["usb_id"] == "12d1:1443"
        stick.command("unplug")
        stick.wait("left")
        stick.process.stdin.close()
        stick.process.stdin = None


def test_models():
    for model, usb_id in (("e3372h", "12d1:1443"), ("e3372s", "12d1:1443"), ("e3276", "12d1:1443"),
                          ("e392", "12d1:1003")):
        with Simulator("--model", model) as stick:
            assert stick.wait("appeared")["usb_id"] == usb_id
    with Simulator("--start", "download", "--download-id", "1442", "--all-ports") as stick:
        assert stick.wait("appeared")["usb_id"] == "12d1:1442"
    with Simulator("--start", "stick", "--all-ports", "--no-sim") as stick:
        seen = stick.wait("appeared")
        assert [p["role"] for p in seen["ports"]] == ["at", "modem"]
        assert b"+CME ERROR: 10" in ask(seen["ports"][0]["device"], b"AT+CPIN?\r", 18)


def test_usage():
    for args in (("--model", "e9999"), ("--start", "charging"), ("--download-id", "xyz"),
                 ("--chip", "v8"), ("--restart-ms", "-1"), ("--model", "")):
        run("simulate", *args, expect=USAGE)


tap.run(globals())
