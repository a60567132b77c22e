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


def test_options_follow_the_command():
    for command in find_commands():
        if command == "help":
            continue
        shown = usage_of(run(command, "--help")[0])
        assert shown.startswith(f"sticksmith-cli {command} [OPTION…]"), shown


def test_wrong_usage():
    for words in (("inspect",), ("inspect", "a", "b"), ("extract", "a"), ("devices", "a"),
                  ("identify", "a"), ("load",), ("flash",), ("at", "--port", "a"),
                  ("reactivate", "a"), ("simulate", "a"), ("convert",), ("convert", "--go-on", "a")):
        out, err = run(*words, expect=USAGE)
        assert out == "" and usage_of(err) == usage_of(run(words[0], "--help")[0]), (words, err)
    _, err = run("convert", expect=USAGE)
    assert re.search(r"^Usage: sticksmith-cli convert .* --go-on$", err, re.MULTILINE), err
    _, err = run("convert", "--to", "bed", "file", expect=USAGE)
    assert "--to" in err and "hilink" in err, err
    _, err = run("inspect", "--nonsense", "file", expect=USAGE)
    assert "--nonsense" in err, err


tap.run(globals())
