# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds the program, made worse: limits, folders, names, a stick elsewhere."""
import os
import resource
import subprocess
import sys
import threading
import time

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))

# pylint: disable=wrong-import-position,unused-import
import tap  # noqa: E402
from program import (CLI, DONE, FAILED, REFUSED, USAGE, Simulator, fixture,  # noqa: E402
                     folder, inspect)

NOBODY = 65534
PATIENCE = 120


class Ended:
    """How a call ended: status, texts, and what it took."""

    def __init__(self, status, out, err, seconds, kilobytes):
        """@kilobytes: of memory at most, mapped files included"""
        self.status = status
        # Whatever stands in a name, what is printed for programs is UTF-8.
        self.out = out.decode()
        self.err = err.decode(errors="surrogateescape")
        self.seconds = seconds
        self.kilobytes = kilobytes

    def __str__(self):
        return f"exit {self.status}\n{self.out}\n{self.err}"


def file_limit(size):
    """For call(): no file may become larger, as on a disk that is full."""
    def prepare():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return prepare


def as_nobody():
    """For call(): permissions count, which they do not for root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def check_nobody():
    """Skips where nobody may not even start the program."""
    done = subprocess.run([CLI, "--version"], stdin=subprocess.DEVNULL, capture_output=True,
                          preexec_fn=as_nobody, check=False) if can_run() else None
    if done is None or done.returncode != DONE:
        raise tap.Skip("the program is not for everybody")


def can_run():
    """Whether a person without rights gets to the program at all."""
    place = os.path.dirname(CLI)
    while place != "/":
        if not os.stat(place).st_mode & 1 and os.geteuid() == 0:
            return False
        place = os.path.dirname(place)
    return True


def call(*args, expect=DONE, env=None, prepare=None, cwd=None, stdin=subprocess.DEVNULL):
    """Runs the program and returns how it ended, which must be with @expect."""
    begun = time.monotonic()
    child = subprocess.Popen([CLI, *args], stdin=stdin, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, env={**os.environ, **(env or {})},
                             preexec_fn=prepare, cwd=cwd)
    impatience = threading.Timer(PATIENCE, child.kill)
    impatience.start()
    texts = {}
    readers = [threading.Thread(target=lambda n, f: texts.update({n: f.read()}), args=pair)
               for pair in (("out", child.stdout), ("err", child.stderr))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    # Popen would not tell what that one child took.
    _, status, usage = os.wait4(child.pid, 0)
    impatience.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    child.stderr.close()
    ended = Ended(child.returncode, texts["out"], texts["err"], time.monotonic() - begun,
                  usage.ru_maxrss)
    allowed = expect if isinstance(expect, tuple) else (expect,)
    assert ended.status in allowed, f"{args}: {ended}"
    return ended


def is_sanitized():
    """Whether the program is built to find its own mistakes, which takes memory."""
    return b"__asan_init" in content(CLI)


def everything_in(place):
    return sorted(os.path.relpath(os.path.join(where, name), place)
                  for where, folders, files in os.walk(place) for name in folders + files)


def content(path):
    with open(path, "rb") as data:
        return data.read()


def write(path, data):
    with open(path, "wb") as out:
        out.write(data)


def writing_stick(tmp, at=60, ms=1500):
    """A stick in download mode that answers one block in the middle late."""
    script = os.path.join(tmp, "script")
    write(script, f"binary {at} delay {ms}\n".encode())
    return Simulator("--start", "download", "--script", script)
