# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs sticksmith-cli as the person at the machine, or as root."""
import json
import os
import subprocess
import threading
import time

from plug import CLI
from system import OWNER

PERSON = {"user": OWNER, "group": OWNER, "extra_groups": []}
DONE, FAILED, USAGE, REFUSED = range(4)


def run(*args, expect=DONE, seconds=90):
    """Returns what it printed: the last line of JSON where it is that, else text. It must exit
    with @expect, or one of those."""
    allowed = expect if isinstance(expect, tuple) else (expect,)
    done = subprocess.run([CLI, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=seconds, check=False, **PERSON)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode in allowed, f"{args}: exit {done.returncode}: {out[-900:]} {err[-900:]}"
    return json.loads(out) if "--json" in args else out


def list_sticks():
    done = subprocess.run([CLI, "devices", "--json"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, timeout=30, check=True, **PERSON)
    return [json.loads(line) for line in done.stdout.splitlines()]


def start(*args):
    return subprocess.Popen([CLI, *args], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, **PERSON)


class Watch:
    """`devices --watch --json`, followed: what is plugged in, and when that was told."""

    def __init__(self):
        self.sticks = {}
        self.pictures = []  # (when, sticks) after each line
        self.changed = threading.Condition()
        self.process = subprocess.Popen([CLI, "devices", "--watch", "--json"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, **PERSON)
        threading.Thread(target=self.follow, daemon=True).start()
        self.wait_until_it_listens()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    def wait_until_it_listens(self, seconds=20):
        """So that its start is not part of what is measured."""
        end = time.monotonic() + seconds
        while not self.listens():
            assert time.monotonic() < end, "it watches nothing"
            time.sleep(0.05)

    def listens(self):
        folder = f"/proc/{self.process.pid}/fd"
        try:
            return any("inotify" in os.readlink(os.path.join(folder, fd))
                       for fd in os.listdir(folder))
        except FileNotFoundError:
            return False

    def follow(self):
        for line in self.process.stdout:
            told = json.loads(line)
            with self.changed:
                if told["event"] == "gone":
                    del self.sticks[told["usb_path"]]
                else:
                    self.sticks[told["usb_path"]] = told
                self.pictures.append((time.monotonic(), list(self.sticks.values())))
                self.changed.notify_all()

    def wait(self, fits, seconds=20):
        """Waits until @fits(sticks) is true of the latest picture. Returns: when that came."""
        with self.changed:
            assert self.changed.wait_for(lambda: fits(self.latest()), seconds), \
                f"the picture stays {self.latest()}"
            return self.pictures[-1][0] if self.pictures else time.monotonic()

    def since(self, when):
        with self.changed:
            return [sticks for then, sticks in self.pictures if then > when]

    def latest(self):
        return list(self.sticks.values())
