# SPDX-License-Identifier: GPL-3.0-or-later
"""A Flatpak runtime and its SDK made from Debian packages, for tests.

It stands in for the GNOME runtime where that cannot be downloaded. Made once,
about three minutes, and kept.
"""
import os
import shutil
import subprocess
import tempfile

SUITE = 'bookworm'
BRANCH = '12'
PLATFORM = 'io.github.sticksmith.TestPlatform'
SDK = 'io.github.sticksmith.TestSdk'

PLATFORM_PACKAGES = '''
    adwaita-icon-theme fonts-cantarell libarchive13 libgl1 libgtk-4-1 libgudev-1.0-0
    libjson-glib-1.0-0 liblzma5 libnettle8 libopengl0 librsvg2-common libsoup-3.0-0
    shared-mime-info zlib1g'''.split()
SDK_PACKAGES = PLATFORM_PACKAGES + '''
    appstream-util desktop-file-utils gcc gettext gtk-update-icon-cache libarchive-dev libc6-dev
    libglib2.0-dev libgtk-4-dev libgudev-1.0-dev libjson-glib-dev liblzma-dev libsoup-3.0-dev
    meson mobile-broadband-provider-info nettle-dev ninja-build pkg-config zlib1g-dev'''.split()

# Nothing of these is read at run time.
NEEDLESS = ('share/doc', 'share/info', 'share/man', 'share/locale', 'share/bash-completion',
            'etc/shadow', 'etc/shadow-', 'etc/gshadow', 'etc/gshadow-')


def run(*words):
    """Says what the program said only if it failed."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors='replace', stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        print('\n'.join(done.stdout.splitlines()[-40:]))
        raise subprocess.CalledProcessError(done.returncode, words[0])


def unpack(packages, folder):
    """The packages and what they need, below folder; without root as well."""
    with tempfile.TemporaryDirectory(dir='/var/tmp') as temporary:
        archive = os.path.join(temporary, 'root.tar')
        run('mmdebstrap', '--quiet', '--variant=minbase', '--include=' + ','.join(packages),
            SUITE, archive)
        run('tar', '-C', folder, '--no-same-owner', '--exclude=./dev', '-xf', archive)


def make(repository, name, packages):
    """Adds one runtime to the repository."""
    arch = subprocess.run(['flatpak', '--default-arch'], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()
    with tempfile.TemporaryDirectory(dir='/var/tmp') as temporary:
        root = os.path.join(temporary, 'root')
        stage = os.path.join(temporary, 'stage')
        os.mkdir(root)
        os.mkdir(stage)
        unpack(packages, root)
        # A runtime is what stands in /usr; Flatpak links /etc, /lib and /bin into it.
        os.rename(os.path.join(root, 'usr'), os.path.join(stage, 'usr'))
        os.rename(os.path.join(root, 'etc'), os.path.join(stage, 'usr', 'etc'))
        for needless in NEEDLESS:
            path = os.path.join(stage, 'usr', needless)
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif os.path.lexists(path):
                os.unlink(path)
        with open(os.path.join(stage, 'metadata'), 'w') as file:
            file.write(f'[Runtime]\nname={name}\nruntime={PLATFORM}/{arch}/{BRANCH}\n'
                       f'sdk={SDK}/{arch}/{BRANCH}\n')
        run('flatpak', 'build-export', '--runtime', '--files=usr', '--disable-sandbox',
            repository, stage, BRANCH)


def ensure(folder):
    """Returns the repository with both, made now if it is not there."""
    repository = os.path.join(folder, 'runtime-repo')
    if os.path.exists(os.path.join(folder, 'runtime-complete')):
        return repository
    os.makedirs(folder, exist_ok=True)
    shutil.rmtree(repository, ignore_errors=True)
    make(repository, PLATFORM, PLATFORM_PACKAGES)
    make(repository, SDK, SDK_PACKAGES)
    with open(os.path.join(folder, 'runtime-complete'), 'w'):
        pass
    return repository
