#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in the guest: makes a small system of it, then checks."""
import os
import subprocess

import checks
import system


def main():
    os.environ.update(PATH="/usr/sbin:/usr/bin", LC_ALL="C.UTF-8", HOME="/tmp")
    system.start()
    with open("/dev/ttyS1", "w", encoding="utf-8") as report:
        checks.run_all(report)
    with open("/dev/console", "w", encoding="utf-8") as console:
        console.write(subprocess.run(["dmesg"], capture_output=True, check=False).stdout
                      .decode("utf-8", "replace"))


main()
