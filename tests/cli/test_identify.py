# SPDX-License-Identifier: GPL-3.0-or-later
"""identify, in a process of its own, with a virtual stick in another."""
import http.server
import os
import threading

import tap
from program import DONE, FAILED, USAGE, Simulator, folder, run, run_json

FAST = ("--time-scale", "0.2")

INFORMATION = b"""<?xml version="1.0" encoding="UTF-8"?>
<response>
<DeviceName>E3372</DeviceName>
<SerialNumber>ABC0123456789</SerialNumber>
<Imei>350000000000014</Imei>
<HardwareVersion>CL2E3372HM</HardwareVersion>
<SoftwareVersion>22.180.05.00.00</SoftwareVersion>
<WebUIVersion>17.100.06.00.03</WebUIVersion>
<ProductFamily>LTE</ProductFamily>
</response>
"""


class WebServer(http.server.BaseHTTPRequestHandler):
    """As the oldest builds are: no tokens, no session."""

    def do_GET(self):
        known = self.path == "/api/device/information"
        body = INFORMATION if known else b"<error><code>100002</code></error>"
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def identify(*args, **kwargs):
    told = run_json("identify", "--json", *args, **kwargs)
    return told, told["sticks"][0].get("identity"), told["sticks"][0].get("error")


def test_stick():
    with Simulator("--start", "stick") as stick:
        port = stick.port("stick")
        told, identity, _ = identify("--port", port)
        assert told["result"] == "done" and told["sticks"][0]["port"] == port
        assert identity["sources"] == ["at"] and identity["hardware"].startswith("CL2E3372HM")
        assert identity["model"] == "e3372h" and identity["firmware"].startswith("2")
        assert identity["imei"].count("*") == 10 and identity["sim"] == "ready"
        out, _ = run("identify", "--port", port)
        assert "CL2E3372HM" in out and port in out
        for text in (out, str(told)):
            assert "350000000000014" not in text
    assert not stick.has("refused") and not stick.has("restarted")


def test_download_mode():
    with Simulator("--start", "download") as stick:
        port = stick.port("download")
        _, identity, _ = identify("--port", port)
        assert identity["sources"] == ["download"]
        # It stays where it was: the next one finds it the same.
        _, again, _ = identify("--port", port)
        assert identity["sources"] == again["sources"]
        assert identity["loader_version"] is None and again["loader_version"] is None
    assert not stick.has("refused") and not stick.has("restarted")


def test_boot_mode_is_no_stick_that_answers():
    with Simulator() as stick:
        _, _, error = identify(*FAST, "--port", stick.port("boot-rom"), expect=FAILED)
        assert error["code"] == "wrong-device"


def test_web():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), WebServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told, identity, _ = identify("--web-address", f"127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    assert identity["sources"] == ["web"] and identity["model"] == "e3372h"
    assert identity["firmware"] == "22.180.05.00.00" and identity["webui"] == "17.100.06.00.03"
    assert identity["imei"] == "350**********14"
    assert "ABC0123456789" not in str(told)
    # Nobody is there any more.
    _, _, error = identify("--web-address", f"127.0.0.1:{server.server_port}", expect=FAILED)
    assert error["code"] in ("disconnected", "timeout")


def test_wrong_ports():
    with folder() as tmp:
        path = os.path.join(tmp, "file")
        with open(path, "w", encoding="utf-8"):
            pass
        _, _, error = identify("--port", path, expect=FAILED)
        assert error["code"] == "wrong-device"
        _, _, error = identify("--port", os.path.join(tmp, "none"), expect=FAILED)
        assert error["code"] == "disconnected"
        assert os.path.getsize(path) == 0
    run("identify", "--port", "x", "--web-address", "y", expect=USAGE)
    run("identify", "stray", expect=USAGE)
    out, _ = run("identify", "--help", expect=DONE)
    assert "--port" in out


tap.run(globals())
