# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that is no help: nothing on D-Bus, nothing to be written to, a clock
that is set back, a processor that is busy, a program that is stopped, other
devices by the dozen, and files that are exchanged behind one's back."""
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time

from surroundings import (CLI, DONE, FAILED, PATIENCE, REFUSED, Simulator, as_nobody, call,
                          check_nobody, content, everything_in, fixture, folder, is_sanitized, tap,
                          write, writing_stick)

CLOCK_BACK = os.environ["SMITH_CLOCK_BACK"]
SOURCES = os.environ["SMITH_SOURCES"]
# How long the program is stopped; longer by hand than in the ordinary tests.
STOPPED_S = float(os.environ.get("SMITH_STOPPED", "2.5"))
FIRMWARE = fixture("firmware-v7r11-stick")
NOWHERE = "unix:path=/nonexistent/bus"


def practise(**kwargs):
    told = json.loads(call("convert", "--practice", "--yes", "--json", **kwargs).out)
    assert told["result"] == "done" and told["step"] == "reactivate", told
    return told


def test_no_bus():
    """Neither a session bus nor a system bus, nor a place where one might be."""
    with folder() as tmp:
        for address in (NOWHERE, "nonsense", "", "unix:path=" + tmp, "tcp:host=127.0.0.1,port=1"):
            practise(env={"DBUS_SESSION_BUS_ADDRESS": address, "DBUS_SYSTEM_BUS_ADDRESS": address,
                          "XDG_RUNTIME_DIR": tmp, "DISPLAY": ""})
        with Simulator("--start", "download") as stick:
            call("flash", "--yes", "--port", stick.port("download"), fixture("tiny"),
                 env={"DBUS_SYSTEM_BUS_ADDRESS": NOWHERE, "DBUS_SESSION_BUS_ADDRESS": NOWHERE})


def test_no_environment():
    """Not even a home: what a cron job or a broken login gives."""
    with folder() as tmp:
        bare = {name: "" for name in ("HOME", "PATH", "USER", "LOGNAME", "LANG", "LC_ALL", "TERM",
                                      "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
                                      "XDG_DATA_DIRS", "TMPDIR")}
        practise(env={**bare, "XDG_CACHE_HOME": tmp})


def test_no_devices():
    """No udev and no sysfs, or what is not one."""
    with folder() as tmp:
        assert call("devices", "--root", tmp).out == "No stick is plugged in.\n"
        assert call("devices", "--json", "--root", os.path.join(tmp, "none")).out == ""
        write(os.path.join(tmp, "sys"), b"no folder")
        write(os.path.join(tmp, "dev"), b"no folder")
        assert call("devices", "--json", "--root", tmp).out == ""
        # A stick is written to all the same, by its port.
        with Simulator("--start", "download") as stick:
            call("flash", "--yes", "--port", stick.port("download"), fixture("tiny"))


def keep_out(place):
    """Folders of that home that nobody can write to, with the environment for it."""
    names = {"XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state", "XDG_DATA_HOME": "data",
             "XDG_CONFIG_HOME": "config"}
    for name in names.values():
        os.mkdir(os.path.join(place, name))
        os.chmod(os.path.join(place, name), 0o555)
    os.chmod(place, 0o555)
    return {"HOME": place, **{key: os.path.join(place, name) for key, name in names.items()}}


def test_read_only_home():
    """Writing needs no home; practising needs room for its files, and says where."""
    check_nobody()
    with folder() as tmp:
        home = os.path.join(tmp, "home")
        os.chmod(tmp, 0o755)
        os.mkdir(home)
        shutil.copy(fixture("tiny"), os.path.join(home, "tiny.bin"))
        os.chmod(os.path.join(home, "tiny.bin"), 0o444)
        env = keep_out(home)
        before = everything_in(home)
        path = os.path.join(home, "tiny.bin")
        assert json.loads(call("inspect", "--json", path, env=env, prepare=as_nobody).out)["ok"]
        told = json.loads(call("extract", "--json", path, os.path.join(home, "out"), env=env,
                               prepare=as_nobody, expect=FAILED).out)
        assert told["error"]["message"], told
        told = json.loads(call("convert", "--practice", "--yes", "--json", env=env,
                               prepare=as_nobody, expect=REFUSED).out)
        assert told["error"]["code"] == "permission" and home in told["error"]["message"], told
        with Simulator("--start", "download") as stick:
            port = stick.port("download")
            os.chmod(port, 0o666)
            told = json.loads(call("flash", "--yes", "--json", "--port", port, path, env=env,
                                   prepare=as_nobody).out)
            assert told["result"] == "done"
        assert everything_in(home) == before
        for where, folders, _ in os.walk(home):
            for name in folders:
                os.chmod(os.path.join(where, name), 0o755)
        os.chmod(home, 0o755)


def test_file_for_a_folder():
    """The same for everybody, root included: the home is no folder."""
    with folder() as tmp:
        home = os.path.join(tmp, "home")
        write(home, b"")
        env = {"HOME": home, "XDG_CACHE_HOME": home, "XDG_STATE_HOME": home,
               "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_RUNTIME_DIR": home}
        told = json.loads(call("convert", "--practice", "--yes", "--json", env=env,
                               expect=REFUSED).out)
        assert home in told["error"]["message"], told
        with Simulator("--start", "download") as stick:
            call("flash", "--yes", "--port", stick.port("download"), fixture("tiny"), env=env)
        ended = call("convert", "--go-on", "--stick", "none", env=env, expect=REFUSED)
        assert ended.err, ended


def check_times(path, seconds):
    """The times in a log never go back, and tell no more than what has passed."""
    times = [float(line.split()[0]) for line in content(path).decode().splitlines()]
    assert len(times) > 20 and times == sorted(times), times
    assert 0 <= times[0] and times[-1] <= seconds + 0.01, (times[-1], seconds)


def test_clock_set_back():
    with folder() as tmp:
        seen = os.path.join(tmp, "seen")
        env = {"LD_PRELOAD": CLOCK_BACK, "SMITH_CLOCK_SEEN": seen}
        if is_sanitized():
            env["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        practise(env=env)
        # A retry is a deadline that passes: it does so in spite of the clock.
        script = os.path.join(tmp, "script")
        report = os.path.join(tmp, "report")
        write(script, b"binary 60 lost\nbinary 80 delay 300\n")
        with Simulator("--start", "download", "--script", script) as stick:
            ended = call("flash", "--yes", "--json", "--time-scale", "0.2", "--report", report,
                         "--port", stick.port("download"), FIRMWARE, env=env)
            assert json.loads(ended.out)["result"] == "done"
            check_times(report, ended.seconds)
        # Or the clock was not set back at all.
        assert os.path.exists(seen)


def test_no_wall_clock():
    """Nothing but a note of when a stick was asked looks at the clock on the wall."""
    pattern = re.compile(r"g_get_real_time|g_get_current_time|gettimeofday|CLOCK_REALTIME"
                         r"|g_date_time_new_now|\btime \((NULL|&)|g_timer_")
    found = set()
    looked = 0
    for where, _, files in os.walk(SOURCES):
        for name in files:
            if name.endswith((".c", ".h")):
                looked += 1
                if pattern.search(content(os.path.join(where, name)).decode()):
                    found.add(os.path.relpath(os.path.join(where, name), SOURCES))
    assert looked > 100 and found <= {"stick/identity.c", "stick/identity.h"}, found


def start_writing(stick, path, *more):
    return subprocess.Popen([CLI, "flash", "--yes", "--json", *more, "--port",
                             stick.port("download"), path], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish_writing(child, expect=DONE):
    out, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == expect, (child.returncode, out, err)
    return json.loads(out)


def test_stopped():
    """Stopped in the middle of a block whose answer comes meanwhile; then on it goes."""
    for scale in ("1", "0.05"):
        with folder() as tmp, writing_stick(tmp, ms=int(STOPPED_S * 500)) as stick:
            # With the second, no deadline is left when the program wakes up.
            child = start_writing(stick, FIRMWARE, "--time-scale", scale)
            stick.wait("fault")
            child.send_signal(signal.SIGSTOP)
            time.sleep(STOPPED_S)
            child.send_signal(signal.SIGCONT)
            told = finish_writing(child)
            assert told["result"] == "done" and told["bytes"] > 0, told
            stick.wait("restarted")
        assert not stick.has("refused"), stick.events


def test_stopped_again_and_again():
    with folder() as tmp, writing_stick(tmp) as stick:
        child = start_writing(stick, FIRMWARE)
        stick.wait("fault")
        for _ in range(20):
            child.send_signal(signal.SIGSTOP)
            time.sleep(0.02)
            child.send_signal(signal.SIGCONT)
            time.sleep(0.02)
        assert finish_writing(child)["result"] == "done"


def test_busy_processor():
    """One processor, shared with three that want all of it."""
    one = min(os.sched_getaffinity(0))

    def on_one():
        os.sched_setaffinity(0, {one})

    busy = [subprocess.Popen(["python3", "-c", "while True: pass"], stdin=subprocess.DEVNULL,
                             preexec_fn=on_one) for _ in range(3)]
    try:
        told = practise(prepare=on_one)
        assert told["bytes"] > 0
    finally:
        for child in busy:
            child.kill()
            child.wait()


class Devices:
    """A sysfs in which there is a lot."""

    def __init__(self, root):
        self.root = root
        self.ttys = 0
        for name in ("dev/bus/usb/001", "sys/bus/usb/devices", "sys/class/tty"):
            os.makedirs(os.path.join(root, name))

    def note(self, place, **attributes):
        os.makedirs(os.path.join(self.root, "sys", place), exist_ok=True)
        for name, value in attributes.items():
            write(os.path.join(self.root, "sys", place, name), value.encode() + b"\n")

    def add_tty(self, place, name):
        self.note(f"{place}/{name}/tty/{name}", dev="188:0")
        os.symlink(f"../../{place}/{name}/tty/{name}",
                   os.path.join(self.root, "sys/class/tty", name))
        write(os.path.join(self.root, "dev", name), b"")
        self.ttys += 1

    def add_stick(self, number, n_ports):
        usb_path = f"1-{number}"
        place = f"devices/pci0000:00/usb1/{usb_path}"
        self.note(place, idVendor="12d1", idProduct="1c05", devnum=str(number))
        for port in range(n_ports):
            interface = f"{place}/{usb_path}:1.{port}"
            self.note(interface, bInterfaceNumber=f"{port:02x}", bInterfaceClass="ff",
                      bInterfaceSubClass="ff", bInterfaceProtocol="ff", bNumEndpoints="02")
            self.add_tty(interface, f"ttyUSB{self.ttys}")
        os.symlink(f"../../../{place}",
                   os.path.join(self.root, "sys/bus/usb/devices", usb_path))


def test_hundred_ttys():
    with folder() as root:
        machine = Devices(root)
        for number in range(1, 21):
            machine.add_stick(number, 3)
        for number in range(40):
            machine.add_tty(f"devices/platform/serial8250.{number}", f"ttyS{number}")
        assert machine.ttys == 100
        ended = call("devices", "--json", "--root", root)
        print(f"# one look at {machine.ttys} ttys: {ended.seconds * 1000:.0f} ms with the start")
        sticks = [json.loads(line) for line in ended.out.splitlines()]
        assert len(sticks) == 20, len(sticks)
        assert sum(len(s["ports"]) for s in sticks) == 60, ended
        assert {p["device"] for s in sticks for p in s["ports"]} == \
            {os.path.join(root, f"dev/ttyUSB{n}") for n in range(60)}


def swap(path, how):
    """Puts something else in the place of a file: a link to a twin, or to another."""
    other = path + ".other"
    if how == "twin":
        shutil.copy2(path, other)
    else:
        shutil.copy(fixture("firmware-v7r2-stick"), other)
    os.symlink(other, path + ".new")
    os.replace(path + ".new", path)


def read_until(terminal, word):
    seen = b""
    while word not in seen:
        ready, _, _ = select.select([terminal], [], [], PATIENCE)
        assert ready, seen
        seen += os.read(terminal, 4096)


def test_exchanged_at_the_question():
    """Checked, asked about, exchanged, confirmed: nothing is written."""
    for how in ("twin", "other"):
        with folder() as tmp, Simulator("--start", "download") as stick:
            path = os.path.join(tmp, "a.bin")
            shutil.copy(FIRMWARE, path)
            port = stick.port("download")
            ours, theirs = pty.openpty()
            child = subprocess.Popen([CLI, "flash", "--json", "--port", port, path],
                                     stdin=theirs, stdout=subprocess.PIPE, stderr=theirs)
            read_until(ours, b"[y/N]")
            swap(path, how)
            os.write(ours, b"y\n")
            told = finish_writing(child, expect=REFUSED)
            assert told["error"]["code"] == "bad-file" and told["bytes"] == 0, told
            assert "changed" in told["error"]["message"], told
            os.close(ours)
            os.close(theirs)
        assert not stick.has("partition-begun"), stick.events


def test_exchanged_on_the_way():
    """In the middle of a part: it is not completed, and the stick not restarted."""
    for through_a_link in (False, True):
        for how in ("twin", "other"):
            with folder() as tmp, writing_stick(tmp, ms=700) as stick:
                path = os.path.join(tmp, "a.bin")
                shutil.copy(FIRMWARE, os.path.join(tmp, "b.bin") if through_a_link else path)
                if through_a_link:
                    os.symlink("b.bin", path)
                child = start_writing(stick, path)
                stick.wait("fault")
                swap(path, how)
                told = finish_writing(child, expect=FAILED)
                assert told["error"]["code"] == "bad-file", told
                assert "changed" in told["error"]["message"], told
            assert stick.has("partition-begun") and not stick.has("restarted"), stick.events


tap.run(globals())
