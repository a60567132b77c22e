#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the program against a stick that shares no code with it.

Usage: test-peer.py PROGRAM FIXTURES. Compares what the stick got, byte for
byte, with what is in the files.
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 120

# The erase routine of one of the loaders; the call stands behind it.
ROUTINE = bytes.fromhex(
    '000050E3 7080BD08 0030A0E3 4E2604E3 E03F44E3 552244E3 4C019FE5 4EC604E3'
    '48419FE5 0210A0E1 4CC444E3 5C2383E5 00008FE0 40C383E5')
CALL_BEHIND = 4
NO_CALL = bytes.fromhex('0000A0E3')


class Peer:
    """The stick: a process and what it says."""

    def __init__(self, folder, *options):
        self.folder = folder
        os.mkdir(folder)
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, 'peer.py'), folder, *options],
            stdout=subprocess.PIPE, text=True)
        self.watchdog = threading.Timer(PATIENCE, self.process.kill)
        self.watchdog.start()
        self.events = []

    def wait_for(self, event, **more):
        wanted = {'event': event, **more}
        for line in self.process.stdout:
            said = json.loads(line)
            self.events.append(said)
            if wanted.items() <= said.items():
                return said
        raise AssertionError('the stick never said %s: %s' % (wanted, self.events))

    def finish(self, restarts=True):
        """Waits until it has restarted, or ends it where it should not."""
        if restarts:
            self.wait_for('restarted')
        else:
            self.process.terminate()
        self.events += [json.loads(line) for line in self.process.stdout]
        self.process.stdout.close()
        code = self.process.wait()
        self.watchdog.cancel()
        assert not restarts or code == 0, code

    def all(self, event):
        return [said for said in self.events if said['event'] == event]

    def files(self):
        names = sorted(name for name in os.listdir(self.folder) if name[0].isdigit())
        return [(name[3:11], read(os.path.join(self.folder, name))) for name in names]


def read(path):
    with open(path, 'rb') as file:
        return file.read()


class Tests:
    def __init__(self, program, fixtures):
        self.program = program
        self.fixtures = fixtures
        self.top = tempfile.mkdtemp(prefix='sticksmith-peer-')
        self.number = 0

    def folder(self, name):
        self.number += 1
        return os.path.join(self.top, '%02u-%s' % (self.number, name))

    def fixture(self, name):
        return os.path.join(self.fixtures, 'made-' + name)

    def run(self, *words, status=0):
        """The program's JSON. Waiting is shortened, as no stick here is slow."""
        done = subprocess.run([self.program, *words], stdout=subprocess.PIPE, timeout=PATIENCE,
                              stdin=subprocess.DEVNULL, text=True)
        assert done.returncode == status, (words, done.returncode, done.stdout)
        return json.loads(done.stdout) if done.stdout else None

    def flash(self, peer, port, *files, status=0, options=()):
        return self.run('flash', '--json', '--yes', '--time-scale', '0.3', '--port', port, *options,
                        *[self.fixture(name) for name in files], status=status)

    def extracted(self, *names):
        """What the files hold, as the program takes them apart."""
        found = []
        for name in names:
            folder = self.folder('extracted')
            self.run('extract', '--json', self.fixture(name), folder)
            for image in sorted(os.listdir(folder)):
                found.append((image[3:11], read(os.path.join(folder, image))))
        return found

    def components(self, name):
        """The two parts of a loader as its maker left them."""
        loader = read(self.fixture(name))
        assert loader[:4] == bytes.fromhex('00000200')
        parts = []
        for at in range(36, 36 + 5 * 16, 16):
            mode, size, address, offset = struct.unpack('<IIII', loader[at:at + 16])
            if mode == 0:
                break
            parts.append((mode, address, loader[offset:offset + size]))
        return parts

    def check_flashed(self, peer, *names, refused=()):
        expected = self.extracted(*names)
        got = peer.files()
        assert [number for number, _ in got] == [number for number, _ in expected], got
        assert got == expected
        assert [said['why'] for said in peer.all('refused')] == list(refused), peer.all('refused')
        assert not peer.all('failed')

    # The tests

    def test_load_and_flash(self, ugly=False):
        peer = Peer(self.folder('stick'), '--demand-signature', *(['--ugly'] if ugly else []))
        boot = peer.wait_for('ready', mode='boot')['port']
        self.run('load', '--json', '--yes', '--port', boot, self.fixture('loader-v7r11-unsafe'))
        download = peer.wait_for('ready', mode='download')['port']
        parts = self.components('loader-v7r11-unsafe')
        flasher = parts[1][2]
        assert flasher.count(ROUTINE) == 1
        call = flasher.index(ROUTINE) + len(ROUTINE) + CALL_BEHIND
        assert flasher[call:call + 4] != NO_CALL
        safe = flasher[:call] + NO_CALL + flasher[call + 4:]
        assert read(os.path.join(peer.folder, 'component-0.bin')) == parts[0][2]
        assert read(os.path.join(peer.folder, 'component-1.bin')) == safe
        heads = [(said['mode'], said['address'], said['size']) for said in peer.all('component')]
        assert heads == [(mode, address, len(data)) for mode, address, data in parts]

        report = self.flash(peer, download, 'firmware-v7r11-stick')
        peer.finish()
        self.check_flashed(peer, 'firmware-v7r11-stick')
        assert report['product'] == 'BV7R11HS'
        assert report['bytes'] == sum(len(data) for _, data in peer.files())
        signatures = peer.all('signature')
        assert len(signatures) == 1 and signatures[0]['good']
        assert signatures[0]['arguments'].endswith(',2958')

    def test_ugly(self):
        self.test_load_and_flash(ugly=True)

    def test_safe_loader(self):
        peer = Peer(self.folder('stick'))
        boot = peer.wait_for('ready', mode='boot')['port']
        self.run('load', '--json', '--yes', '--port', boot, self.fixture('loader-v7r11-safe'))
        peer.wait_for('ready', mode='download')
        for index, part in enumerate(self.components('loader-v7r11-safe')):
            assert read(os.path.join(peer.folder, 'component-%u.bin' % index)) == part[2]
        peer.finish(restarts=False)

    def test_tiny(self):
        for product in ('BV7R11HS', ''):
            peer = Peer(self.folder('stick'), '--start', 'download', '--product', product)
            port = peer.wait_for('ready', mode='download')['port']
            report = self.flash(peer, port, 'tiny')
            peer.finish()
            self.check_flashed(peer, 'tiny')
            assert report['product'] == (product or None)

    def test_two_files(self):
        peer = Peer(self.folder('stick'), '--start', 'download')
        port = peer.wait_for('ready', mode='download')['port']
        # Over firmware of the other kind it would do harm.
        result = self.flash(peer, port, 'firmware-v7r11-stick', 'webui-v7r11', status=3)
        assert result['error']['code'] == 'wrong-file', result
        self.flash(peer, port, 'webui-v7r11', 'firmware-v7r11-hilink')
        peer.finish()
        self.check_flashed(peer, 'webui-v7r11', 'firmware-v7r11-hilink')

    def test_twice(self):
        """The second run finds the stick where the first one left it."""
        peer = Peer(self.folder('stick'), '--start', 'download', '--demand-signature')
        port = peer.wait_for('ready', mode='download')['port']
        self.flash(peer, port, 'firmware-v7r11-stick', options=['--no-restart'])
        self.flash(peer, port, 'firmware-v7r11-hilink')
        peer.finish()
        # The question in text is half a frame to a stick in the binary stage.
        self.check_flashed(peer, 'firmware-v7r11-stick', 'firmware-v7r11-hilink',
                           refused=['checksum'])
        assert len(peer.all('signature')) == 2

    def test_wrong_chip(self):
        peer = Peer(self.folder('stick'), '--start', 'download')
        port = peer.wait_for('ready', mode='download')['port']
        result = self.flash(peer, port, 'firmware-v7r2-stick', status=3)
        assert result['error']['code'] == 'wrong-file', result
        # Left in text, and ready for the right one.
        self.flash(peer, port, 'tiny')
        peer.finish()
        self.check_flashed(peer, 'tiny')

    def test_signature_wanted(self):
        peer = Peer(self.folder('stick'), '--start', 'download', '--demand-signature')
        port = peer.wait_for('ready', mode='download')['port']
        result = self.flash(peer, port, 'tiny', status=3)
        assert result['error']['code'] == 'refused', result
        peer.finish(restarts=False)
        assert not peer.files()

    def test_not_in_boot_mode(self):
        peer = Peer(self.folder('stick'), '--start', 'download')
        port = peer.wait_for('ready', mode='download')['port']
        result = self.run('load', '--json', '--yes', '--time-scale', '0.3', '--port', port,
                          self.fixture('loader-v7r11-safe'), status=3)
        assert result['error']['code'] == 'wrong-device', result
        peer.finish(restarts=False)
        assert not os.listdir(peer.folder)


def main():
    tests = Tests(*sys.argv[1:3])
    names = [name for name in vars(Tests) if name.startswith('test_')]
    failed = 0
    print('1..%u' % len(names), flush=True)
    for number, name in enumerate(names, 1):
        try:
            getattr(tests, name)()
            print('ok %u - %s' % (number, name), flush=True)
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            for line in repr(error).splitlines():
                print('# ' + line[:2000])
            print('not ok %u - %s' % (number, name), flush=True)
    shutil.rmtree(tests.top)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
