# SPDX-License-Identifier: GPL-3.0-or-later
"""inspect and extract, as a person or a script calls them."""
import configparser
import hashlib
import os
import shutil
import subprocess
import zipfile

import tap
from program import DONE, FAILED, REFUSED, SAMPLES, USAGE, fixture, folder, inspect, run, run_json

DESCRIPTIONS = os.path.join(os.environ["G_TEST_SRCDIR"], "..", "data", "fixtures")


def describe(name):
    """A description as a list of sections, read apart from the program."""
    parser = configparser.ConfigParser(strict=True, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    with open(os.path.join(DESCRIPTIONS, name + ".fixture"), encoding="utf-8") as text:
        parser.read_file(text)
    return parser


def size_of(content):
    number = content.split(":")[1]
    scale = {"K": 1 << 10, "M": 1 << 20}.get(number[-1], 1)
    return int(number.rstrip("KM"), 0) * scale


def check_partitions(told, description):
    sections = [s for s in description.sections() if s.startswith("partition ")]
    assert len(told["partitions"]) == len(sections)
    for i, section in enumerate(sections):
        part = told["partitions"][i]
        wanted = description[section]
        signature = int(description["firmware"].get("signature-size", "0"), 0)
        grown = signature if i == int(description["firmware"].get("signature-partition", "0")) else 0
        assert part["index"] == i
        assert part["id"] == f"0x{int(wanted['id'], 0):08X}", part
        assert part["expanded"] == size_of(wanted["content"]) + grown, part
        assert part["compression"] == wanted.get("compression", "none").split("-")[0], part
        assert part["header_ok"] is True and part["data_ok"] is True, part


def check_firmware(name, kind):
    told = inspect(fixture(name))
    description = describe(name)
    wanted = description["firmware"]
    version = wanted["version"]
    with open(fixture(name), "rb") as data:
        content = data.read()
    assert told["kind"] == kind
    assert told["ok"] is True and told["problems"] == []
    assert told["size"] == len(content)
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert told["product"] == wanted["product"]
    assert told["version"] == version.rsplit(":", 1)[-1]
    assert told["platform"] == (version.split(":")[1] if version.startswith(":") else None)
    assert told["built"] == f"{wanted['date']} {wanted['time']}"
    assert told["download_id"] == int(wanted["download-id"], 0)
    signature = int(wanted.get("signature-size", "0"), 0)
    assert told["signed"] is (signature > 0)
    if signature:
        assert told["signature"]["size"] == signature
        assert len(told["signature"]["key_sha256"]) == 64
    else:
        assert told["signature"] is None
    check_partitions(told, description)
    return told


def test_firmware_v7r2():
    told = check_firmware("firmware-v7r2-stick", "firmware")
    assert told["content"] == ["firmware", "iso"]


def test_firmware_v7r11_hilink():
    told = check_firmware("firmware-v7r11-hilink", "firmware")
    assert told["content"] == ["firmware", "iso", "webui"]
    assert told["signature"]["type"] == 7


def test_firmware_v7r11_stick():
    check_firmware("firmware-v7r11-stick", "firmware")


def test_webui():
    told = check_firmware("webui-v7r11", "firmware")
    assert "firmware" not in told["content"]


def test_qualcomm():
    check_firmware("qualcomm-e392", "firmware")


def test_updater():
    check_firmware("updater-e1550", "updater")


def test_folder():
    told = inspect(fixture("folder-v7r11"))
    assert told["kind"] == "folder" and told["ok"] is True
    assert told["sha256"] is None and told["download_id"] is None
    names = sorted(os.listdir(fixture("folder-v7r11")))
    assert [p["id"] for p in told["partitions"]] == ["0x" + n[3:11] for n in names]
    for part, name in zip(told["partitions"], names):
        assert part["expanded"] == os.path.getsize(os.path.join(fixture("folder-v7r11"), name))


def check_loader(routine, safe):
    name = f"loader-{routine}-{'safe' if safe else 'unsafe'}"
    told = inspect(fixture(name))
    wanted = describe(name)
    assert told["kind"] == "loader"
    assert told["erase_guard"]["routine"] == routine
    assert told["erase_guard"]["state"] == ("safe" if safe else "made-safe")
    assert told["product"] == wanted["table"]["product"]
    assert told["table_version"] == wanted["table"]["version"]
    entries = [v.split(",") for k, v in wanted["table"].items() if k.startswith("entry ")]
    assert [(e["name"], e["start"], e["length"]) for e in told["table"]] == \
        [(e[0], int(e[1], 0), int(e[3], 0)) for e in entries]
    assert [c["mode"] for c in told["components"]] == [1, 2]


def test_loaders():
    for routine in ("v7r1", "v7r2", "v7r11", "v7r22", "v7r22_2", "v7r22_3"):
        for safe in (True, False):
            check_loader(routine, safe)


def test_loader_without_routine():
    told = inspect(fixture("loader-none"), expect=FAILED)
    assert told["erase_guard"] == {"routine": None, "state": "unsafe", "known_file": None}


def real_loader(name):
    path = os.path.join(SAMPLES, name)
    if not os.path.exists(path):
        raise tap.Skip("the real loader is not here")
    return inspect(path)


def test_real_327x():
    told = real_loader("usblsafe-327x.bin")
    assert told["product"] == "H6920CS_STICK"
    assert told["erase_guard"]["routine"] == "v7r1"
    # The call stands in the file as it is; it is replaced before it is sent.
    assert told["erase_guard"]["state"] == "made-safe"
    assert told["erase_guard"]["known_file"] == "usblsafe-327x.bin"
    table = {e["name"]: (e["start"], e["length"]) for e in told["table"]}
    assert table["VxWorks"] == (0x6A0000, 0x2000000)
    assert table["cdromiso"] == (0x5200000, 0xAE00000)
    assert len(told["table"]) == 17


def test_real_e303():
    told = real_loader("usblsafe-e303.bin")
    assert told["product"] == "V3R3_MBB_STICK"
    assert told["erase_guard"]["routine"] is None
    assert told["erase_guard"]["state"] == "known-safe"
    assert len(told["table"]) == 11


def test_text_output():
    out, _ = run("inspect", fixture("tiny"))
    assert "22.1.1.1.1" in out and "good" in out and "DAMAGED" not in out


def test_columns():
    out, _ = run("inspect", fixture("firmware-v7r11-stick"))
    lines = out.splitlines()
    head = next(i for i, line in enumerate(lines) if line.lstrip().startswith("#"))
    ends = {line.index(" good") for line in lines[head + 1:]}
    assert ends == {lines[head].index(" checked")}, out
    out, _ = run("inspect", fixture("loader-v7r11-unsafe"))
    titles = ("product", "erase guard", "routine", "part 1")
    facts = [line for line in out.splitlines() if line.lstrip().startswith(titles)]
    assert len(facts) == 4, out
    starts = {len(line) - len(line[2:].split("  ", 1)[1].lstrip()) for line in facts}
    assert len(starts) == 1, out


def test_bad_paths():
    with folder() as tmp:
        empty = os.path.join(tmp, "empty")
        fifo = os.path.join(tmp, "fifo")
        page = os.path.join(tmp, "firmware.bin")
        sparse = os.path.join(tmp, "sparse.bin")
        gap = os.path.join(tmp, "gap")
        open(empty, "w").close()
        os.mkfifo(fifo)
        with open(page, "w", encoding="utf-8") as text:
            text.write("<!DOCTYPE html><html><body>Not found</body></html>" * 20)
        with open(sparse, "wb") as data:
            data.truncate(5 << 30)
        shutil.copytree(fixture("folder-v7r11"), gap)
        os.remove(os.path.join(gap, sorted(os.listdir(gap))[1]))
        for path, word in ((empty, "empty"), (fifo, "not a file"), (page, "web page"),
                           (sparse, "larger"), (tmp, "image"), (gap, "gap"),
                           (os.path.join(tmp, "none"), "No such"), ("/dev/null", "not a file"),
                           ("/dev/zero", "not a file")):
            for args in (["inspect", path], ["extract", path, os.path.join(tmp, "out")]):
                _, err = run(*args, expect=(FAILED, REFUSED), timeout=60)
                assert word in err, (path, err)
            told = run_json("inspect", "--json", path, expect=(FAILED, REFUSED))
            assert told["error"]["message"]
        assert not os.path.exists(os.path.join(tmp, "out"))


def test_no_permission():
    if os.geteuid() == 0:
        raise tap.Skip("root may read everything")
    with folder() as tmp:
        path = os.path.join(tmp, "secret.bin")
        shutil.copy(fixture("tiny"), path)
        os.chmod(path, 0)
        assert inspect(path, expect=FAILED)["error"]["code"] == "permission"


def test_truncated():
    with open(fixture("tiny"), "rb") as data:
        whole = data.read()
    with folder() as tmp:
        path = os.path.join(tmp, "cut.bin")
        for length in range(1, len(whole), 97):
            with open(path, "wb") as data:
                data.write(whole[:length])
            run("inspect", path, expect=(FAILED, REFUSED))


def test_extract_and_back():
    with folder() as tmp:
        out = os.path.join(tmp, "parts")
        run("extract", fixture("firmware-v7r11-stick"), out)
        told = inspect(fixture("firmware-v7r11-stick"))
        again = inspect(out)
        assert again["kind"] == "folder" and again["ok"] is True
        assert [(p["id"], p["expanded"]) for p in again["partitions"]] == \
            [(p["id"], p["expanded"]) for p in told["partitions"]]
        # Nothing is overwritten, not even by itself.
        run("extract", fixture("firmware-v7r11-stick"), out, expect=FAILED)
        run("extract", out, out, expect=FAILED)


def test_extract_fails_whole():
    # Some images without the others would pass for a complete folder.
    with folder() as tmp:
        out = os.path.join(tmp, "parts")
        os.mkdir(out)
        last = sorted(os.listdir(fixture("folder-v7r11")))[-1]
        with open(os.path.join(out, last), "w", encoding="utf-8"):
            pass
        run("extract", fixture("folder-v7r11"), out, expect=FAILED)
        assert os.listdir(out) == [last]


def test_extract_damaged():
    with open(fixture("tiny"), "rb") as data:
        whole = bytearray(data.read())
    whole[-1] ^= 1
    with folder() as tmp:
        path = os.path.join(tmp, "bad.bin")
        with open(path, "wb") as data:
            data.write(whole)
        _, err = run("extract", path, os.path.join(tmp, "out"), expect=FAILED)
        assert "damaged" in err
        assert not os.path.exists(os.path.join(tmp, "out"))


def make_zip(path, *names):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("read me.txt", "hello")
        for name in names:
            archive.write(fixture(name), "folder/" + name + ".bin")


def test_archives():
    with folder() as tmp:
        one = os.path.join(tmp, "one.zip")
        make_zip(one, "tiny")
        told = inspect(one)
        assert told["name"] == "folder/tiny.bin" and told["ok"] is True
        run("extract", one, os.path.join(tmp, "out"))
        tar = os.path.join(tmp, "one.tar.gz")
        subprocess.run(["tar", "-C", os.path.dirname(fixture("tiny")), "-czf", tar, "made-tiny"],
                       check=True)
        assert inspect(tar)["ok"] is True


def test_archive_with_several():
    with folder() as tmp:
        both = os.path.join(tmp, "both.zip")
        make_zip(both, "tiny", "webui-v7r11", "loader-v7r11-unsafe")
        told = inspect(both)
        assert told["kind"] == "archive"
        assert [e["kind"] for e in told["entries"]] == ["firmware", "firmware", "loader"]
        out = os.path.join(tmp, "out")
        _, err = run("extract", both, out, expect=FAILED)
        assert "tiny.bin" in err and "webui-v7r11.bin" in err
        run("extract", "--entry", "folder/tiny.bin", both, out)
        assert len(os.listdir(out)) == len(inspect(fixture("tiny"))["partitions"])
        none = run_json("inspect", "--json", "--entry", "other", both, expect=FAILED)
        assert none["error"]["code"] == "wrong-file"


def test_usage():
    run(expect=USAGE)
    run("nonsense", expect=USAGE)
    run("inspect", expect=USAGE)
    run("inspect", "a", "b", expect=USAGE)
    run("inspect", "--nonsense", "a", expect=USAGE)
    run("--help", expect=DONE)
    run("--version", expect=DONE)
    for command in ("inspect", "extract", "load", "flash", "at", "convert", "simulate"):
        out, _ = run(command, "--help")
        assert command in out


tap.run(globals())
