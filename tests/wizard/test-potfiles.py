# SPDX-License-Identifier: GPL-3.0-or-later
"""test-potfiles.py SOURCE: whether translators get every text."""
import pathlib
import re
import sys

SOURCE = pathlib.Path(sys.argv[1])
MARKED = re.compile(r"\b(?:_|N_|C_|ngettext) ?\(\"|\b(?:_|N_|C_|ngettext) ?\($", re.M)
# What xgettext does not know, and ends the text at.
BROKEN = re.compile(r"\b(?:_|N_) ?\((?:[^()]|\([^()]*\))*?\" G_G[A-Z0-9]+_FORMAT")
faults = []


def list_lines(name):
    lines = (SOURCE / "po" / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def find_marked():
    for folder, pattern, mark in (("src", "**/*.[ch]", MARKED),
                                  ("ui", "*.ui", re.compile('translatable="yes"'))):
        for path in sorted((SOURCE / folder).glob(pattern)):
            text = path.read_text()
            if mark.search(text):
                yield str(path.relative_to(SOURCE))
            if BROKEN.search(text):
                faults.append(f"{path}: a placeholder that translators do not get to see")


def check_labels():
    """A text of a template that nobody marked."""
    plain = re.compile(r'<property name="(?:label|title|subtitle|tooltip-text|placeholder-text)">'
                       r'([^<]*[A-Za-z]{3}[^<]*)</property>')
    for path in sorted((SOURCE / "ui").glob("*.ui")):
        for text in plain.findall(path.read_text()):
            faults.append(f"{path.name}: “{text}” is not marked")


listed = list_lines("POTFILES.in")
marked = list(find_marked())
faults += [f"po/POTFILES.in lacks {name}" for name in sorted(set(marked) - set(listed))]
faults += [f"po/POTFILES.in has {name} for nothing" for name in sorted(set(listed) - set(marked))]
faults += ["po/POTFILES.in is not in order"] if listed != sorted(listed) else []
faults += [f"po/{code}.po is missing" for code in " ".join(list_lines("LINGUAS")).split()
           if not (SOURCE / "po" / (code + ".po")).exists()]
check_labels()
for fault in faults:
    print("# " + fault)
print("1..1\n" + ("not ok 1" if faults else "ok 1") + " - every text is marked and listed")
sys.exit(1 if faults else 0)
