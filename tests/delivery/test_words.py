#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_words.py TOP CLI WINDOW: do the manuals and the shells know the options?

What the programs say of themselves is compared with the manual pages, both
ways, and asked for by the shells' completions.
"""
import os
import re
import sys
import tempfile

import tap

CLEAN = dict(os.environ, LC_ALL='C.UTF-8')
# Asks bash for what follows; each word of a line is an argument.
ASK_BASH = '''
. "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_sticksmith_cli sticksmith-cli "${COMP_WORDS[COMP_CWORD]}" "" && printf '%s\\n' "${COMPREPLY[@]}"
'''


def get_help(*words):
    return tap.run(*words, '--help', env=CLEAN)[1]


def find_options(text):
    """The long options and the short ones in the lines of a program's help."""
    found = set()
    for line in text.splitlines():
        match = re.match(r'  (?:(-[a-z]), )?(--[a-z-]+)', line)
        if match:
            found.update(word for word in match.groups() if word)
    return found


def find_commands(text):
    return re.findall(r'^  ([a-z]+) ', text, re.MULTILINE)


def find_in_manual(text):
    """The options that a page has an entry for."""
    found = set()
    for line in re.findall(r'^\.It Fl (.*)$', text, re.MULTILINE):
        for word in re.split(r' , Fl ', line):
            if word.startswith('Fl '):
                found.add('--' + re.split(r'[ =]', word[3:])[0])
            else:
                found.add('-' + word.split()[0])
    return found


def check_manual(path, commands, options):
    name = os.path.basename(path)
    if tap.find('mandoc') is None:
        tap.skip(f'{name} is well-formed', 'mandoc is not installed')
    else:
        said = tap.run('mandoc', '-Tlint', path)[1]
        tap.nothing((line for line in said.splitlines() if 'referenced manual not found' not in line),
                    f'{name} is well-formed')
    with open(path, encoding='utf-8') as file:
        text = file.read()
    tap.same(find_in_manual(text) ^ options, set(), f'{name} has all options, and no other')
    tap.same({command for command in commands if not re.search(rf'^\.It Nm Cm {command}\b', text,
                                                               re.MULTILINE)},
             set(), f'{name} has all commands')


def ask_bash(top, folder, *words):
    path = os.path.join(top, 'data', 'completions', 'sticksmith-cli.bash')
    environment = dict(CLEAN, PATH=os.path.dirname(folder) + os.pathsep + os.environ['PATH'])
    said = tap.run('bash', '-c', ASK_BASH, 'bash', path, 'sticksmith-cli', *words, env=environment)
    return said[1].split()


def check_bash(top, cli, commands):
    if tap.find('bash') is None:
        tap.skip('bash completes', 'there is no bash')
        return
    tap.same(ask_bash(top, cli, ''), commands + ['--help', '--version'], 'bash: commands')
    tap.same(ask_bash(top, cli, 'conv'), ['convert'], 'bash: the beginning of one')
    tap.same(ask_bash(top, cli, 'help', 'conv'), ['convert'], 'bash: what help is wanted on')
    for command in commands:
        options = {word for word in find_options(get_help(cli, command)) if word.startswith('--')}
        tap.same({word.rstrip('=') for word in ask_bash(top, cli, command, '--')}, options,
                 f'bash: the options of {command}')
    tap.same(ask_bash(top, cli, 'convert', '--to', '='), ['stick', 'hilink', 'same', 'rescue'],
             'bash: what one can be set to')
    tap.same(ask_bash(top, cli, 'convert', '--practice', '=', 'old'), ['old-version'],
             'bash: scenarios')
    simulate = get_help(cli, 'simulate')
    for option in ('start', 'model', 'chip'):
        line = re.search(rf'--{option}=.*?  +(.*)', simulate).group(1)
        values = set(ask_bash(top, cli, 'simulate', '--' + option, '='))
        tap.same(values - set(re.findall(r'[a-z0-9-]+', line)), set(),
                 f'bash: --{option} of simulate')
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'firmware.bin')
        with open(path, 'w', encoding='utf-8'):
            pass
        tap.same(ask_bash(top, cli, 'inspect', path[:-5]), [path], 'bash: files')


def check_other_shells(top):
    folder = os.path.join(top, 'data', 'completions')
    tap.checked('zsh reads its completion', 'zsh', '-n', os.path.join(folder, '_sticksmith-cli'))
    tap.checked('fish reads its completion', 'fish', '-n',
                os.path.join(folder, 'sticksmith-cli.fish'))


def main(top, cli, window):
    text = get_help(cli)
    commands = find_commands(text)
    tap.point(len(commands) >= 9, 'the program lists its commands')
    options = {'--help', '-h', '--version'}
    for command in commands:
        options |= find_options(get_help(cli, command))
    manuals = os.path.join(top, 'data', 'man')
    check_manual(os.path.join(manuals, 'sticksmith-cli.1'), commands, options)
    own = {word for word in find_options(get_help(window)) if not word.startswith('--help-')}
    check_manual(os.path.join(manuals, 'sticksmith.1'), [], own)
    check_bash(top, cli, commands)
    check_other_shells(top)
    tap.end()


if __name__ == '__main__':
    main(*sys.argv[1:])
