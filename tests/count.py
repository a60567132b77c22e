#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what the test runs in the given build folders did.

A test that speaks TAP counts by its points, any other as one. The last line
is "N passed, N failed, N skipped"; the exit status tells whether any failed.
"""
import json
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


def main(folders):
    total = [0, 0, 0]
    for folder in folders:
        with open(f"{folder}/meson-logs/testlog.json", encoding="utf-8") as log:
            for line in log:
                for i, n in enumerate(count_test(json.loads(line))):
                    total[i] += n
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    return 0 if total[1] == 0 and total[0] > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
