#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_data.py TOP BUILD VERSION: what the desktop and the distributions read.

The menu entry, the metainfo, the icons, the type of file, the schema, the
window's templates, the Flatpak's manifest, and what installs the packages.
"""
import glob
import json
import os
import re
import struct
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import tap

APP = 'io.github.sticksmith.Sticksmith'
MIME = '{http://www.freedesktop.org/standards/shared-mime-info}'
# What the sandbox may do; each has its reason in the manifest.
PERMISSIONS = {
    '--device=all', '--filesystem=xdg-run/gvfsd', '--share=ipc', '--share=network',
    '--socket=fallback-x11', '--socket=wayland', '--talk-name=org.gtk.vfs.*',
    '--system-talk-name=org.freedesktop.ModemManager1',
    '--system-talk-name=org.freedesktop.NetworkManager',
}


def read_keys(path):
    """The keys of a desktop file's main group."""
    with open(path, encoding='utf-8') as file:
        group = file.read().split('[Desktop Entry]')[1].split('\n[')[0]
    return dict(re.findall(r'^([A-Za-z]+)=(.*)$', group, re.MULTILINE))


def check_menu(build):
    path = os.path.join(build, 'data', APP + '.desktop')
    tap.checked('the menu entry is valid', 'desktop-file-validate', path)
    keys = read_keys(path)
    tap.same(keys['Categories'], 'System;HardwareSettings;', 'it stands among the settings')
    tap.same((keys['Exec'], keys['Icon']), ('sticksmith %F', APP), 'it starts the window')
    return keys['MimeType'].rstrip(';')


def get_png_size(path):
    with open(path, 'rb') as file:
        return struct.unpack('>II', file.read(24)[16:])


def find_bad_pictures(top, screenshots):
    names = set()
    for shot in screenshots:
        image = shot.find('image')
        name = os.path.basename(image.text)
        names.add(name)
        path = os.path.join(top, 'data', 'screenshots', name)
        if not shot.findtext('caption'):
            yield f'{name} has no caption'
        if not image.text.startswith('https://'):
            yield f'{image.text} is not for everybody'
        if not os.path.exists(path):
            yield f'data/screenshots/{name} is missing'
        elif get_png_size(path) != (int(image.get('width')), int(image.get('height'))):
            yield f'{name} is {get_png_size(path)}'
    for path in glob.glob(os.path.join(top, 'data', 'screenshots', '*')):
        if os.path.basename(path) not in names:
            yield f'{path} is not shown'


def check_metainfo(top, build, version, mime_type):
    path = os.path.join(build, 'data', APP + '.metainfo.xml')
    tap.checked('the metainfo is valid', 'appstreamcli', 'validate', '--no-net', path)
    root = ElementTree.parse(path).getroot()
    tap.same(root.findtext('id'), APP, 'it is of this program')
    tap.point(len(root.findtext('name')) <= 15 and len(root.findtext('summary')) <= 35,
              'name and summary are short')
    tap.point(root.findtext('developer/name'), 'it names the developers')
    tap.same(root.find('content_rating').get('type'), 'oars-1.1', 'its content is rated')
    tap.same(root.find('releases/release').get('version'), version, 'the newest release is this')
    tap.same({color.get('scheme_preference') for color in root.findall('branding/color')},
             {'light', 'dark'}, 'it has colours for light and dark')
    tap.same(root.findtext('launchable'), APP + '.desktop', 'it belongs to the menu entry')
    tap.same(root.findtext('provides/mediatype'), mime_type, 'and opens the same type')
    tap.nothing(find_bad_pictures(top, root.findall('screenshots/screenshot')),
                'its pictures are there')


def check_type(build, mime_type):
    source = os.path.join(build, 'data', APP + '.xml')
    types = ElementTree.parse(source).getroot().findall(MIME + 'mime-type')
    tap.same([kind.get('type') for kind in types], [mime_type], 'the type is described')
    if tap.find('update-mime-database') is None or tap.find('gio') is None:
        tap.skip('files are told by it', 'shared-mime-info is not installed')
        return
    with tempfile.TemporaryDirectory() as folder:
        packages = os.path.join(folder, 'mime', 'packages')
        os.makedirs(packages)
        with open(source, encoding='utf-8') as file, \
                open(os.path.join(packages, APP + '.xml'), 'w', encoding='utf-8') as copy:
            copy.write(file.read())
        tap.run('update-mime-database', os.path.join(folder, 'mime'))
        magic = bytes([7]) + bytes(91) + b'\x55\xaa\x5a\xa5' + bytes(200)
        for name, data, is_ours in (('good.bin', magic, True), ('GOOD.BIN', magic, True),
                                    ('good', magic, True), ('other.bin', bytes(300), False),
                                    ('late.bin', bytes(4) + magic, False),
                                    ('good.exe', magic, False), ('short.bin', magic[:95], False)):
            path = os.path.join(folder, name)
            with open(path, 'wb') as file:
                file.write(data)
            _, said = tap.run('gio', 'info', '-a', 'standard::content-type', path,
                              env=dict(os.environ, XDG_DATA_HOME=folder, LC_ALL='C.UTF-8'))
            tap.same(mime_type in said, is_ours, f'{name} is {"" if is_ours else "not "}firmware')


def find_bad_icons(top):
    hicolor = os.path.join(top, 'data', 'icons', 'hicolor')
    expected = {f'scalable/apps/{APP}.svg': 128, f'symbolic/apps/{APP}-symbolic.svg': 16}
    found = {os.path.relpath(path, hicolor)
             for path in glob.glob(hicolor + '/**/*.*', recursive=True)}
    for name in found ^ set(expected):
        yield f'{name} is missing, or too many'
    drawings = {os.path.join(hicolor, name): size for name, size in expected.items()}
    for path in glob.glob(os.path.join(top, 'ui', 'illustrations', '*')):
        if not re.fullmatch(r'smith-[a-z-]+\.svg', os.path.basename(path)):
            yield f'{path}: a strange name'
        drawings[path] = 16 if path.endswith('-symbolic.svg') else None
    for path, size in drawings.items():
        root = ElementTree.parse(path).getroot()
        box = [float(number) for number in root.get('viewBox', '').split()]
        if len(box) != 4:
            yield f'{path}: no viewBox'
        elif size is not None and box != [0, 0, size, size]:
            yield f'{path}: {box} instead of {size}'
        for node in root.iter():
            if node.tag.endswith(('}image', '}script', '}text')):
                yield f'{path}: {node.tag} depends on more than the file'


def find_bad_templates(top):
    """What parsing tells; that they fit the classes shows when the window opens."""
    listing = os.path.join(top, 'ui', 'sticksmith.gresource.xml')
    listed = {node.text for node in ElementTree.parse(listing).getroot().iter('file')}
    with open(os.path.join(top, 'po', 'POTFILES.in'), encoding='utf-8') as file:
        translated = set(file.read().split())
    for name in listed:
        if not any(os.path.exists(os.path.join(top, root, name)) for root in ('ui', 'data')):
            yield f'{name} is listed and missing'
    for path in glob.glob(os.path.join(top, 'ui', '*.ui')):
        name = os.path.basename(path)
        root = ElementTree.parse(path).getroot()
        ids = [node.get('id') for node in root.iter('object') if node.get('id')]
        if name not in listed:
            yield f'{name} is not in the resources'
        for twice in {word for word in ids if ids.count(word) > 1}:
            yield f'{name}: {twice} is there twice'
        if root.get('domain') is not None and root.get('domain') != 'sticksmith':
            yield f'{name}: texts of {root.get("domain")}'
        if any(node.get('translatable') for node in root.iter()) and 'ui/' + name not in translated:
            yield f'{name} is not in po/POTFILES.in'


def find_unexplained(path):
    """Permissions without a comment above them; some share one."""
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('finish-args:\n')[1].split('\n\n')[0].split('\n')
    explained = False
    for line in lines:
        explained = explained or line.strip().startswith('#')
        if line.strip().startswith('-') and not explained:
            yield line
    if not explained:
        yield 'none is explained'


def check_manifest(top):
    path = os.path.join(top, 'flatpak', APP + '.yml')
    tap.nothing(find_unexplained(path), 'permissions have their reasons')
    if tap.find('flatpak-builder') is None:
        tap.skip('the manifest is read', 'flatpak-builder is not installed')
        return
    status, said = tap.run('flatpak-builder', '--show-manifest', path)
    if not tap.point(status == 0, 'the manifest is read', [] if status == 0 else [said]):
        return
    manifest = json.loads(said)
    tap.same((manifest['id'], manifest['command']), (APP, 'sticksmith'), 'it is of this program')
    tap.same((manifest['runtime'], manifest['sdk']), ('org.gnome.Platform', 'org.gnome.Sdk'),
             'it builds on the GNOME runtime')
    tap.same(set(manifest['finish-args']), PERMISSIONS, 'it may do no more than it needs')
    downloads = [source for module in manifest['modules'] for source in module['sources']
                 if source['type'] != 'dir']
    tap.nothing((source for source in downloads
                 if not re.fullmatch('[0-9a-f]{64}', source.get('sha256', ''))
                 or not source['url'].startswith('https://')), 'downloads have checksums')


def check_debian(top, version):
    with open(os.path.join(top, 'data', 'debian', 'changelog'), encoding='utf-8') as file:
        tap.same(re.match(r'sticksmith \(([^)-]+)', file.readline()).group(1), version,
                 "the .deb's version is this")


def make_program(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write('#!/bin/sh\n' + text)
    os.chmod(path, 0o755)


def check_setup(top):
    """On a system that has nothing, what the README says installs the packages, and only them."""
    script = os.path.join(top, 'tests', 'setup.sh')
    with tempfile.TemporaryDirectory() as folder:
        environment = dict(os.environ, PATH=folder + os.pathsep + os.environ['PATH'])
        for name, text in (('dpkg-query', 'exit 1\n'), ('meson', 'echo meson ran\n'),
                           ('apt-get', 'echo "asked: $*"\n'), ('sudo', 'exec "$@"\n')):
            make_program(folder, name, text)
        status, said = tap.run('sh', script, 'install', env=environment)
        asked = re.findall('^asked: (.*)$', said, re.MULTILINE)
        wanted = set(asked[-1].split()) if asked else set()
        tap.point(status == 0 and len(asked) == 2 and 'meson ran' not in said
                  and {'install', 'libgtk-4-dev', 'meson'} <= wanted
                  and not {'xvfb', 'valgrind'} & wanted, 'the packages can be installed alone',
                  [said])
        with open(os.path.join(top, 'data', 'debian', 'control'), encoding='utf-8') as file:
            needed = set(re.findall(r'[a-z0-9.-]+-dev', file.read()))
        tap.same(needed - wanted, set(), 'all that the package is built with is among them')
        make_program(folder, 'dpkg-query', 'echo install ok installed\n')
        status, said = tap.run('sh', script, 'install', env=environment)
        tap.same((status, said), (0, ''), 'where all is there, nothing is installed')
    tap.same(tap.run('sh', script)[0], 2, 'setup.sh alone tells how it is called')


def main(top, build, version):
    mime_type = check_menu(build)
    check_metainfo(top, build, version, mime_type)
    check_type(build, mime_type)
    tap.nothing(find_bad_icons(top), 'icons and drawings are well-formed')
    tap.checked('the schema is valid', 'glib-compile-schemas', '--strict', '--dry-run',
                os.path.join(top, 'data'))
    tap.nothing(find_bad_templates(top), 'the templates are well-formed, listed and translated')
    check_manifest(top)
    check_debian(top, version)
    check_setup(top)
    tap.end()


if __name__ == '__main__':
    main(*sys.argv[1:])
