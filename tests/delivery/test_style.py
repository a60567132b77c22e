#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_style.py TOP: does the source keep to the house style?

Sizes, licence lines, includes and their order, which layer may use which, and
what must not be written at all. clang-format sees to the rest.
"""
import os
import re
import sys

MAX_LINES = 1000
MAX_HEADER_LINES = 300
# Which layer may include which; each may include itself.
LAYERS = {
    'format': (),
    'link': ('format',),
    'stick': ('format', 'link'),
    'job': ('format', 'link', 'stick'),
    'desktop': (),
    'simulator': ('format', 'stick'),
    'wizard': ('format', 'link', 'stick', 'job', 'desktop', 'simulator'),
    'cli': ('format', 'link', 'stick', 'job', 'desktop', 'simulator'),
}
# Where a layer must not reach, whatever its neighbours do.
FOREIGN = {
    'format': r'<(gio/|gudev|libsoup|gtk|sys/socket|fcntl|termios)',
    'link': r'<(gudev|gtk)', 'stick': r'<(libsoup|gtk)', 'job': r'<(libsoup|gtk)',
    'desktop': r'<(gudev|libsoup|gtk)', 'simulator': r'<gtk', 'cli': r'<gtk',
}
PRINTS = re.compile(r'\b(g_print|g_printerr|printf|fprintf|puts|fputs|putchar|perror|vprintf)\s*\(')
WORDS = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b')
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
ROOTS = ('src', 'tests', 'ui', 'data', 'po', 'flatpak')
NO_COMMENT = ('.png', '.json', '.fixture', '.dict', '.txt')
number = 0
failures = 0


def report(name, problems):
    global number, failures
    number += 1
    failures += bool(problems)
    print(f'{"not ok" if problems else "ok"} {number} - {name}')
    for problem in problems:
        print('# ' + problem)


def strip_code(text):
    """Without comments and what stands in quotes, with as many lines."""
    def blank(match):
        return re.sub(r'[^\n]', ' ', match.group())
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.DOTALL)


def read_all(top):
    files = {}
    for root in ROOTS:
        for at, folders, names in os.walk(os.path.join(top, root)):
            folders[:] = [name for name in folders if name not in ('__pycache__', 'corpus')]
            for name in names:
                path = os.path.join(at, name)
                try:
                    with open(path, encoding='utf-8') as file:
                        files[os.path.relpath(path, top)] = file.read()
                except UnicodeDecodeError:
                    pass
    return files


def is_code(path):
    return path.endswith(('.c', '.h'))


def layer_of(path):
    parts = path.split('/')
    return parts[1] if parts[0] == 'src' and len(parts) > 2 else None


def check_sizes(files):
    for path, text in files.items():
        lines = text.count('\n')
        most = MAX_HEADER_LINES if path.endswith('.h') else MAX_LINES
        # Translations are as long as there are texts.
        if lines > most and not path.endswith(('.po', '.pot')):
            yield f'{path}: {lines} lines, {most} at most'


def check_licences(files):
    for path, text in files.items():
        head = '\n'.join(text.split('\n')[:4])
        if path.endswith(NO_COMMENT) or os.path.basename(path) in ('LINGUAS', 'POTFILES.in'):
            continue
        must = path.endswith(('.c', '.h', '.py', '.sh', '.1')) or text.startswith('#!')
        if must and 'SPDX-License-Identifier: ' not in head:
            yield f'{path}: no licence line at its head'


def check_words(files):
    this = os.path.join('tests', 'delivery', 'test_style.py')
    for path, text in files.items():
        if path == this or path.endswith('.po'):
            continue
        for i, line in enumerate(text.split('\n'), 1):
            if WORDS.search(line):
                yield f'{path}:{i}: left to be done: {line.strip()}'


def check_code(files):
    for path, text in files.items():
        if not is_code(path):
            continue
        layer = layer_of(path)
        for i, line in enumerate(strip_code(text).split('\n'), 1):
            if re.search(r'\bgoto\b', line):
                yield f'{path}:{i}: goto'
            if layer not in (None, 'cli') and PRINTS.search(line):
                yield f'{path}:{i}: prints: {line.strip()}'
        for i, line in enumerate(text.split('\n'), 1):
            if '\t' in line or line != line.rstrip():
                yield f'{path}:{i}: a tab, or blanks at the end'


def strip_comments(text):
    return re.sub(r'/\*.*?\*/', lambda match: '\n' * match.group().count('\n'), text,
                  flags=re.DOTALL)


def get_includes(text):
    """(line, < or ", name); those below a condition are in no order."""
    for i, line in enumerate(strip_comments(text).split('\n'), 1):
        match = INCLUDE.match(line)
        if match:
            yield i, match.group(1), match.group(2)
        elif re.match(r'\s*#\s*if', line) and not re.match(r'\s*#\s*ifndef\s+_', line):
            return


def check_includes(files):
    """A file's own header is first, or what it shares with its siblings."""
    for path, text in files.items():
        if not is_code(path):
            continue
        found = list(get_includes(text))
        own = re.sub(r'\.c$', '.h', path)
        names = [kind + name for _, kind, name in found]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            yield f'{path}: included twice: {", ".join(sorted(twice))}'
        if path.endswith('.c') and own in files:
            first = found[0][2] if found else ''
            if os.path.basename(first) != os.path.basename(own) and \
                    not first.endswith('-private.h') and \
                    os.path.basename(own) not in files.get(
                        os.path.join(os.path.dirname(path), first), ''):
                yield f'{path}: does not include its own header first'
        if not path.startswith('src/'):
            continue
        quoted = ''
        for i, kind, name in found[1:] if path.endswith('.c') else found:
            if kind == '"':
                quoted = name
            elif quoted:
                yield f'{path}:{i}: <{name}> below "{quoted}"'


def check_layers(files):
    for path, text in files.items():
        layer = layer_of(path)
        if not is_code(path) or layer is None:
            continue
        if layer not in LAYERS:
            yield f'{path}: {layer} is no layer'
            continue
        for i, kind, name in get_includes(text):
            other = name.split('/')[0]
            if kind == '<':
                if layer in FOREIGN and re.match(FOREIGN[layer], '<' + name):
                    yield f'{path}:{i}: <{name}> does not belong in {layer}'
            elif '/' in name and other != layer and other not in LAYERS[layer]:
                yield f'{path}:{i}: {layer} may not use {name}'
            elif '/' not in name and name != 'config.h' and \
                    not name.endswith('-resources.h') and \
                    os.path.join('src', layer, name) not in files:
                yield f'{path}:{i}: {name} is not in src/{layer}'


def check_names(files):
    """Of two headers with one name nobody knows which is meant."""
    seen = {}
    for path in sorted(files):
        if path.startswith('src/') and path.endswith('.h'):
            other = seen.setdefault(os.path.basename(path), path)
            if other != path:
                yield f'{path} has the name of {other}'


def check_top(top):
    known = {'COPYING', 'README.md', 'data', 'flatpak', 'meson.build',
             'meson_options.txt', 'po', 'src', 'tests', 'ui'}
    for name in os.listdir(top):
        if name not in known and not name.startswith(('.', 'build', '_build')):
            yield f'{name} does not belong at the top'


def main(top):
    files = read_all(top)
    report('files were found', [] if len(files) > 100 else [f'{len(files)} only'])
    report('no file is too long', list(check_sizes(files)))
    report('each has its licence', list(check_licences(files)))
    report('nothing is left to be done', list(check_words(files)))
    report('no goto, no print below the command line, no tab', list(check_code(files)))
    report('includes are in order', list(check_includes(files)))
    report('no layer uses one above it', list(check_layers(files)))
    report('no two headers have the same name', list(check_names(files)))
    report('the top level is tidy', list(check_top(top)))
    print(f'1..{number}')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
