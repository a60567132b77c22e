#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what the test runs in the given build folders and files of points did.

A test that speaks TAP counts by its points, any other as one. The last line
is "N passed, N failed, N skipped"; the exit status tells whether any failed.
"""
import json
import os
import re
import sys

POINT = re.compile(r"^(not )?ok\b(.*)$", re.MULTILINE)


def count_test(record):
    points = POINT.findall(record.get("stdout") or "")
    failed = sum(1 for bad, _ in points if bad)
    skipped = sum(1 for bad, rest in points if not bad and "# SKIP" in rest)
    passed = len(points) - failed - skipped
    result = record["result"]
    if result == "SKIP" and not points:
        return 0, 0, 1
    if result in ("OK", "SKIP"):
        return (passed, failed, skipped) if points else (1, 0, 0)
    # Also a crash behind the last point, a timeout, or points that are missing.
    return passed, max(failed, 1), skipped


def records(place):
    """What ran there: in a build folder of meson's, or a file with TAP points."""
    if os.path.isdir(place):
        with open(f"{place}/meson-logs/testlog.json", encoding="utf-8") as log:
            return [json.loads(line) for line in log]
    with open(place, encoding="utf-8") as points:
        text = points.read()
    return [{"stdout": text, "result": "OK"}] if text else []


def main(places):
    total = [0, 0, 0]
    for place in places:
        for record in records(place):
            for i, n in enumerate(count_test(record)):
                total[i] += n
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 0 if total[1] == 0 and total[0] > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
