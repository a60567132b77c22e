# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the Flatpak against the test runtime, and installs its bundle."""
import json
import os
import shutil
import subprocess
import tempfile

from sandbox_runtime import BRANCH, PLATFORM, SDK, run

APP = 'io.github.sticksmith.Sticksmith'
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MANIFEST = os.path.join(TOP, 'flatpak', APP + '.yml')
PROVIDERS = 'share/mobile-broadband-provider-info/serviceproviders.xml'


def copy_source(folder):
    """What belongs to the project: neither build folders nor anything ignored."""
    if os.path.exists(os.path.join(TOP, '.git')):
        names = subprocess.run(['git', '-C', TOP, '-c', 'safe.directory=*', 'ls-files', '-z', '-c',
                                '-o', '--exclude-standard'],
                               check=True, stdout=subprocess.PIPE, text=True).stdout.split('\0')
    else:
        names = [os.path.relpath(os.path.join(at, name), TOP)
                 for at, _, files in os.walk(TOP) for name in files]
    for name in filter(None, names):
        source = os.path.join(TOP, name)
        if not os.path.isfile(source):
            continue
        target = os.path.join(folder, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy2(source, target)


def adapt(manifest, source):
    """Only what has to differ: the runtime, and what would be downloaded."""
    manifest['runtime'] = PLATFORM
    manifest['runtime-version'] = BRANCH
    manifest['sdk'] = SDK
    # Debug information in a file of its own takes a program that may be missing.
    manifest['build-options'] = {'strip': True, 'no-debuginfo': True}
    for module in manifest['modules']:
        if module['name'] == 'mobile-broadband-provider-info':
            module.update({'buildsystem': 'simple', 'sources': [],
                           'build-commands': [f'install -Dm644 /usr/{PROVIDERS} /app/{PROVIDERS}']})
        else:
            module['sources'] = [{'type': 'dir', 'path': source}]
    return manifest


def describe(repository):
    """The description of the runtimes' repository that goes into the bundle."""
    path = repository + '.flatpakrepo'
    with open(path, 'w') as file:
        file.write(f'[Flatpak Repo]\nTitle=Test runtime\nUrl=file://{repository}\n')
    return 'file://' + path


def install_sdk(repository):
    run('flatpak', 'remote-add', '--user', '--if-not-exists', '--no-gpg-verify', 'test-runtime',
        'file://' + repository)
    for name in (PLATFORM, SDK):
        run('flatpak', 'install', '--user', '--noninteractive', '--or-update', 'test-runtime',
            f'{name}//{BRANCH}')


def build(folder, repository, bundle):
    """Makes the bundle, with the SDK that is in FLATPAK_USER_DIR."""
    os.makedirs(os.environ['FLATPAK_USER_DIR'], exist_ok=True)
    install_sdk(repository)
    shown = subprocess.run(['flatpak-builder', '--show-manifest', MANIFEST], check=True,
                           stdout=subprocess.PIPE, text=True).stdout
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        source = os.path.join(temporary, 'source')
        copy_source(source)
        path = os.path.join(temporary, APP + '.json')
        with open(path, 'w') as file:
            json.dump(adapt(json.loads(shown), source), file, indent=2)
        repo = os.path.join(temporary, 'repo')
        run('flatpak-builder', '--user', '--force-clean', '--disable-rofiles-fuse',
            '--state-dir=' + os.path.join(folder, 'builder'), '--repo=' + repo,
            os.path.join(temporary, 'built'), path)
        run('flatpak', 'build-bundle', '--runtime-repo=' + describe(repository), repo, bundle, APP,
            'stable')


def install(bundle):
    """As a person does: the bundle alone, which knows where its runtime comes from."""
    shutil.rmtree(os.environ['FLATPAK_USER_DIR'], ignore_errors=True)
    os.makedirs(os.environ['FLATPAK_USER_DIR'])
    run('flatpak', 'install', '--user', '--noninteractive', '--bundle', bundle)
