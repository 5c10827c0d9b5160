#!/usr/bin/env python3
"""Checks that docs/adding-a-capability.md lists the files of its example, and that they are few.

usage: check_capability.py ROOT
"""

import re
import sys
from pathlib import Path

PAGE = Path("docs/adding-a-capability.md")
FOLDERS = ("docs", "examples", "fuzz", "host", "tests")
SUFFIXES = (".cpp", ".hpp", ".def", ".h", ".md")
# The index of files repeats what files say of themselves.
LEFT_OUT = {PAGE, Path("docs/architecture.md"), Path("docs/errors.md")}
MOST = 12


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    page = (root / PAGE).read_text()
    pattern = re.compile(re.search(r"<!-- files of the example, checked by [^:]*: (.*) -->", page).group(1))
    listed = {Path(name) for name in re.findall(r"^\| ([\w./-]+/[\w./-]+) \|", page, re.M)}
    found = {path.relative_to(root) for folder in FOLDERS for path in (root / folder).rglob("*")
             if path.suffix in SUFFIXES and pattern.search(path.read_text(errors="replace"))} - LEFT_OUT
    for path in sorted(found - listed):
        print(f"{PAGE}: does not list {path}, which has to do with the example")
    for path in sorted(listed - found):
        print(f"{PAGE}: lists {path}, which has nothing to do with the example")
    if len(found) > MOST:
        print(f"{PAGE}: a capability changes {len(found)} files, more than {MOST}")
    return 1 if found != listed or len(found) > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
