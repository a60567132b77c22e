# SPDX-License-Identifier: GPL-3.0-or-later
"""The exit statuses of all commands, as the manual promises them."""
import os
import re

import tap
from program import (DONE, FAILED, REFUSED, USAGE, Simulator, fixture, folder, run, run_json)

FASTER = ("--time-scale", "0.04")
NO_PORT = "/dev/ttyUSB999"

# What ends before a stick was told anything; {} is a firmware file, and stands for a loader too.
NOTHING_BEGUN = {
    "inspect": (("/nonexist/file",), ("/dev/null",)),
    "extract": (("/nonexist/file", "/nonexist/out"), ("{}", "/dev/null/out")),
    "devices": (),
    "identify": (("--port", NO_PORT), ("--port", "/dev/null"), ("--web-address", "127.0.0.1:1")),
    "load": (("--yes", "--port", NO_PORT, "/nonexist/file"), ("--yes", "--port", NO_PORT, "{}"),
             ("--yes", "--port", NO_PORT, fixture("loader-v7r2-safe")),
             ("--yes", "--port", "/dev/null", fixture("loader-v7r2-safe")),
             ("--port", NO_PORT, fixture("loader-v7r2-safe"))),
    "flash": (("--yes", "--port", NO_PORT, "/nonexist/file"), ("--yes", "--port", NO_PORT, "{}"),
              ("--yes", "--port", "/dev/null", "{}")),
    "at": (("--port", NO_PORT, "AT"), ("--port", "/dev/null", "AT"),
           ("--port", NO_PORT, "AT^CIMEI=1")),
    "reactivate": (("--yes", "--port", NO_PORT), ("--yes", "--port", "/dev/null"),
                   ("--yes", "--stick", "9-9"), ("--yes", "--no-cd", "--port", NO_PORT),
                   ("--stick", "9-9", "--no-cd"), ("--port", NO_PORT)),
    "convert": (("--yes", "--stick", "9-9", "{}"), ("--yes", "--stick", "9-9", "/nonexist/file"),
                ("--yes", "--stick", "9-9", "--go-on"), ("--practice",),
                ("--practice", "--yes", "--report", "/nonexist/report"),
                ("--practice=wrong-file", "--yes")),
    "simulate": (("--script", "/nonexist/file"), ("--script", "/dev/null")),
}
# They have nothing to refuse before it is written.
LOOK_ONLY = ("inspect", "extract", "devices", "identify", "simulate")


def test_all_commands_are_here():
    out, _ = run("--help")
    assert set(re.findall(r"^  ([a-z]+) ", out, re.MULTILINE)) - {"help"} == set(NOTHING_BEGUN)


def test_nothing_begun():
    for command, all_words in NOTHING_BEGUN.items():
        expect = FAILED if command in LOOK_ONLY else REFUSED
        for words in all_words:
            words = [fixture("tiny") if word == "{}" else word for word in words]
            _, err = run(command, *words, *(FASTER if command not in
                                            ("inspect", "extract", "simulate") else ()),
                         expect=expect)
            assert err or command == "identify", (command, words)


def test_no_stick():
    if run("devices")[0] != run("devices", "--root", "/nowhere")[0]:
        raise tap.Skip("there are sticks on this machine")
    run("devices", expect=DONE)
    run("identify", expect=FAILED)
    run("reactivate", "--yes", expect=REFUSED)
    run("convert", "--yes", fixture("tiny"), expect=REFUSED)


def test_json_says_the_same():
    for command, words, status in (("inspect", ("/nonexist/file",), "failed"),
                                   ("load", ("--port", NO_PORT, "/nonexist/file"), "refused"),
                                   ("flash", ("--port", NO_PORT, fixture("tiny")), "refused"),
                                   ("at", ("--port", NO_PORT, "AT"), "refused"),
                                   ("identify", ("--port", NO_PORT), "failed")):
        told = run_json(command, "--json", *words, *(FASTER if command != "inspect" else ()),
                        expect=REFUSED if status == "refused" else FAILED)
        assert told["result"] == status, (command, told)


def test_begun():
    """From the first thing that may have changed a stick it is a failure."""
    with folder() as tmp:
        script = os.path.join(tmp, "script")
        with open(script, "w", encoding="utf-8") as file:
            file.write("at 1 gone\n")
        for words in (("at", "AT+CFUN=1"), ("at", "AT+CSQ")):
            with Simulator("--start", "stick", "--script", script) as stick:
                run(*words, "--port", stick.port("stick"), expect=FAILED)
    for scenario in ("part-refused", "unplugged", "old-version", "loader-does-not-start"):
        run("convert", f"--practice={scenario}", "--yes", *FASTER, expect=FAILED)


def test_wrong_usage():
    for command in NOTHING_BEGUN:
        run(command, "--nonsense", expect=USAGE)


def test_files_as_they_were_typed():
    """The terminal shows the folder, too; what may be given away does not."""
    with folder() as tmp:
        path = os.path.join(tmp, "no-such-file")
        table = os.path.join(tmp, "no-such-table")
        loader = fixture("loader-v7r11-unsafe")
        for words, named in ((("inspect", path), path), (("extract", path, tmp), path),
                             (("load", "--port", NO_PORT, path), path),
                             (("load", "--port", NO_PORT, "--expert", f"--partition-table={table}",
                               loader), table),
                             (("flash", "--port", NO_PORT, fixture("tiny"), path), path),
                             (("simulate", "--script", path), path)):
            _, err = run(*words, expect=(FAILED, REFUSED))
            assert f"“{named}” cannot be opened" in err, (words, err)
        told = run_json("inspect", "--json", path, expect=FAILED)
        assert tmp not in told["error"]["message"], told
        report = os.path.join(tmp, "report")
        run("flash", "--port", NO_PORT, "--report", report, path, expect=REFUSED)
        with open(report, encoding="utf-8") as file:
            assert tmp not in file.read()


tap.run(globals())
