#!/usr/bin/env python3
"""Every test that docs/plugin-faults.md names exists, and every fault has one. Usage: check_faults.py SOURCE_FOLDER"""

import re
import sys
from pathlib import Path

TEST_CASE = re.compile(r'TEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)')


def test_names(folder):
    """What every TEST_CASE below `folder` is called; names may be written as several literals."""
    names = set()
    for source in sorted(folder.rglob("*.cpp")):
        for found in TEST_CASE.finditer(source.read_text()):
            names.add("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found[1])))
    return names


def rows(page):
    """(line, fault, tests) for each row of the page's tables but their heads."""
    lines = page.read_text().splitlines()
    for number, (line, following) in enumerate(zip(lines, lines[1:] + [""]), 1):
        if line.startswith("| ") and not following.startswith("|--"):
            fault, tests = line.strip("|").split("|")
            yield number, fault.strip(), re.findall(r"`([^`]+)`", tests)


def main():
    root = Path(sys.argv[1])
    page = root / "docs/plugin-faults.md"
    names = test_names(root / "tests/host")
    faults = list(rows(page))
    wrong = [f"{page}:{line}: no test for: {fault}" for line, fault, tests in faults if not tests]
    wrong += [f"{page}:{line}: no such test: {test}" for line, _, tests in faults for test in tests if test not in names]
    print("\n".join(wrong) or f"{len(faults)} faults, each with a test")
    return 1 if wrong or len(faults) < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
