# SPDX-License-Identifier: GPL-3.0-or-later
"""reactivate, with a virtual stick in a process of its own."""
import tap
from program import FAILED, REFUSED, USAGE, Simulator, run, run_json

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


def test_no_sim():
    with Simulator("--start", "stick", "--no-sim") as stick:
        told = run_json("reactivate", "--yes", "--json", "--port", stick.port("stick"), *FASTER,
                        expect=FAILED)
        assert told["sim"] == "missing" and told["before"] is not None, told


def test_needs_a_yes():
    with Simulator("--start", "stick", "--no-network") as stick:
        run("reactivate", "--port", stick.port("stick"), expect=REFUSED)
    assert not [e for e in stick.events if e["event"] == "accepted"], stick.events


def test_usage():
    run("reactivate", "--restore", "AT^RESET", expect=USAGE)
    run("reactivate", "--restore", "^SYSCFG:2,2,3FFFFFFF,1,2", "--roaming", expect=USAGE)
    run("reactivate", "--port", "/dev/null", "--stick", "1-1", expect=USAGE)
    run("reactivate", "word", expect=USAGE)
    run("reactivate", "--yes", "--port", "/dev/null", expect=REFUSED)


tap.run(globals())
