#!/usr/bin/env python3
"""Checks what the compiler says about uses of the API that must not compile.

Every line of refused.cpp with "// error: WORDS" must have exactly one error, which contains WORDS, and nothing else may
have one. In a C++ that is too old, each public header must either compile or begin with the error that says so.

usage: check_refused.py COMPILER INCLUDE_FOLDER HEADER…
"""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "refused.cpp"
TOO_OLD = "Skerry's headers need C++20"


def compile_only(compiler, include, standard, source, *options):
    command = [compiler, f"-std={standard}", f"-I{include}", "-fsyntax-only", "-fno-caret-diagnostics"
               if "clang" in compiler else "-fno-diagnostics-show-caret", *options, str(source)]
    return subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})


def diagnostics(text):
    """The errors, each with the lines of refused.cpp that the compiler names in it. GCC names the lines of an error in
    a template before the error, clang after it."""
    place = re.compile(rf"{re.escape(str(SOURCE))}:(\d+):")
    before, errors = [], []
    for line in text.splitlines():
        found = place.search(line)
        if ": error:" in line:
            errors.append((line, [found[1]] if found else before))
            before = []
        elif ": In " in line:
            before = []
        elif found and "required from" in line:
            before.append(found[1])
        elif found and errors and "requested here" in line and SOURCE.name not in errors[-1][0]:
            errors[-1][1].append(found[1])
    return errors


def check_refused(compiler, include):
    unlimited = "-ferror-limit=0" if "clang" in compiler else "-fmax-errors=0"
    errors = diagnostics(compile_only(compiler, include, "c++20", SOURCE, unlimited).stderr)
    failures = []
    for number, line in enumerate(SOURCE.read_text().splitlines(), 1):
        expected = re.search(r"// error: (.*)", line)
        found = [text for text, lines in errors if str(number) in lines]
        if expected and (len(found) != 1 or expected[1] not in found[0]):
            failures.append(f"line {number}: expected one error with “{expected[1]}”, got {len(found)}:\n" + "\n".join(found))
        if not expected and found:
            failures.append(f"line {number} is not expected to have an error:\n" + "\n".join(found))
    return failures + [f"error elsewhere: {text}" for text, lines in errors if not lines]


def check_old_standard(compiler, include, header):
    errors = [line for line in compile_only(compiler, include, "c++17", include / header, "-xc++").stderr.splitlines()
              if re.search(r"\berror:", line)]
    if errors and TOO_OLD not in errors[0]:
        return [f"{header}: in C++17 the first error is {errors[0]}"]
    if header == "skerry/skerry.hpp" and len(errors) != 1:
        return [f"{header}: in C++17 there are {len(errors)} errors"]
    return []


def main():
    compiler, include, headers = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
    failures = check_refused(compiler, include)
    if not headers:
        failures.append("no public header was named")
    with ThreadPoolExecutor(2) as pool:
        for found in pool.map(lambda header: check_old_standard(compiler, include, header), headers):
            failures += found
    print("\n".join(failures) or "each refused line has its one error")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
