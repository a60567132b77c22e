# SPDX-License-Identifier: GPL-3.0-or-later
"""pseudo.py SOURCE OUTPUT LOCALES: takes every text for a person out of the sources and makes a
translation of them that nobody speaks: accented, and a third longer. Placeholders and
mnemonics stay. A text that is still plain in the window was not marked."""
import ast
import os
import re
import shutil
import struct
import subprocess
import sys

ACCENTS = str.maketrans("AEIOUYaeiouycnsz", "ÅÉÎÖÛÝåéîöûýçñšž")
# Placeholders of printf, references of markup, and line ends stay as they are.
KEPT = re.compile(r"(%[-+ #0-9.]*(?:l{0,2}|z)?[a-zA-Z%]|&[a-z]+;|<[^>]*>|\n)")
FILLER = "öå "


def extract(source):
    """The template that translators get, as text."""
    command = ["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_",
               "--keyword=C_:1c,2", "--keyword=ngettext:1,2", "--files-from=po/POTFILES.in",
               "--directory=.", "--output=-"]
    return subprocess.run(command, cwd=source, check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout


def parse(template):
    """Yields (context, text, plural) of each entry."""
    # As it is on this machine, where a guint64 is an unsigned long.
    for block in template.replace("<PRIu64>", "lu").split("\n\n"):
        entry = {}
        field = None
        for line in block.splitlines():
            match = re.match(r'(msgctxt|msgid_plural|msgid|msgstr\S*)\s+(".*")$', line)
            if match:
                field = match.group(1)
                entry[field] = ast.literal_eval(match.group(2))
            elif field and line.startswith('"'):
                entry[field] += ast.literal_eval(line)
        if entry.get("msgid"):
            yield entry.get("msgctxt"), entry["msgid"], entry.get("msgid_plural")


def translate(text):
    """A third longer, at the end, where a last line end stays the last."""
    body = text.rstrip("\n")
    parts = KEPT.split(body)
    parts[::2] = [part.translate(ACCENTS) for part in parts[::2]]
    extra = (FILLER * len(body))[:max(1, len(body) // 3)].rstrip() if body else ""
    return "".join(parts) + extra + text[len(body):]


def make_catalogue(entries):
    """The pairs of a .mo file: what is looked up, and what is found."""
    header = ("Content-Type: text/plain; charset=UTF-8\n"
              "Plural-Forms: nplurals=2; plural=(n != 1);\n")
    pairs = {b"": header.encode()}
    for context, text, plural in entries:
        key = (context + "\4" if context else "") + text
        value = translate(text)
        if plural:
            key += "\0" + plural
            value += "\0" + translate(plural)
        pairs[key.encode()] = value.encode()
    return sorted(pairs.items())


def write(pairs, path):
    count = len(pairs)
    tables = 28
    texts = tables + 16 * count
    places = [[], []]
    data = bytearray()
    for side in (0, 1):
        for pair in pairs:
            places[side].append((len(pair[side]), texts + len(data)))
            data += pair[side] + b"\0"
    with open(path, "wb") as file:
        file.write(struct.pack("<7I", 0x950412de, 0, count, tables, tables + 8 * count, 0, 0))
        for side in (0, 1):
            for place in places[side]:
                file.write(struct.pack("<2I", *place))
        file.write(data)


def main():
    entries = list(parse(extract(sys.argv[1])))
    assert len(entries) > 100, "hardly any texts were found"
    write(make_catalogue(entries), sys.argv[2])
    folder = os.path.join(sys.argv[3], "xx", "LC_MESSAGES")
    os.makedirs(folder, exist_ok=True)
    shutil.copy(sys.argv[2], os.path.join(folder, "sticksmith.mo"))
    print(f"{len(entries)} texts")


main()
