# SPDX-License-Identifier: GPL-3.0-or-later
"""How the program is called, and what it says when it was called in another way."""
import re

import tap
from program import DONE, USAGE, run


def find_commands():
    out, _ = run("--help")
    return re.findall(r"^  ([a-z]+) ", out, re.MULTILINE)


def usage_of(text):
    """The line that shows how it is called, in --help and in a complaint."""
    return re.search(r"^(?:Usage: |  )(sticksmith-cli .*)$", text, re.MULTILINE).group(1)


def test_help():
    text, _ = run("--help")
    assert usage_of(text) == "sticksmith-cli COMMAND [OPTION…]", text
    assert len(find_commands()) >= 11, text
    for words in (("help",), ("-h",), ("help", "--help"), ("help", "help")):
        assert run(*words) == (text, ""), words


def test_help_of_a_command():
    for command in find_commands():
        out, err = run("help", command, expect=DONE)
        assert (out, err) == run(command, "--help", expect=DONE), command
        assert err == "", command


def test_no_such_command():
    usage, _ = run("--help")
    for words in (("inspct", "file"), ("help", "inspct")):
        out, err = run(*words, expect=USAGE)
        assert out == "" and err == "There is no command “inspct”\n\n" + usage, err
    out, err = run("--json", "inspect", "file", expect=USAGE)
    assert out == "" and "comes first" in err and err.endswith(usage), err
    assert run(expect=USAGE) == ("", usage)


tap.run(globals())
