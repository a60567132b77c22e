#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make-seeds.py MAKE_FIXTURE [CORPUS]: writes the first files of each target's corpus.

MAKE_FIXTURE is tests/make-fixture of a build. What fuzzing found since is left alone.
"""
import bz2
import ctypes
import ctypes.util
import gzip
import io
import lzma
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent

FIRMWARE = """[firmware]
download-id=0x07
product=BV7R11HS
version=:BV7R11HS:T:22.1
block-size=64
"""

SMALL_PARTS = """
[partition 0]
id=0x00090000
content=mixed:150:1
compression=zlib

[partition 1]
id=0x000B0000
content=pattern:70:iso.

[partition 2]
id=0x00560000
content=zeros:2000
compression=lzma
lzma-dictionary=4K
"""

DESCRIPTIONS = {
    'small': '[file]\nshape=bin\n' + FIRMWARE + SMALL_PARTS,
    'signed': '[file]\nshape=bin\n' + FIRMWARE.replace('0x07', '0x09') + """signature-size=60
[partition 0]
id=0x00010000
content=zeros:9
""",
    'signed-inside': '[file]\nshape=bin\n' + FIRMWARE.replace('0x07', '0x09') + """signature-size=80
signature-partition=1
[partition 0]
id=0x00010000
content=zeros:9
[partition 1]
id=0x00220000
content=zeros:9
compression=zlib-1
""",
    'updater': '[file]\nshape=updater\n' + FIRMWARE + """[updater]
stub-size=400
chain-offset-misalign=1
tail-size=20
""" + SMALL_PARTS,
    'qualcomm': '[file]\nshape=bin\n' + FIRMWARE.replace('0x07', '0x31') + """
[partition 0]
id=0x00010000
content=pattern:0x1D0:q
[partition 1]
id=0x00020000
content=zeros:30
""",
    'broken': '[file]\nshape=bin\n' + FIRMWARE + """
[partition 0]
id=0x00090000
content=mixed:90:1
compression=zlib
cut-stored=3
[partition 1]
id=0x00090000
content=zeros:9
break-block=0
[partition 2]
id=0x00560000
content=zeros:9
declared-size=0xFFFFFFFF
""",
    'loader-v7r1': """[file]
shape=loader
[loader]
routine=v7r1
routine-offset=8,0x40
raminit=64
flasher=2800
bad-blocks=true
bad-blocks-offset=0x80
android-offset=0xB0
table-offset=0x100
[table]
product=P
version=V
entry 0=boot,0,1,0x20000,3,4,5,6,7
end-name=T
""",
    'loader-v7r22': """[file]
shape=loader
[loader]
routine=v7r22
components=2
raminit=8
flasher=200
routine-offset=0x40
""",
    'loader-v7r11': """[file]
shape=loader
[loader]
routine=v7r11
safe=true
raminit=8
flasher=200
routine-offset=0x40
""",
    'folder': """[file]
shape=folder
[firmware]
signature-size=60
[partition 0]
id=0x00010000
content=zeros:10
[partition 1]
id=0x12345678
content=marker:200:1:22.1
""",
}

FIXTURES = [name for name in DESCRIPTIONS if name != 'folder']

FAULT_SCRIPTS = {
    'all': """# everything
boot 1 lost
boot 2 refuse 0x7 times 3
text 1 garbage always
binary 3 bad-checksum
binary 4 single-bytes times always
at 5 delay 1500
at 6 half
text 7 unsolicited\tat 8
binary 9 gone
binary 10 replug
after load wrong-mode
after flash old-version
""",
    'after': 'after load never\nafter flash never\n',
    'windows': 'boot 1 lost\r\n\r\n# \xc3\xa4\r\nboot 1000000000 refuse 65535 times 1000000000',
    'wrong': 'booty 1 lost',
}

AT = {
    'ok': b'AT\nAT\r\r\nOK\r\n',
    'version': b'AT^VERSION?\nAT^VERSION?\r\r\n^VERSION:BDT:Jun 21 2017, 08:30:00\r\n'
               b'^VERSION:EXTS:22.333.01.00.00\r\n^VERSION:INTS:\r\n^VERSION:EXTH:CL2E3372HM Ver.A\r\n'
               b'\r\nOK\r\n',
    'cme': b'AT+CPIN?\n\r\n^RSSI: 20\r\n\r\n+CME ERROR: 10\r\n',
    'cme-text': b'AT+CPIN?\n\r\n+CME ERROR: SIM not inserted\r\n',
    'cms': b'AT+CMGS\n+CMS ERROR: 500\r\n',
    'rssi': b'AT^RSSI?\n^RSSI: 20\r\n^HCSQ:"LTE",45,35,121,22\r\nOK\r\n',
    'refused': b'AT^GODLOAD\n\r\nCOMMAND NOT SUPPORT\r\n',
    'too-many': b'AT^SETPORT=1;2;3\nTOO MANY PARAMETERS\r\n',
    'garbage': b'AT\n\x00\xff\x7e\x1b[31m\r\nNO CARRIER\r\nOK\r\n',
}

AT_FACTS = {
    'card': b'ATI\nATI\r\r\nManufacturer: huawei\r\nModel: E3372\r\nRevision: 21.180.01.00.00\r\n'
            b'IMEI: 350000000000014\r\n+GCAP: +CGSM,+DS,+ES\r\n\r\nOK\r\n',
    'hardware': b'AT^HWVER\n\r\n^HWVER:"CL2E3372HM"\r\n\r\nOK\r\n',
    'versions': b'AT^VERSION?\n\r\n^VERSION:EXTS:21.180.01.00.00\r\n^VERSION:EXTD:17.100.06.00.03\r\n'
                b'^VERSION:EXTH:CL2E3372HM Ver.A\r\n^VERSION:EXTU:E3372\r\n\r\nOK\r\n',
    'all-in-one': b'AT^FHVER\n\r\n^FHVER:"E3372s-153 21.180.01.00.00,CL1E3372SM Ver.A"\r\n\r\nOK\r\n',
    'download': b'AT^DLOADINFO?\n\r\nswver:22.180.05.00.00\r\nisover:00.000.00.00.000\r\n'
                b'webuiver:17.100.06.00.03\r\nproduct name:E3372h\r\ndload type: 1\r\n\r\nOK\r\n',
    'lock': b'AT^CARDLOCK?\n\r\n^CARDLOCK: 2,10,0\r\n\r\nOK\r\n',
    'sim': b'AT+CPIN?\n\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n',
    'no-sim': b'AT+CPIN?\n\r\n+CME ERROR: 10\r\n',
    'signal': b'AT+CSQ\n\r\n^RSSI: 9\r\n+CSQ: 17,99\r\n\r\nOK\r\n',
    'operator': b'AT+COPS?\n\r\n+COPS: 0,0,"Practice\xff",7\r\n\r\nOK\r\n',
    'calls': b'AT+CREG?\n\r\n+CREG: 2,5,"00C3","0000A5F1",7\r\n\r\nOK\r\n',
    'lte': b'AT+CEREG?\n\r\n+CEREG: 1\r\n\r\nOK\r\n',
}

HDLC = {
    'version': bytes.fromhex('7E0C143A7E'),
    'restart': bytes.fromhex('7E0A225F7E'),
    'answer': bytes.fromhex('130CD27A7E'),
    'two': bytes.fromhex('7E0C143A7E7E3AA16E7E'),
    'bad': bytes.fromhex('7E0C143B7E7D7E7D7D7D5E7E'),
    'escapes': bytes.fromhex('037D7E7D7E7D5E7D5D'),
    'noise': b'\r\nOK\r\n' + bytes.fromhex('7E45D1E57E'),
}

HILINK = {
    'information': b'<?xml version="1.0" encoding="UTF-8"?>\r\n<response>\r\n<DeviceName>E3372</DeviceName>'
                   b'\r\n<Imei>000000000000000</Imei>\r\n<HardwareVersion>CL2E3372HM</HardwareVersion>'
                   b'<SoftwareVersion>22.328.62.00.1081</SoftwareVersion><WebUIVersion/></response>\r\n',
    'session': b'<response><SesInfo>SessionID=abc</SesInfo><TokInfo>def</TokInfo></response>',
    'error': b'\xef\xbb\xbf<error>\n<code>125002</code>\n<message></message>\n</error>\0',
    'odd': b'<api x="1"><body><a>&lt;&#65;\xff\xe2\x80\xae</a><a><![CDATA[<b>]]></a><b/></body></api>',
    'page': b'<!DOCTYPE html><html><body>Log in<br></body></html>',
    'entity': b'<!DOCTYPE r [<!ENTITY e "x">]><response><a>&e;</a></response>',
    'routes': b'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n'
              b'eth0\t00000000\t0108A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n'
              b'eth0\t0008A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n',
}

FOLDERS = {
    'good': b'00-00010000-Ptable.bin=table\n01-00220000-VxWorks_R11.bin=code\n02-000B0000-CDROMISO=iso',
    'gap': b'00-00010000-a=x\n02-00220000-b=y',
    'twice': b'00-00010000-a=x\n01-00010000-b=y',
    'header': b'00-00010000-a=\x55\xaa\x5a\xa5',
    'unknown': b'00-ABCDEF12-=x',
    'short': b'00-0001000-a=x',
    'empty': b'00-00010000-a=',
}


def make_fixture(program, description):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, 'source')
        target = pathlib.Path(folder, 'target')
        source.write_text(description)
        subprocess.run([program, source, target], check=True)
        return target.read_bytes()


def make_zip(compression, entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', compression) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def make_tar(entries, style=tarfile.GNU_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=style) as archive:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type = tarfile.SYMTYPE
                info.linkname = '/etc/passwd'
                archive.addfile(info)
            else:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    # Two blocks end it; the rest of the last record is not needed.
    return out.getvalue().rstrip(b'\0') + bytes(1536)


def make_with_libarchive(set_format, entries, options=None, zstd=False):
    """What Python's own modules cannot write."""
    lib = ctypes.CDLL(ctypes.util.find_library('archive'))
    for name in ('archive_write_new', 'archive_entry_new'):
        getattr(lib, name).restype = ctypes.c_void_p
    buffer = ctypes.create_string_buffer(65536)
    used = ctypes.c_size_t()
    archive = ctypes.c_void_p(lib.archive_write_new())
    getattr(lib, set_format)(archive)
    if zstd:
        lib.archive_write_add_filter_zstd(archive)
    if options:
        assert lib.archive_write_set_options(archive, options) == 0
        lib.archive_write_set_passphrase(archive, b'secret')
    lib.archive_write_set_bytes_in_last_block(archive, 1)
    assert lib.archive_write_open_memory(archive, buffer, ctypes.c_size_t(65536),
                                         ctypes.byref(used)) == 0
    for name, content in entries:
        entry = ctypes.c_void_p(lib.archive_entry_new())
        lib.archive_entry_set_pathname(entry, name.encode())
        lib.archive_entry_set_filetype(entry, 0o100000)
        lib.archive_entry_set_size(entry, ctypes.c_int64(len(content)))
        assert lib.archive_write_header(archive, entry) == 0
        lib.archive_write_data(archive, content, ctypes.c_size_t(len(content)))
        lib.archive_entry_free(entry)
    assert lib.archive_write_close(archive) == 0
    result = buffer.raw[:used.value]
    lib.archive_write_free(archive)
    return result


def rar4_block(kind, flags, fields, data=b''):
    body = struct.pack('<BHH', kind, flags, 7 + len(fields)) + fields
    return struct.pack('<H', zlib.crc32(body) & 0xffff) + body + data


def make_rar4(entries):
    out = b'Rar!\x1a\x07\x00' + rar4_block(0x73, 0, bytes(6))
    for name, content in entries:
        fields = struct.pack('<IIBIIBBHI', len(content), len(content), 3, zlib.crc32(content), 0,
                             20, 0x30, len(name), 0o100644) + name.encode()
        out += rar4_block(0x74, 0x8000, fields, content)
    return out + rar4_block(0x7b, 0x4000, b'')


def vint(value):
    out = b''
    while value > 0x7f:
        out += bytes([value & 0x7f | 0x80])
        value >>= 7
    return out + bytes([value])


def rar5_block(kind, flags, fields, data=b''):
    body = vint(kind) + vint(flags) + (vint(len(data)) if flags & 2 else b'') + fields
    body = vint(len(body)) + body
    return struct.pack('<I', zlib.crc32(body)) + body + data


def make_rar5(entries):
    out = b'Rar!\x1a\x07\x01\x00' + rar5_block(1, 0, vint(0))
    for name, content in entries:
        fields = (vint(4) + vint(len(content)) + vint(0o100644) + struct.pack('<I', zlib.crc32(content))
                  + vint(0) + vint(1) + vint(len(name)) + name.encode())
        out += rar5_block(2, 2, fields, content)
    return out + rar5_block(5, 0, vint(0))


def make_archives():
    entries = [('a/firmware.bin', b'firmware ' * 30), ('read me.txt', b'hello')]
    odd = [('../up', b'x'), ('/etc/y', b'y'), ('a\\..\\b', b'z'), ('link', None), ('bad\x01~', b'q')]
    tar = make_tar(entries)
    return {
        'zip': make_zip(zipfile.ZIP_DEFLATED, entries),
        'zip-stored': make_zip(zipfile.ZIP_STORED, entries),
        'zip-lzma': make_zip(zipfile.ZIP_LZMA, entries),
        'zip-bzip2': make_zip(zipfile.ZIP_BZIP2, entries),
        'tar': tar,
        'tar-odd': make_tar(odd),
        'tar-pax': make_tar([('n' * 120, b'x')], tarfile.PAX_FORMAT),
        'tar-gz': gzip.compress(tar, mtime=0),
        'tar-xz': lzma.compress(tar),
        'tar-bz2': bz2.compress(tar),
        '7z': make_with_libarchive('archive_write_set_format_7zip', entries),
        '7z-stored': make_with_libarchive('archive_write_set_format_7zip', entries,
                                          b'7zip:compression=store'),
        'zip-encrypted': make_with_libarchive('archive_write_set_format_zip', entries,
                                              b'zip:encryption=traditional'),
        'tar-zst': make_with_libarchive('archive_write_set_format_ustar', entries, zstd=True),
        'gz': gzip.compress(b'firmware ' * 30, mtime=0),
        'rar4': make_rar4(entries),
        'rar5': make_rar5(entries),
    }


def write(corpus, target, name, content):
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    assert len(content) < 6144, (target, name, len(content))
    (folder / f'seed-{name}').write_bytes(content)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    corpus = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / 'corpus'
    for name in FIXTURES:
        target = 'loader' if name.startswith('loader-') else 'firmware'
        write(corpus, target, name, make_fixture(program, DESCRIPTIONS[name]))
    tiny = (HERE.parent.parent / 'data/fixtures/tiny.fixture').read_text()
    write(corpus, 'firmware', 'tiny', make_fixture(program, tiny))
    write(corpus, 'firmware', 'page', b'<!DOCTYPE html><html><body>404</body></html>')
    for name, text in DESCRIPTIONS.items():
        write(corpus, 'fixture-description', name, text.encode())
    for name, text in FAULT_SCRIPTS.items():
        write(corpus, 'fault-script', name, text.encode('latin-1'))
    for target, seeds in (('at', AT), ('at-facts', AT_FACTS), ('hdlc', HDLC), ('hilink', HILINK),
                          ('folder-names', FOLDERS), ('archive', make_archives())):
        for name, content in seeds.items():
            write(corpus, target, name, content)


main()
