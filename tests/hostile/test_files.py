# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are no good files: their names, their kinds, their sizes, and full disks."""
import json
import os
import resource
import shutil
import struct
import zipfile

from surroundings import (FAILED, PATIENCE, REFUSED, Simulator, call, content, everything_in,
                          file_limit, fixture, folder, is_sanitized, tap, write)

NAMES = (b"Br\xfccke \xef.bin", "Brücke Ж 棒.bin".encode(), b"new\nline\r\t\x1b[31m.bin", b"-dash.bin",
         b"--json", b"x" * 251 + b".bin", b" ;,'\"%s%n$(id).bin", b"\xff\xfe\xfd")
# The last is not installed here or anywhere: it falls back to C.
LOCALES = ("C", "C.UTF-8", "de", "de_DE.ISO-8859-1", "tlh")
PREFIX = 0x5C
HEADER = 98
LITTLE = 256 << 20
SANITIZED = is_sanitized()


def crc_x25(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc ^ 0xFFFF


def test_names():
    whole = content(fixture("tiny"))
    parts = json.loads(call("inspect", "--json", fixture("tiny")).out)["partitions"]
    for name in NAMES:
        with folder() as tmp:
            write(os.path.join(os.fsencode(tmp), name), whole)
            for locale in LOCALES:
                env = {"LC_ALL": locale, "LANG": locale}
                told = json.loads(call("inspect", "--json", "--", name, env=env, cwd=tmp).out)
                assert told["ok"] is True and told["partitions"] == parts, (name, locale)
                assert call("inspect", "--", name, env=env, cwd=tmp).out
                out = b"out-" + name[:40]
                told = json.loads(call("extract", "--json", "--", name, out, env=env, cwd=tmp).out)
                assert len(told["files"]) == len(parts)
                # The second time it is refused, and the answer is still JSON.
                told = json.loads(call("extract", "--json", "--", name, out, env=env, cwd=tmp,
                                       expect=FAILED).out)
                assert "exists" in told["error"]["message"], told
                call("extract", "--", name, out, env=env, cwd=tmp, expect=FAILED)
                shutil.rmtree(os.path.join(os.fsencode(tmp), out))


def test_names_written():
    """The same names, written to a stick."""
    whole = content(fixture("tiny"))
    for name in NAMES:
        with folder() as tmp, Simulator("--start", "download") as stick:
            write(os.path.join(os.fsencode(tmp), name), whole)
            told = json.loads(call("flash", "--yes", "--json", "--report", "report", "--port",
                                   stick.port("download"), "--", name, cwd=tmp,
                                   env={"LC_ALL": "C"}).out)
            assert told["result"] == "done", (name, told)
            report = content(os.path.join(tmp, "report")).decode()
            assert "\x1b" not in report, report


def test_names_refused():
    """A bad file with a bad name: the answer can be read, in words and as JSON."""
    for name in NAMES:
        with folder() as tmp:
            path = os.path.join(os.fsencode(tmp), name)
            for data in (b"", b"nonsense" * 100, content(fixture("tiny"))[:-1]):
                write(path, data)
                told = json.loads(call("flash", "--yes", "--json", "--port", "/dev/null", "--",
                                       name, cwd=tmp, expect=REFUSED, env={"LC_ALL": "C"}).out)
                assert told["error"]["code"] in ("bad-file", "wrong-file"), told
                call("flash", "--yes", "--port", "/dev/null", "--", name, cwd=tmp, expect=REFUSED)


def test_names_in_an_archive():
    """Names in the code page of some PC, and such as say that they are UTF-8 and are not."""
    for ours, theirs in (("BrXYZcke.bin", b"Br\x81\xef\xffcke.bin"),
                         ("BrÜXcke.bin", b"Br\x81\xef\xffcke.bin"), ("a\tX.bin", b"a\n\x1b.bin")):
        with folder() as tmp:
            path = os.path.join(tmp, "a.zip")
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr(ours, content(fixture("tiny")))
            write(path, content(path).replace(ours.encode(), theirs))
            for locale in LOCALES:
                told = json.loads(call("inspect", "--json", path, env={"LC_ALL": locale}).out)
                assert told["ok"] is True and told["name"], told
                entry = ("--entry", told["name"]) if locale == "C.UTF-8" else ()
                call("extract", *entry, path, os.path.join(tmp, locale), env={"LC_ALL": locale})


def test_no_file_at_all():
    """Refused at once: nothing is waited for, nothing is read without end."""
    with folder() as tmp:
        fifo = os.path.join(tmp, "fifo.bin")
        os.mkfifo(fifo)
        loop = os.path.join(tmp, "loop.bin")
        os.symlink("loop.bin", loop)
        zero = os.path.join(tmp, "zero.bin")
        os.symlink("/dev/zero", zero)
        sub = os.path.join(tmp, "folder.bin")
        os.mkdir(sub)
        gone = os.path.join(tmp, "gone.bin")
        os.symlink("nowhere", gone)
        for path in (fifo, loop, zero, sub, gone, "/dev/zero", "/dev/full", "/dev/ptmx",
                     "/dev/tty", "/dev/stdin", "/dev/fd/0", "/proc/self/mem", "/proc/self/maps",
                     "/proc/kmsg", "/proc", "/", "", "/dev/random"):
            told = json.loads(call("inspect", "--json", path, expect=FAILED).out)
            assert told["error"]["message"], path
            ended = call("flash", "--yes", "--port", "/dev/null", path, expect=(REFUSED, FAILED))
            assert ended.err, path
            call("load", "--yes", "--port", "/dev/null", path, expect=(REFUSED, FAILED))
            call("simulate", "--script", path, expect=(REFUSED, FAILED))


def claiming(declared, block):
    """The header of one more part, sound in itself, that says how big it is."""
    header = bytearray(content(fixture("tiny"))[PREFIX:PREFIX + HEADER])
    sums = (declared + block - 1) // block
    struct.pack_into("<I", header, 4, (HEADER + 2 * sums) & 0xFFFFFFFF)
    struct.pack_into("<II", header, 20, 0x00570000, declared)
    struct.pack_into("<HI", header, 92, 0, block)
    struct.pack_into("<H", header, 92, crc_x25(header))
    return bytes(header)


def refuse_gigabyte(tmp, what, data, size=1 << 30):
    """Writes @data and zeros up to @size; returns how the look at it ended."""
    path = os.path.join(tmp, "big.bin")
    write(path, data)
    os.truncate(path, size)
    ended = call("inspect", "--json", path, expect=FAILED, prepare=None if SANITIZED else little)
    print(f"# {what}: {ended.seconds:.2f} s, {ended.kilobytes // 1024} MB")
    call("flash", "--yes", "--port", "/dev/null", path, expect=(REFUSED, FAILED))
    return ended


def little():
    """Of memory that is not a mapped file."""
    resource.setrlimit(resource.RLIMIT_DATA, (LITTLE, LITTLE))


def test_gigabyte():
    tiny = content(fixture("tiny"))
    with folder() as tmp:
        # More than there is. The file's digest is told all the same, but of what
        # is mapped for it the kernel takes back what it likes.
        for what, declared in (("2 GB claimed", 2 << 30), ("4 GB claimed", 0xFFFFFFFF)):
            ended = refuse_gigabyte(tmp, what, tiny + claiming(declared, 0x10000))
            assert "cut short" in ended.out, ended
            assert SANITIZED or ended.kilobytes << 10 < (1 << 30) + LITTLE, ended.kilobytes
        ended = refuse_gigabyte(tmp, "4 GB in bytes", tiny + claiming(0xFFFFFFFF, 1))
        assert "contradicts itself" in ended.out or "cut short" in ended.out, ended
        # All of it is there, and none of its checksums is right.
        ended = refuse_gigabyte(tmp, "900 MB of zeros", tiny + claiming(900 << 20, 0x10000))
        assert "damaged" in ended.out, ended
        # Nothing that is known, which a search through all of it must tell.
        refuse_gigabyte(tmp, "an updater of zeros", b"MZ")
        ended = refuse_gigabyte(tmp, "too large", tiny, (2 << 30) + 1)
        assert "larger than any" in ended.out and ended.seconds < PATIENCE, ended


def test_full_disk_extract():
    source = fixture("firmware-v7r11-stick")
    for size in (0, 1, 5000, 20000, 400000):
        with folder() as tmp:
            out = os.path.join(tmp, "out")
            told = json.loads(call("extract", "--json", source, out, expect=FAILED,
                                   prepare=file_limit(size)).out)
            assert told["error"]["message"], told
            # Neither a part nor the folder that it was made for.
            assert everything_in(tmp) == [], (size, everything_in(tmp))
            os.mkdir(out)
            write(os.path.join(out, "mine"), b"mine")
            call("extract", source, out, expect=FAILED, prepare=file_limit(size))
            assert everything_in(tmp) == ["out", "out/mine"], everything_in(tmp)
            call("extract", source, out)


def test_full_disk_archive():
    with folder() as tmp:
        path = os.path.join(tmp, "a.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(fixture("firmware-v7r11-stick"), "a.bin")
        scratch = os.path.join(tmp, "scratch")
        os.mkdir(scratch)
        for size in (0, 10, 100000):
            told = json.loads(call("inspect", "--json", path, env={"TMPDIR": scratch},
                                   prepare=file_limit(size), expect=FAILED).out)
            assert "unpacked" in told["error"]["message"], told
            assert everything_in(scratch) == [], everything_in(scratch)
        call("inspect", path, env={"TMPDIR": scratch})
        told = json.loads(call("inspect", "--json", path, expect=FAILED,
                               env={"TMPDIR": os.path.join(tmp, "none")}).out)
        assert "none" in told["error"]["message"], told


def test_full_disk_practice():
    """Practice files come whole or not at all, and the next time all is well."""
    with folder() as tmp:
        env = {"XDG_CACHE_HOME": tmp}
        good = {}
        call("convert", "--practice", "--yes", env=env)
        for where, _, files in os.walk(tmp):
            good.update({name: content(os.path.join(where, name)) for name in files})
        shutil.rmtree(os.path.join(tmp, "sticksmith"))
        for size in (0, 1, 1000, 100000, 1000000):
            told = json.loads(call("convert", "--practice", "--yes", "--json", env=env,
                                   expect=(FAILED, REFUSED), prepare=file_limit(size)).out)
            assert "practice" in told["error"]["message"] and tmp in told["error"]["message"], told
            for where, _, files in os.walk(tmp):
                for name in files:
                    assert content(os.path.join(where, name)) == good.get(name), (size, name)
        told = json.loads(call("convert", "--practice", "--yes", "--json", env=env).out)
        assert told["result"] == "done"


def test_full_disk_report():
    """A report that cannot be saved is said, changes no older one, and harms no stick."""
    for older in (None, b"an older one"):
        with folder() as tmp, Simulator("--start", "download") as stick:
            report = os.path.join(tmp, "report")
            if older:
                write(report, older)
            ended = call("flash", "--yes", "--json", "--report", report, "--port",
                         stick.port("download"), fixture("tiny"), prepare=file_limit(1000))
            assert json.loads(ended.out)["result"] == "done"
            assert report in ended.err, ended
            assert everything_in(tmp) == (["report"] if older else []), everything_in(tmp)
            assert older is None or content(report) == older
            stick.wait("restarted")


def test_full_disk_convert_report():
    call("convert", "--practice", "--yes")
    with folder() as tmp:
        report = os.path.join(tmp, "report")
        ended = call("convert", "--practice", "--yes", "--json", "--report", report,
                     prepare=file_limit(1000))
        assert json.loads(ended.out)["result"] == "done"
        assert "report" in ended.err and everything_in(tmp) == [], ended


tap.run(globals())
