# SPDX-License-Identifier: GPL-3.0-or-later
"""What is checked, one function each; the order is that in which they run."""
import time
import traceback

import system
from faces import SERIAL, STATES
from plug import Plugged, VirtualStick
from program import DONE, FAILED, REFUSED, Watch, list_sticks, run, start

LOADER = "/mnt/made-loader-v7r11-unsafe"
STICK = "/mnt/made-firmware-v7r11-stick"
HILINK = "/mnt/made-firmware-v7r11-hilink"


def at(sticks, usb_path):
    return next((s for s in sticks if s["usb_path"] == usb_path), None)


def roles(stick):
    return {port["interface"]: port["role"] for port in stick["ports"]}


def expected_roles(state):
    return {number: part.role for number, part in enumerate(state.interfaces)
            if part.kind == SERIAL}


def shows(usb_path, state):
    """Whether a picture shows at that place the whole stick in that state."""
    def fits(sticks):
        stick = at(sticks, usb_path)
        return (stick is not None and stick["usb_id"] == f"12d1:{state.product:04x}"
                and stick["mode"] == state.mode and roles(stick) == expected_roles(state)
                and (state.mode != "cd" or stick.get("cd_drive") == "/dev/sr0")
                and (state.mode != "hilink" or stick.get("network") is not None
                     and stick.get("network") == system.network_of(usb_path)))
    return fits


def may_be_used(usb_path, state):
    """The same, once the person may open its ports: that comes a little later."""
    whole = shows(usb_path, state)
    return lambda sticks: whole(sticks) and not any(
        port["denied"] for port in at(sticks, usb_path)["ports"])


def gone(usb_path):
    return lambda sticks: at(sticks, usb_path) is None


def until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.005)
    return time.monotonic()


def check_devices(stick, usb_path):
    """What a picture says of the ports is what the kernel says."""
    told = {port["interface"]: port["device"] for port in stick["ports"]}
    assert told == system.ports_of(usb_path), f"{told}, but {system.ports_of(usb_path)}"


def every_state_is_seen():
    """Each state is recognised, with the role of each port; figures in seconds after plugging
    in."""
    figures = []
    with Watch() as watch:
        for name, state in STATES.items():
            with Plugged(state) as device:
                wanted = set(expected_roles(state))
                there = until(lambda: set(system.ports_of(device.usb_path)) == wanted)
                seen = watch.wait(shows(device.usb_path, state))
                check_devices(at(watch.latest(), device.usb_path), device.usb_path)
                alone = list_sticks()
                assert shows(device.usb_path, state)(alone), f"without --watch: {alone}"
            pulled = time.monotonic()
            away = watch.wait(gone(device.usb_path))
            ttys = f"ttys {there - device.when:.2f}, " if wanted else ""
            figures.append(f"{name}: {ttys}picture {seen - device.when:.2f}, "
                           f"gone {max(away - pulled, 0):.2f}")
    return figures


def the_rule_opens_ports():
    """Without the udev rule the ports are denied; with it, and the stick plugged in again, the
    person may use them, and ModemManager is told to leave boot and download modes alone."""
    boot, stick = STATES["boot ROM"], STATES["Stick"]
    with Watch() as watch:
        with Plugged(boot) as device:
            watch.wait(shows(device.usb_path, boot))
            assert all(port["denied"] for port in at(watch.latest(), device.usb_path)["ports"])
        watch.wait(gone(device.usb_path))
        system.install_rule()
        figures = []
        for state, ignored in ((boot, "1"), (STATES["download mode"], "1"), (stick, None)):
            with Plugged(state) as device:
                allowed = watch.wait(may_be_used(device.usb_path, state))
                told = system.properties(f"/sys/bus/usb/devices/{device.usb_path}")
                assert told.get("ID_MM_DEVICE_IGNORE") == ignored, (state.product, told)
                figures.append(f"{state.mode}: may be opened after {allowed - device.when:.2f}")
            watch.wait(gone(device.usb_path))
    return figures


def quick_changes_leave_the_last_state():
    """One state after the other without a pause: no picture mixes two, the last one is right."""
    names = ["boot ROM", "download mode", "Stick", "CD of a HiLink", "HiLink",
             "download mode, from HiLink", "E1550", "boot ROM", "Stick"]
    with Watch() as watch:
        begin = time.monotonic()
        for i, name in enumerate(names[:-1]):
            with Plugged(STATES[name]) as device:
                until(lambda: system.product_of(device.usb_path) == STATES[name].product)
                time.sleep(0.05 * i)
        last = STATES[names[-1]]
        with Plugged(last) as device:
            seen = watch.wait(shows(device.usb_path, last))
            time.sleep(1.5)
            assert shows(device.usb_path, last)(watch.latest()), watch.latest()
            check_devices(at(watch.latest(), device.usb_path), device.usb_path)
            pictures = watch.since(begin)
        watch.wait(gone(device.usb_path))
    known = {(f"12d1:{s.product:04x}", s.mode): expected_roles(s) for s in STATES.values()}
    for stick in (stick for sticks in pictures for stick in sticks):
        if stick["mode"] == "unknown":  # half there: its endpoints do not tell yet
            assert set(roles(stick).values()) <= {"unknown"}, f"mixed up: {stick}"
            continue
        whole = known.get((stick["usb_id"], stick["mode"]))
        assert whole is not None and roles(stick).items() <= whole.items(), f"mixed up: {stick}"
    return [f"{len(pictures)} pictures of {len(names)} states; the last one "
            f"{seen - device.when:.2f} after plugging in"]


def an_ejected_cd_becomes_the_stick():
    """The virtual CD is a drive of the system's; ejected, it makes room for the modem."""
    with Watch() as watch, VirtualStick("--start", "cd", "--stay-cd", "--version",
                                        "21.180.05.00.00") as stick:
        watch.wait(shows(stick.usb_path, STATES["CD of a Stick"]))
        system.eject(at(watch.latest(), stick.usb_path)["cd_drive"])
        watch.wait(shows(stick.usb_path, STATES["Stick"]))


def two_sticks_stay_apart():
    """Two at once: each with its own ports; none is chosen by itself; one stays when the other
    goes."""
    first, second = STATES["boot ROM"], STATES["Stick"]
    with Watch() as watch, Plugged(first, place=0) as one:
        with Plugged(second, place=1) as two:
            watch.wait(lambda sticks: shows(one.usb_path, first)(sticks)
                       and shows(two.usb_path, second)(sticks))
            for device in (one, two):
                check_devices(at(watch.latest(), device.usb_path), device.usb_path)
            told = run("convert", "--yes", "--json", "--loader", LOADER, STICK, expect=REFUSED)
            assert told["error"]["code"] == "wrong-device", told
        watch.wait(lambda sticks: gone(two.usb_path)(sticks) and shows(one.usb_path, first)(sticks))
        check_devices(at(watch.latest(), one.usb_path), one.usb_path)


def a_missing_driver_is_named():
    """Without the kernel's module for the ports the picture says so, until it comes."""
    state = STATES["boot ROM"]
    with Watch() as watch, system.without_driver("option"):
        with Plugged(state) as device:
            named = watch.wait(lambda sticks: not gone(device.usb_path)(sticks)
                               and at(sticks, device.usb_path).get("missing_driver") == "option")
            asked = time.monotonic()
            system.load_driver("option")
            seen = watch.wait(lambda sticks: shows(device.usb_path, state)(sticks)
                              and at(sticks, device.usb_path).get("missing_driver") is None)
        watch.wait(gone(device.usb_path))
    return [f"named after {named - device.when:.2f}; ports shown {seen - asked:.2f} after the "
            "module was asked for"]


def port_for(watch, usb_path, role):
    return next(port["device"] for port in at(watch.latest(), usb_path)["ports"]
                if port["role"] == role)


def load_and_flash_by_hand():
    """A loader to the boot ROM, firmware to download mode, and the version read from the stick,
    each on the port that the picture names."""
    figures = []
    with Watch() as watch, VirtualStick("--start", "boot-rom") as stick:
        watch.wait(may_be_used(stick.usb_path, STATES["boot ROM"]))
        told = run("load", "--yes", "--json", "--port", port_for(watch, stick.usb_path, "boot"),
                   LOADER)
        assert told["erase_guard"] == "made-safe", told
        figures.append(f"loader: {told['bytes'] / 1e6 / told['seconds']:.1f} MB/s")
        watch.wait(may_be_used(stick.usb_path, STATES["download mode"]))
        begin = time.monotonic()
        told = run("flash", "--yes", "--json", "--port",
                   port_for(watch, stick.usb_path, "download"), STICK)
        written = sum(part["bytes"] for part in told["partitions"])
        figures.append(f"firmware: {written / 1e6 / (time.monotonic() - begin):.1f} MB/s, with all "
                       "that is checked before")
        watch.wait(may_be_used(stick.usb_path, STATES["Stick"]))
        told = run("at", "--json", "--port", port_for(watch, stick.usb_path, "at"), "AT^VERSION?")
        version = run("inspect", "--json", STICK)["version"]
        assert any(version in line for line in told["answers"][0]["lines"]), told
        assert stick.count("refused") == 0 and stick.count("nand-erased") == 0
        watch_modes = [mode for mode, _ in stick.appearances]
    figures.append("states: " + ", ".join(watch_modes))
    return figures


def pulled_out_while_it_is_written():
    """The stick goes in the middle of a partition: told at once, as a failure."""
    with Watch() as watch, VirtualStick("--start", "download") as stick:
        watch.wait(may_be_used(stick.usb_path, STATES["download mode"]))
        port = port_for(watch, stick.usb_path, "download")
        child = start("flash", "--yes", "--port", port, STICK)
        stick.wait("partition-begun")
        stick.plugged.device.pull()
        pulled = time.monotonic()
        _, error = child.communicate(timeout=30)
        took = time.monotonic() - pulled
        assert child.returncode == FAILED, (child.returncode, error)
        watch.wait(gone(stick.usb_path))
    return [f"failed after {took:.2f}: {error.decode().splitlines()[0]}"]


def pulled_out_and_gone_on_with():
    """The whole job, interrupted by a pull; the same files once more with --go-on."""
    state = STATES["download mode"]
    with VirtualStick("--start", "download") as stick:
        with Watch() as watch:
            watch.wait(may_be_used(stick.usb_path, state))
            child = start("convert", "--yes", STICK)
            stick.wait("partition-begun")
            stick.tell("unplug")
            pulled = time.monotonic()
            _, error = child.communicate(timeout=120)
            took = time.monotonic() - pulled
            assert child.returncode == FAILED, (child.returncode, error)
            assert b"convert --go-on" in error, error
            watch.wait(gone(stick.usb_path))
            stick.tell("replug download")
            watch.wait(may_be_used(stick.usb_path, state))
        told = run("convert", "--yes", "--json", "--go-on", seconds=200)
        assert told["version"] == run("inspect", "--json", STICK)["version"], told
    return [f"failed after {took:.2f}: {error.decode().splitlines()[-2]}"]


def convert(stick, state, *args):
    """The whole job, once the stick is seen as what it is. Returns: what it told."""
    with Watch() as watch:
        watch.wait(shows(stick.usb_path, state))
    told = run("convert", "--yes", "--json", *args, seconds=200)
    assert told["result"] == "done", told
    assert stick.count("refused") == 0 and stick.count("nand-erased") == 0
    return told


def convert_from_the_boot_rom():
    """The whole job on a stick whose contact was held: loader, firmware, its return."""
    with VirtualStick("--start", "boot-rom") as stick:
        begin = time.monotonic()
        told = convert(stick, STATES["boot ROM"], "--loader", LOADER, STICK)
        took = time.monotonic() - begin
        assert told["version"] == run("inspect", "--json", STICK)["version"], told
        assert [mode for mode, _ in stick.appearances][-1] == "stick"
        return [f"{took:.1f}, over " + ", ".join(mode for mode, _ in stick.appearances)]


def convert_from_hilink():
    """The whole job on a HiLink stick, which is asked through its web page to take firmware."""
    with VirtualStick("--start", "hilink") as stick:
        begin = time.monotonic()
        told = convert(stick, STATES["HiLink"], STICK)
        took = time.monotonic() - begin
        assert told["version"] == run("inspect", "--json", STICK)["version"], told
        return [f"{took:.1f}, over " + ", ".join(mode for mode, _ in stick.appearances)]


def ask_for_versions():
    """What each stick says of itself, of those that say something: {place: version}."""
    told = run("identify", "--json", expect=(DONE, FAILED))
    return {stick["usb_path"]: stick["identity"]["firmware"] for stick in told["sticks"]
            if stick.get("identity")}


def two_hilink_sticks_are_told_apart():
    """Two at once, at the same web address and with the same hardware address, and each gives the
    computer the same address: each is asked itself, and the one that is chosen is converted."""
    versions = ("22.111.00.00.00", "22.222.00.00.00")
    answers = 0
    with VirtualStick("--start", "hilink", "--version", versions[0]) as one:
        with Watch() as watch:
            watch.wait(shows(one.usb_path, STATES["HiLink"]))
        until(lambda: ask_for_versions() == {one.usb_path: versions[0]})
        with VirtualStick("--start", "hilink", "--version", versions[1], place=1) as two:
            wanted = {one.usb_path: versions[0], two.usb_path: versions[1]}
            told = {}
            while told != wanted:  # the second one's network takes its time
                told = ask_for_versions()
                assert told.items() <= wanted.items(), told
                answers += 1
                assert answers < 100, "the second one never answers"
            told = convert(two, STATES["HiLink"], "--stick", two.usb_path, STICK)
            assert told["version"] == run("inspect", "--json", STICK)["version"], told
            assert [mode for mode, _ in one.appearances] == ["hilink"], one.appearances
            assert ask_for_versions()[one.usb_path] == versions[0]
    return [f"asked {answers} times until both answered"]


def convert_back_to_hilink():
    """The other direction: asked at its AT port, and its web page answers at the end."""
    with VirtualStick("--start", "stick") as stick:
        begin = time.monotonic()
        told = convert(stick, STATES["Stick"], HILINK)
        took = time.monotonic() - begin
        assert told["version"] == run("inspect", "--json", HILINK)["version"], told
        return [f"{took:.1f}, over " + ", ".join(mode for mode, _ in stick.appearances)]


def run_all(report):
    passed = failed = 0
    for check in CHECKS:
        start = time.monotonic()
        try:
            figures = check() or []
            verdict = "ok"
            passed += 1
        except Exception:
            figures = traceback.format_exc(limit=-3).splitlines()
            verdict = "FAILED"
            failed += 1
        print(f"{verdict}: {check.__name__.replace('_', ' ')} "
              f"({time.monotonic() - start:.1f} s)", file=report)
        for line in figures:
            print(f"    {line}", file=report, flush=True)
    print(f"{passed} passed, {failed} failed", file=report, flush=True)


CHECKS = [
    every_state_is_seen,
    the_rule_opens_ports,  # and leaves it there for those below
    quick_changes_leave_the_last_state,
    an_ejected_cd_becomes_the_stick,
    two_sticks_stay_apart,
    a_missing_driver_is_named,
    load_and_flash_by_hand,
    pulled_out_while_it_is_written,
    pulled_out_and_gone_on_with,
    convert_from_the_boot_rom,
    convert_from_hilink,
    two_hilink_sticks_are_told_apart,
    convert_back_to_hilink,
]
