# SPDX-License-Identifier: GPL-3.0-or-later
"""Test points for the scripts beside this file."""
import os
import subprocess
import sys

number = 0
failures = 0


def point(good, name, remarks=()):
    global number, failures
    number += 1
    failures += not good
    print(f'{"ok" if good else "not ok"} {number} - {name}')
    for remark in () if good else remarks:
        for line in str(remark).splitlines():
            print('# ' + line)
    sys.stdout.flush()
    return good


def nothing(problems, name):
    """Good if there are none."""
    problems = list(problems)
    return point(not problems, name, problems)


def same(found, expected, name):
    return point(found == expected, name,
                 () if found == expected else (f'found    {found!r}', f'expected {expected!r}'))


def skip(name, why):
    global number
    number += 1
    print(f'ok {number} - {name} # SKIP {why}')


def find(program):
    for folder in os.environ.get('PATH', os.defpath).split(os.pathsep):
        path = os.path.join(folder, program)
        if os.access(path, os.X_OK):
            return path
    return None


def run(*words, **more):
    """Returns the exit status and all that was said."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, text=True, errors='replace', **more)
    return done.returncode, done.stdout


def checked(name, *words, **more):
    """One point for a program that says whether something is right."""
    if find(words[0]) is None:
        skip(name, f'{words[0]} is not installed')
        return
    status, said = run(*words, **more)
    point(status == 0, name, () if status == 0 else (said,))


def end():
    print(f'1..{number}')
    sys.exit(1 if failures else 0)
