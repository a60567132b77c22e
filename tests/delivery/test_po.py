#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_po.py TOP: are the translations whole?

The template has every text that the source has; every language of LINGUAS has a
translation of each, which is not fuzzy, with the placeholders, the mnemonic and
the end of line of the original.
"""
import os
import re
import subprocess
import sys
import tempfile

KEYWORDS = ('_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3',
            'g_dpgettext2:2c,3', 'ngettext:1,2')
FLAGS = ('N_:1:pass-c-format', 'g_strdup_printf:1:c-format', 'g_string_printf:2:c-format')
FIELD = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) "(.*)"$')
PLACEHOLDER = re.compile(r'%(?:\d+\$)?[-+ #0]*\d*(?:\.\d+)?(?:hh|h|ll|l|z|j)?[diouxXcsfeEgGp]|%%')
number = 0
failures = 0


def report(name, problems):
    global number, failures
    problems = list(problems)
    number += 1
    failures += bool(problems)
    print(f'{"not ok" if problems else "ok"} {number} - {name}')
    for problem in problems[:20]:
        print('# ' + problem)


def read(path):
    """The entries of a file: (context, text) to (plural, translations)."""
    text = subprocess.run(['msgcat', '--no-wrap', path], check=True, capture_output=True,
                          text=True, encoding='utf-8').stdout
    entries = {}
    for block in text.split('\n\n'):
        fields = {}
        key = None
        for line in block.split('\n'):
            match = FIELD.match(line)
            if match:
                key = match.group(1)
                fields[key] = match.group(2)
            elif line.startswith('"') and key:
                fields[key] += line[1:-1]
        if fields.get('msgid'):
            strings = [value for name, value in fields.items() if name.startswith('msgstr')]
            entries[fields.get('msgctxt'), fields['msgid']] = (fields.get('msgid_plural'), strings)
    return entries


def extract(top, path):
    command = ['xgettext', '--from-code=UTF-8', '--add-comments', '-o', path,
               '-D', top, '-f', os.path.join(top, 'po', 'POTFILES.in')]
    command += ['--keyword=' + word for word in KEYWORDS]
    command += ['--flag=' + flag for flag in FLAGS]
    subprocess.run(command, check=True, capture_output=True)


def check_template(top, template):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'now.pot')
        extract(top, path)
        now = read(path)
    yield from (f'the template lacks {key[1]!r}' for key in now if key not in template)
    yield from (f'nothing has {key[1]!r} any more' for key in template if key not in now)


def placeholders(text):
    """In any order where they are numbered, else in that of the text."""
    found = [item for item in PLACEHOLDER.findall(text) if item != '%%']
    return sorted(re.sub(r'\d+\$', '', item) for item in found)


def check_entry(key, plural, strings):
    original = key[1]
    for string in strings:
        wanted = [placeholders(original)] + ([placeholders(plural)] if plural else [])
        if placeholders(string) not in wanted:
            yield f'other placeholders: {original!r}: {string!r}'
        if original.endswith('\\n') != string.endswith('\\n'):
            yield f'another end of line: {original!r}'
        if re.match(r'^_?[^_ ]*_?[^_]*$', original) and original.count('_') == 1 \
                and re.search(r'(^| )_\w', original) and string.count('_') != 1:
            yield f'no mnemonic: {original!r}: {string!r}'


def check_language(path, template):
    entries = read(path)
    for key in template:
        plural, strings = entries.get(key, (None, []))
        if not strings or not all(strings):
            yield f'not translated: {key[1]!r}'
        else:
            yield from check_entry(key, plural, strings)
    yield from (f'nothing has {key[1]!r} any more' for key in entries if key not in template)


def check_format(path):
    done = subprocess.run(['msgfmt', '-c', '--statistics', '-o', os.devnull, path], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0 or re.search(r'fuzzy|untranslated', done.stderr):
        yield done.stderr.strip()


def main(top):
    template = read(os.path.join(top, 'po', 'sticksmith.pot'))
    with open(os.path.join(top, 'po', 'LINGUAS'), encoding='utf-8') as file:
        languages = [word for line in file if not line.startswith('#') for word in line.split()]
    report('the template is up to date', check_template(top, template))
    report('there are the five languages',
           [] if {'de', 'es', 'fi', 'fr', 'ru'} <= set(languages) else ['one is missing'])
    for language in languages:
        path = os.path.join(top, 'po', language + '.po')
        report(f'{language}: msgfmt', check_format(path))
        report(f'{language}: whole', check_language(path, template))
    print(f'1..{number}')
    return 1 if failures else 0


sys.exit(main(sys.argv[1]))
