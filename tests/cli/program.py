# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs sticksmith-cli, and a virtual stick in a process of its own."""
import json
import os
import subprocess
import tempfile

CLI = os.environ["SMITH_CLI"]
FIXTURES = os.environ["SMITH_FIXTURES"]
SAMPLES = os.environ.get("SMITH_SAMPLES", "")

DONE, FAILED, USAGE, REFUSED = range(4)


def fixture(name):
    return os.path.join(FIXTURES, "made-" + name)


def make(place, name, description):
    """A file from a description like those of the fixtures, whose maker is beside them."""
    text = os.path.join(place, name + ".fixture")
    path = os.path.join(place, name)
    with open(text, "w", encoding="utf-8") as out:
        out.write(description)
    subprocess.run([os.path.join(FIXTURES, "make-fixture"), text, path], check=True)
    return path


def run(*args, expect=DONE, timeout=120):
    """Runs a command and returns what it printed; it must exit with @expect."""
    done = subprocess.run([CLI, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=timeout, check=False)
    out = done.stdout.decode()
    err = done.stderr.decode()
    allowed = expect if isinstance(expect, tuple) else (expect,)
    assert done.returncode in allowed, f"{args}: exit {done.returncode}\n{out}\n{err}"
    return out, err


def run_json(*args, **kwargs):
    out, _ = run(*args, **kwargs)
    return json.loads(out)


def inspect(path, expect=DONE):
    return run_json("inspect", "--json", path, expect=expect)


def folder():
    return tempfile.TemporaryDirectory(prefix="sticksmith-test-")


class Simulator:
    """sticksmith-cli simulate, with its events as they come."""

    def __init__(self, *args):
        self.process = subprocess.Popen([CLI, "simulate", "--restart-ms", "20", *args],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        rest, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, f"simulate ended with {self.process.returncode}"
        self.events += [json.loads(line) for line in rest.splitlines()]

    def wait(self, event, **fields):
        """The next event of that kind with those fields."""
        for line in self.process.stdout:
            seen = json.loads(line)
            self.events.append(seen)
            if seen["event"] == event and all(seen.get(k) == v for k, v in fields.items()):
                return seen
        raise AssertionError(f"simulate ended without {event} {fields}: {self.events[-5:]}")

    def port(self, mode):
        return self.wait("ready", mode=mode)["port"]

    def has(self, event):
        return any(e["event"] == event for e in self.events)
