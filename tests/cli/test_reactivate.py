# SPDX-License-Identifier: GPL-3.0-or-later
"""reactivate, with a virtual stick in a process of its own."""
import json
import os
import signal
import subprocess

import tap
from program import CLI, FAILED, REFUSED, USAGE, Simulator, folder, run, run_json

# Waiting is shortened; less so where answers must still come in time.
FAST = ("--time-scale", "0.2")
FASTER = ("--time-scale", "0.03")

OPEN = {
    "e3372h": 'AT^SYSCFGEX="00",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF,,',
    "e1550": "AT^SYSCFG=2,2,3FFFFFFF,0,2",
}


def test_open_and_restore():
    for model, settings in OPEN.items():
        with Simulator("--model", model, "--start", "stick", "--no-network") as stick:
            port = ("--port", stick.port("stick"))
            first = run_json("reactivate", "--yes", "--json", *port, *FAST)
            assert first["result"] == "done" and first["changed"], first
            assert first["now"] == settings and first["before"] != settings, first
            assert first["registration"] == "home" and first["operator_code"] == "26201", first
            again = run_json("reactivate", "--yes", "--json", *port, *FAST)
            assert not again["changed"] and again["before"] == settings, again
            # What it was told to find no network with is what it had before.
            back = run_json("reactivate", "--yes", "--json", "--restore", first["before"], *port,
                            *FASTER, expect=FAILED)
            assert back["now"] == first["before"] and back["changed"], back
            assert back["error"]["code"] == "timeout", back


def test_roaming():
    with Simulator("--start", "stick", "--no-network") as stick:
        told = run_json("reactivate", "--yes", "--json", "--roaming", "--port",
                        stick.port("stick"), *FAST)
        assert ",1,2," in told["now"], told


def test_words():
    with Simulator("--start", "stick", "--no-network") as stick:
        out, _ = run("reactivate", "--yes", "--port", stick.port("stick"), *FAST)
        assert "Before: Networks: 4G only" in out and "--restore '" in out, out
        assert out.count("Before:") == 1, out


def test_no_sim():
    with Simulator("--start", "stick", "--no-sim") as stick:
        told = run_json("reactivate", "--yes", "--json", "--port", stick.port("stick"), *FASTER,
                        expect=FAILED)
        assert told["sim"] == "missing" and told["before"] is not None, told


def test_needs_a_yes():
    with Simulator("--start", "stick", "--no-network") as stick:
        port = ("--port", stick.port("stick"))
        run("reactivate", *port, expect=REFUSED)
        run("reactivate", "--no-cd", *port, expect=REFUSED)
    assert not [e for e in stick.events if e["event"] == "accepted"], stick.events


def test_no_stick_before_the_question():
    """Nobody is asked about what is not there, nor told that it was not confirmed."""
    if run("devices")[0] != run("devices", "--root", "/nowhere")[0]:
        raise tap.Skip("there are sticks on this machine")
    for words in ((), ("--no-cd",), ("--show-cd", USUAL)):
        _, err = run("reactivate", *words, expect=REFUSED)
        assert "No stick with Stick firmware" in err and "confirmed" not in err, err
        _, err = run("reactivate", "--stick", "1-9", *words, expect=(FAILED, REFUSED))
        assert "There is no stick at 1-9" in err, err


USUAL = 'AT^SETPORT="A1,A2;12,10,16,A1,A2"'
HIDDEN = 'AT^SETPORT="FF;12,10,16,A1,A2"'


def test_cd_hidden_and_shown():
    with Simulator("--start", "stick", "--no-network") as stick:
        port = ("--port", stick.port("stick"))
        hidden = run_json("reactivate", "--yes", "--json", "--no-cd", *port, *FAST)
        assert hidden["result"] == "done" and hidden["changed"], hidden
        assert hidden["before"] == USUAL and hidden["now"] == HIDDEN, hidden
        again = run_json("reactivate", "--yes", "--json", "--no-cd", *port, *FAST)
        assert not again["changed"] and again["before"] == HIDDEN, again
        out, _ = run("at", *port, "AT^SETPORT?")
        assert "FF;12,10,16,A1,A2" in out, out
        shown = run_json("reactivate", "--yes", "--json", "--show-cd", hidden["before"], *port,
                         *FAST)
        assert shown["changed"] and shown["now"] == USUAL, shown
    told = [e["what"] for e in stick.events if e["event"] == "accepted"]
    # The network was left alone.
    assert not [what for what in told if "SYSCFG" in what or "RFSWITCH" in what], told
    assert [what for what in told if what.startswith("AT^SETPORT=")] == [HIDDEN, USUAL], told


def test_cd_in_words():
    with Simulator("--start", "stick") as stick:
        port = ("--port", stick.port("stick"))
        out, _ = run("reactivate", "--yes", *port, *FAST)
        assert "reactivate --no-cd" in out, out
        out, _ = run("reactivate", "--yes", "--no-cd", *port, *FAST)
        assert f"Before: {USUAL}" in out and f"--show-cd '{USUAL}'" in out, out
        assert "works at once" in out, out
        out, _ = run("reactivate", "--yes", "--no-cd", *port, *FAST)
        assert "Nothing was changed" in out, out
        out, _ = run("reactivate", "--yes", *port, *FAST)
        assert "--no-cd" not in out, out
        out, _ = run("reactivate", "--yes", "--show-cd", USUAL, *port, *FAST)
        assert "shows its CD drive again" in out, out


def test_cd_refused():
    with Simulator("--start", "stick", "--model", "e1550") as stick:
        port = ("--port", stick.port("stick"))
        told = run_json("reactivate", "--yes", "--json", "--no-cd", *port, *FAST, expect=REFUSED)
        assert told["error"]["code"] == "unsupported" and told["before"] is None, told
    with Simulator("--start", "stick") as stick:
        port = ("--port", stick.port("stick"))
        run("at", *port, 'AT^SETPORT="A1,A2;10,16"')
        told = run_json("reactivate", "--yes", "--json", "--no-cd", *port, *FAST, expect=REFUSED)
        assert told["error"]["code"] == "unsupported" and not told["changed"], told
        # The ports of another stick.
        run("at", *port, 'AT^SETPORT="FF;12,16"')
        told = run_json("reactivate", "--yes", "--json", "--show-cd", USUAL, *port, *FAST,
                        expect=REFUSED)
        assert told["now"] == 'AT^SETPORT="FF;12,16"' and not told["changed"], told


def test_cd_fails():
    for fault, expect in (("at 3 refuse", "refused"), ("at 3 gone", "disconnected")):
        with folder() as place:
            script = os.path.join(place, "script")
            with open(script, "w", encoding="utf-8") as file:
                file.write(fault + "\n")
            with Simulator("--start", "stick", "--script", script) as stick:
                told = run_json("reactivate", "--yes", "--json", "--no-cd", "--port",
                                stick.port("stick"), *FAST, expect=FAILED)
        assert told["error"]["code"] == expect and told["before"] == USUAL, told
        # Where it left in the middle it may have taken it.
        assert told["changed"] == (expect == "disconnected"), told


def test_stopped_while_set():
    """Whoever stops while the stick thinks about new settings learns how the old ones come back."""
    with folder() as place:
        script = os.path.join(place, "script")
        with open(script, "w", encoding="utf-8") as file:
            file.write("at 3 delay 100000\n")
        for words in ((), ("--json",)):
            with Simulator("--start", "stick", "--no-network", "--script", script) as stick:
                port = stick.port("stick")
                program = subprocess.Popen([CLI, "reactivate", "--yes", "--port", port, *words],
                                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
                stick.wait("accepted", what=OPEN["e3372h"])
                program.send_signal(signal.SIGINT)
                out = program.communicate(timeout=60)[0].decode()
            if words:
                told = json.loads(out)
                assert told["changed"] and told["before"] != OPEN["e3372h"], told
                assert told["error"]["code"] == "cancelled", told
            else:
                assert "Before: Networks: 4G only" in out and "--restore '" in out, out
                # Whether it has taken the new ones, nobody knows.
                assert "Now:" not in out, out


def test_killed_while_set():
    """What the old settings were is said before the stick is told new ones."""
    with folder() as place:
        script = os.path.join(place, "script")
        with open(script, "w", encoding="utf-8") as file:
            file.write("at 3 delay 100000\n")
        with Simulator("--start", "stick", "--no-network", "--script", script) as stick:
            port = stick.port("stick")
            program = subprocess.Popen([CLI, "reactivate", "--yes", "--port", port],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            stick.wait("accepted", what=OPEN["e3372h"])
            program.kill()
            out = program.communicate(timeout=60)[0].decode()
    assert "Before: Networks: 4G only" in out and "AT^SYSCFGEX=" in out, out


def test_cd_killed():
    """What brings the CD back is said before the stick is told to leave it out."""
    with folder() as place:
        script = os.path.join(place, "script")
        with open(script, "w", encoding="utf-8") as file:
            file.write("at 3 delay 100000\n")
        with Simulator("--start", "stick", "--script", script) as stick:
            port = stick.port("stick")
            program = subprocess.Popen([CLI, "reactivate", "--yes", "--no-cd", "--port", port],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            stick.wait("accepted", what=HIDDEN)
            program.kill()
            out = program.communicate(timeout=60)[0].decode()
    assert f"Before: {USUAL}" in out, out


def test_cd_stopped():
    """Once the stick was told, it is seen what it has, also for somebody who would rather stop."""
    with folder() as place:
        script = os.path.join(place, "script")
        with open(script, "w", encoding="utf-8") as file:
            file.write("at 3 delay 1000\n")
        with Simulator("--start", "stick", "--script", script) as stick:
            port = stick.port("stick")
            program = subprocess.Popen([CLI, "reactivate", "--yes", "--no-cd", "--port", port],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            stick.wait("accepted", what=HIDDEN)
            program.send_signal(signal.SIGINT)
            out = program.communicate(timeout=60)[0].decode()
    assert "works at once" in out and f"--show-cd '{USUAL}'" in out, out
    assert out.count("Before:") == 1, out


def test_usage():
    run("reactivate", "--no-cd", "--show-cd", USUAL, expect=USAGE)
    run("reactivate", "--no-cd", "--roaming", expect=USAGE)
    run("reactivate", "--show-cd", USUAL, "--restore", "^SYSCFG:2,2,3FFFFFFF,1,2", expect=USAGE)
    run("reactivate", "--show-cd", HIDDEN, expect=USAGE)
    run("reactivate", "--show-cd", "A1,A2;12", expect=USAGE)
    run("reactivate", "--show-cd", "AT^SETPORT=A1;12;+CFUN=0", expect=USAGE)
    run("reactivate", "--no-cd", "--yes", "--port", "/dev/null", expect=REFUSED)
    run("reactivate", "--restore", "AT^RESET", expect=USAGE)
    run("reactivate", "--restore", "^SYSCFG:2,2,3FFFFFFF,1,2", "--roaming", expect=USAGE)
    run("reactivate", "--port", "/dev/null", "--stick", "1-1", expect=USAGE)
    run("reactivate", "word", expect=USAGE)
    run("reactivate", "--yes", "--port", "/dev/null", expect=REFUSED)


tap.run(globals())
