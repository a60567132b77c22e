# SPDX-License-Identifier: GPL-3.0-or-later
"""load, flash, at, convert and simulate, each in a process of its own."""
import hashlib
import json
import os
import re
import select
import shutil
import signal
import subprocess
import threading
import time
import tty

import tap
from program import (CLI, DONE, FAILED, REFUSED, USAGE, Simulator, fixture, folder, inspect, make,
                     run, run_json)

# Waiting is shortened; less so where answers must still come in time.
FAST = ("--time-scale", "0.2")
FASTER = ("--time-scale", "0.04")


def held(result):
    return [(p["id"], p["size"], p["sha256"]) for p in result["held_by_stick"]]


def extracted(path):
    """What extract gives, as a list to compare with what a stick holds."""
    parts = []
    with folder() as tmp:
        out = os.path.join(tmp, "parts")
        run("extract", path, out)
        for name in sorted(os.listdir(out)):
            with open(os.path.join(out, name), "rb") as data:
                content = data.read()
            parts.append(("0x" + name[3:11], len(content), hashlib.sha256(content).hexdigest()))
    return parts


def practice_file(word):
    place = os.path.join(os.environ["XDG_CACHE_HOME"], "sticksmith", "practice")
    return os.path.join(place, next(n for n in os.listdir(place) if "-" + word + "-" in n))


def test_convert_practice():
    told = run_json("convert", "--practice", "--yes", "--json")
    firmware = practice_file("stick")
    assert told["result"] == "done" and told["step"] == "reactivate"
    assert told["version"] == inspect(firmware)["version"]
    assert held(told) == extracted(firmware)
    assert told["bytes"] == sum(p["bytes"] for p in told["partitions"])
    assert all(p["blocks"] == (p["bytes"] + 4095) // 4096 for p in told["partitions"])


def test_convert_scenarios():
    for name, status in (("bad-line", DONE), ("signature", DONE), ("stuck-in-download", DONE),
                         ("needle", DONE), ("two-sticks", DONE), ("wrong-file", REFUSED),
                         ("loader-does-not-start", FAILED), ("part-refused", FAILED),
                         ("unplugged", FAILED), ("old-version", FAILED)):
        told = run_json("convert", f"--practice={name}", "--yes", "--json",
                        *(FASTER if name == "loader-does-not-start" else FAST), expect=status)
        assert (told["result"] == "done") == (status == DONE), name
        if status == DONE:
            assert held(told)[-9:] == extracted(practice_file("stick")), name
    run("convert", "--practice=nonsense", expect=USAGE)
    run("convert", expect=USAGE)


def test_convert_report():
    with folder() as tmp:
        report = os.path.join(tmp, "report.txt")
        run("convert", "--practice=needle", "--yes", "--report", report, *FAST)
        with open(report, encoding="utf-8") as file:
            head, log = file.read().split("\nLog\n")
        facts = dict(re.split("  +", line, maxsplit=1) for line in head.splitlines()[2:])
        version = inspect(practice_file("stick"))["version"]
        assert head.startswith("Sticksmith report\n\n"), head
        assert facts["Program"] == "sticksmith-cli" and facts["Practice"] == "yes", facts
        assert facts["Result"] == "done" and facts["Stick written"] == "yes", facts
        assert facts["File"] == os.path.basename(practice_file("stick")), facts
        assert facts["Wanted version"] == facts["New version"] == version, facts
        assert facts["Old version"] not in ("", version) and "Error" not in facts, facts
        # Both ways in, and what passed on the wire.
        assert "  error   " in log and "needle" in log and "  detail  " in log, log
        with open(practice_file("stick"), "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() in log, log
        assert not re.search("(?<![0-9a-f])[0-9]{14,22}(?![0-9a-f])", head + log), head + log


def test_convert_report_of_failure():
    with folder() as tmp:
        for name, status, result in (("part-refused", FAILED, "failed"),
                                     ("wrong-file", REFUSED, "refused")):
            report = os.path.join(tmp, name)
            told = run_json("convert", f"--practice={name}", "--yes", "--json", "--report", report,
                            *FAST, expect=status)
            with open(report, encoding="utf-8") as file:
                text = file.read()
            assert f"Result          {result}\n" in text, text
            assert f"Error           {told['error']['message']}\n" in text, text
            assert f"Stick written   {'yes' if told['bytes'] else 'no'}\n" in text, text


def test_convert_report_needs_a_place():
    with folder() as tmp:
        older = os.path.join(tmp, "older")
        with open(older, "w", encoding="utf-8") as file:
            file.write("an older one")
        for path in (older, tmp, os.path.join(tmp, "none", "report"), "/dev/null"):
            out, err = run("convert", "--practice", "--yes", "--report", path, expect=REFUSED)
            assert path in err and out == "", (out, err)
            told = run_json("convert", "--practice", "--yes", "--json", "--report", path,
                            expect=REFUSED)
            assert path in told["error"]["message"] and "held_by_stick" not in told, told
        with open(older, encoding="utf-8") as file:
            assert file.read() == "an older one"
        assert os.listdir(tmp) == ["older"]
        # Wrong usage leaves nothing behind either.
        run("convert", "--report", os.path.join(tmp, "new"), expect=USAGE)
        assert os.listdir(tmp) == ["older"]


def test_convert_needs_a_yes():
    told = run_json("convert", "--practice", "--json", expect=REFUSED)
    assert told["bytes"] == 0 and told["held_by_stick"] == []
    assert told["mode"] == "download" and not told["touched"] and not told["go_on"], told


def test_convert_tells_how_the_stick_is():
    out, err = run("convert", "--practice", expect=REFUSED)
    assert "Writing the firmware" not in out and "in download mode now" in err, (out, err)
    out, err = run("convert", "--practice", "--yes", *FAST)
    assert out.count("Writing the firmware\n") == 1 and err == "", (out, err)
    out, err = run("convert", "--practice=unplugged", "--yes", *FAST, expect=FAILED)
    assert out.count("Writing the firmware\n") == 1, out
    # There is no practice stick to go on with.
    assert "not complete" in err and "--go-on" not in err, err
    told = run_json("convert", "--practice=unplugged", "--yes", "--json", *FAST, expect=FAILED)
    assert told["mode"] is None and told["touched"] and not told["go_on"], told


def test_load_then_flash():
    with Simulator() as stick:
        boot = stick.port("boot-rom")
        told = run_json("load", "--yes", "--json", "--port", boot, fixture("loader-v7r11-unsafe"))
        assert told["result"] == "done" and told["erase_guard"] == "made-safe"
        download = stick.port("download")
        assert download != boot
        told = run_json("flash", "--yes", "--json", "--port", download,
                        fixture("firmware-v7r11-stick"))
        assert told["result"] == "done" and told["product"] == "BV7R11HS"
        assert told["restarted"] is True, told
        done = inspect(fixture("firmware-v7r11-stick"))
        assert [(p["id"], p["bytes"]) for p in told["partitions"]] == \
            [(p["id"], p["expanded"]) for p in done["partitions"]]
        at = stick.port("stick")
        told = run_json("at", "--json", "--port", at, "AT^VERSION?")
        assert any(done["version"] in line for line in told["answers"][0]["lines"])
    assert not stick.has("nand-erased") and not stick.has("refused")


def test_loader_in_an_archive():
    with folder() as tmp, Simulator() as stick:
        path = shutil.make_archive(os.path.join(tmp, "loader"), "zip", os.path.dirname(fixture("x")),
                                   "made-loader-v7r2-unsafe")
        run("load", "--yes", "--port", stick.port("boot-rom"), path)
        stick.port("download")
    assert not stick.has("nand-erased")


def test_load_refuses():
    with Simulator() as stick:
        port = stick.port("boot-rom")
        _, err = run("load", "--yes", "--port", port, fixture("loader-none"), expect=REFUSED)
        assert "erase" in err
        run("load", "--yes", "--port", port, fixture("tiny"), expect=REFUSED)
        run("load", "--port", port, fixture("loader-v7r2-safe"), expect=REFUSED)
        run("load", "--yes", fixture("loader-v7r2-safe"), expect=USAGE)
        run("load", "--yes", "--fastboot-only", "--port", port, fixture("loader-v7r2-safe"),
            expect=USAGE)
        # The word for it can only be typed on a terminal.
        run("load", "--yes", "--expert", "--unsafe-loader", "--port", port, fixture("loader-none"),
            expect=REFUSED)
    assert not stick.has("component-begun"), stick.events


def test_load_for_experts():
    with folder() as tmp, Simulator() as stick:
        table = os.path.join(tmp, "table")
        with open(table, "wb") as data:
            data.write(b"pTableHead\0\0\0\0\0\x80" + b"VERSION".ljust(16, b"\0") +
                       b"PRODUCT".ljust(16, b"\0") + bytes(2000))
        short = os.path.join(tmp, "short")
        with open(short, "wb") as data:
            data.write(b"pTableHead")
        port = stick.port("boot-rom")
        loader = fixture("loader-v7r11-unsafe")
        expert = ("load", "--yes", "--json", "--expert", "--port", port)
        run(*expert, "--partition-table", short, loader, expect=REFUSED)
        run(*expert, "--file-flag", "41", loader, expect=USAGE)
        whole = inspect(loader)
        told = run_json(*expert, "--partition-table", table, "--fastboot-only", "--file-flag", "3",
                        "--erase-bad-blocks", loader)
        assert told["bytes"] < sum(c["size"] for c in whole["components"])
        stick.port("download")
    assert not stick.has("nand-erased")


def test_flash_refuses_the_wrong_chip():
    with Simulator("--start", "download", "--chip", "v7r2") as stick:
        port = stick.port("download")
        told = run_json("flash", "--yes", "--json", "--port", port,
                        fixture("firmware-v7r11-stick"), expect=REFUSED)
        assert told["error"]["code"] == "wrong-file"
        told = run_json("flash", "--yes", "--json", "--port", port, fixture("firmware-v7r2-stick"))
        assert told["result"] == "done"
    assert not any(e.get("why") for e in stick.events if e["event"] == "refused")


# Each of them sound, and none of them for the stick; --yes is for doubts only.
UNFIT = {
    "later-stick": "[firmware]\ndownload-id=0x01\nproduct=BV7R11HS\n"
                   "version=:BV7R11HS:T:10.0.5.1(H697SP3)\n"
                   "[partition 0]\nid=0x00090000\ncontent=random:500:1\n",
    "two-generations": "[firmware]\ndownload-id=0x01\nproduct=BV7R11HS\n"
                       "version=:BV7R11HS:T:21.1.1.1.1\n"
                       "[partition 0]\nid=0x00090000\ncontent=random:500:1\n"
                       "[partition 1]\nid=0x00020000\ncontent=random:500:2\n",
    "image-for-another": "[firmware]\ndownload-id=0x02\nproduct=BV7R2HS\n"
                         "version=:BV7R2HS:T:17.100.1.1\n"
                         "[partition 0]\nid=0x000B0000\ncontent=random:500:1\n",
}


def test_flash_refuses_what_does_not_fit():
    with folder() as tmp, Simulator("--start", "download") as stick:
        port = stick.port("download")
        for name, text in UNFIT.items():
            path = make(tmp, name, "[file]\nshape=bin\n" + text)
            told = run_json("flash", "--yes", "--json", "--port", port, path, expect=REFUSED)
            assert told["error"]["code"] == "wrong-file", (name, told)
            assert told["bytes"] == 0, name
    assert not stick.has("partition-begun")


def test_flash_unsure_needs_a_yes():
    with Simulator("--start", "download", "--product", "") as stick:
        port = stick.port("download")
        run("flash", *FAST, "--port", port, fixture("tiny"), expect=REFUSED)
        told = run_json("flash", *FAST, "--yes", "--json", "--no-restart", "--port", port,
                        fixture("tiny"))
        assert told["result"] == "done" and told["restarted"] is False
    assert not stick.has("restarted")


class Deaf:
    """A line to a stick on which every wish that it restarts is lost."""

    def __init__(self, port):
        self.near, self.far = os.openpty()
        self.stick = os.open(port, os.O_RDWR | os.O_NOCTTY)
        for line in (self.near, self.far, self.stick):
            tty.setraw(line)
        self.name = os.ttyname(self.far)
        self.dropped = 0
        self.over, self.end = os.pipe()
        self.thread = threading.Thread(target=self.carry)

    def carry(self):
        while True:
            ready, _, _ = select.select([self.near, self.stick, self.over], [], [])
            if self.over in ready:
                return
            if self.stick in ready:
                os.write(self.near, os.read(self.stick, 65536))
            if self.near in ready:
                data = os.read(self.near, 65536)
                if data.startswith(b"\x7e\x0a") or b"RESET" in data:
                    self.dropped += 1
                else:
                    os.write(self.stick, data)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.end)
        self.thread.join()
        for line in (self.near, self.far, self.stick, self.over):
            os.close(line)


def test_flash_without_a_restart():
    for words in ((), ("--json",)):
        with Simulator("--start", "download") as stick:
            with Deaf(stick.port("download")) as line:
                out, _ = run("flash", *FAST, "--yes", "--port", line.name, fixture("tiny"), *words)
                assert line.dropped > 0
        assert not stick.has("restarted")
        if words:
            told = json.loads(out)
            assert told["result"] == "done" and told["restarted"] is False, told
        else:
            assert "did not confirm it: unplug it" in out and "restarts now" not in out, out


def test_flash_two_files():
    with Simulator("--start", "download", "--demand-signature") as stick:
        port = stick.port("download")
        told = run_json("flash", "--yes", "--json", "--port", port, fixture("webui-v7r11"),
                        fixture("firmware-v7r11-hilink"), expect=(DONE, FAILED))
        signed = inspect(fixture("webui-v7r11"))["signed"]
        if signed:
            assert told["result"] == "done"


def test_flash_signature_wanted():
    with Simulator("--start", "download", "--demand-signature") as stick:
        port = stick.port("download")
        told = run_json("flash", "--yes", "--json", "--port", port, fixture("tiny"), expect=REFUSED)
        assert told["error"]["code"] == "refused" and "signed" in told["error"]["message"]
        run("flash", "--yes", "--known-signature", "--port", port, fixture("tiny"), expect=USAGE)
        run("flash", "--yes", "--expert", "--known-signature", "--port", port, fixture("tiny"))


def test_flash_refuses_a_bad_file():
    with open(fixture("tiny"), "rb") as data:
        whole = bytearray(data.read())
    whole[-1] ^= 0x40
    with folder() as tmp, Simulator("--start", "download") as stick:
        path = os.path.join(tmp, "bad.bin")
        with open(path, "wb") as data:
            data.write(whole)
        port = stick.port("download")
        run("flash", "--yes", "--port", port, path, expect=REFUSED)
        run("flash", "--yes", "--port", port, fixture("loader-v7r2-safe"), expect=REFUSED)
        run("flash", "--yes", "--port", os.path.join(tmp, "none"), fixture("tiny"), expect=REFUSED)
        run("flash", "--yes", "--port", path, fixture("tiny"), expect=REFUSED)
        run("flash", "--yes", "--port", "/dev/null", fixture("tiny"), expect=REFUSED)
        with open(path, "rb") as data:
            assert data.read() == bytes(whole)
    assert not stick.has("partition-begun")


def test_flash_wrong_mode():
    with Simulator() as stick:
        told = run_json("flash", "--yes", "--json", *FASTER, "--port", stick.port("boot-rom"),
                        fixture("tiny"), expect=REFUSED)
        assert told["error"]["code"] == "wrong-device"


def test_interrupt():
    with folder() as tmp:
        script = os.path.join(tmp, "script")
        with open(script, "w", encoding="utf-8") as text:
            text.write("binary 20 lost\nbinary 21 lost\n")
        with Simulator("--start", "download", "--script", script) as stick:
            port = stick.port("download")
            child = subprocess.Popen([CLI, "flash", "--yes", "--port", port,
                                      fixture("firmware-v7r11-stick")],
                                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE)
            stick.wait("fault")
            time.sleep(0.1)
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=20)
            assert child.returncode == FAILED, child.returncode
            assert b"waiting for firmware" in err, err
        assert not stick.has("restarted")


def test_closed_standard_files():
    # The port must not get the number of a file that a person reads.
    with Simulator("--start", "download") as stick:
        port = stick.port("download")
        for words, status in ((f"at --port {port} AT ATI", FAILED),
                              (f"flash --yes --port {port} {fixture('tiny')}", DONE)):
            done = subprocess.run(["sh", "-c", f"exec '{CLI}' {words} <&- >&-"],
                                  stderr=subprocess.PIPE, timeout=60, check=False)
            assert done.returncode == status, (words, done.stderr)
        stick.wait("restarted")
    assert not any(e.get("why") == "bad checksum" for e in stick.events)


def test_nobody_reads():
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([CLI, "inspect", "--json", fixture("tiny")], stdout=full,
                              stderr=subprocess.PIPE, timeout=60, check=False)
    assert done.returncode == FAILED


def test_at():
    with Simulator("--start", "stick") as stick:
        port = stick.port("stick")
        out, _ = run("at", "--port", port, "ATI", "AT+CSQ")
        assert "ATI" in out and "OK" in out
        told = run_json("at", "--json", "--port", port, "AT^NONSENSE", expect=FAILED)
        assert told["answers"][0]["ok"] is False
        for command in ("AT^CIMEI=1", "at^datalock=\"1\"", "AT;^NVWR=1", "hello", "AT\r"):
            run("at", "--port", port, command, expect=REFUSED)
        run("at", "AT", expect=USAGE)


tap.run(globals())
