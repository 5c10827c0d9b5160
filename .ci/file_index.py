#!/usr/bin/env python3
"""Keeps the list of files in docs/architecture.md true: each file's entry is the first sentence of its first comment.

usage: file_index.py [--write]   without --write it only checks
"""

import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path("docs/architecture.md")
BEGIN, END = "<!-- files: .ci/file_index.py writes what is between here -->", "<!-- and here -->"
FOLDERS = ("vm", "os", "wasi", "host", "spec-tests", "examples", "fuzz")
SUFFIXES = (".hpp", ".def", ".cpp", ".c", ".h")  # the first of a file's group that has a comment describes it


def description(path):
    """The first sentence of the comment that a file begins with; "" when it begins with something else."""
    text = path.read_text()
    block = re.match(r"\s*/\*(.*?)\*/", text, re.S)
    if block:
        words = " ".join(line.strip(" *") for line in block.group(1).splitlines()).strip()
    else:
        lines = []
        for line in text.splitlines():
            if not line.startswith("//"):
                break
            lines.append(line.lstrip("/ ").strip())
        words = " ".join(lines)
    words = words.split("clang-format off", 1)[0].strip()
    sentence = re.match(r"(.+?[.])(?:\s|$)", words)
    return (sentence.group(1) if sentence else words).rstrip(".:")


def groups(files):
    """{folder: {stem: [paths]}}: a header and its source are one entry."""
    found = {}
    for path in sorted(files, key=lambda p: (str(p.parent), p.stem, SUFFIXES.index(p.suffix))):
        found.setdefault(str(path.parent), {}).setdefault(path.stem, []).append(path)
    return found


def index():
    """Returns (the section's text, files without a description)."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", *FOLDERS],
                            capture_output=True, text=True, check=True).stdout.split()
    files = [Path(name) for name in listed if Path(name).suffix in SUFFIXES and Path(name).exists()]
    parts, bare = [], []
    for folder, stems in groups(files).items():
        parts.append(f"### {folder}\n\n| file | what is in it |\n|---|---|")
        for stem, paths in stems.items():
            what = next((text for path in paths if (text := description(path))), "")
            if not what and (public := Path(f"{folder.split('/')[0]}/include/skerry/{stem}.hpp")).exists():
                what = f"Implements skerry/{public.name}"
            if not what:
                bare.append(str(paths[0]))
            names = paths[0].name + "".join(f", {path.suffix}" for path in paths[1:])
            parts.append(f"| {names} | {what.replace('|', chr(92) + '|')} |")
        parts.append("")
    return "\n".join(parts), bare


def main():
    text, bare = index()
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    wanted = f"{before}{BEGIN}\n\n{text}\n{END}{after}"
    for name in bare:
        print(f"{name}: does not begin with a comment that says what it is")
    if "--write" in sys.argv:
        DOCUMENT.write_text(wanted)
    elif wanted != DOCUMENT.read_text():
        print(f"{DOCUMENT}: the list of files is not up to date; run ./dev lint --fix")
        return 1
    return 1 if bare else 0


if __name__ == "__main__":
    sys.exit(main())
