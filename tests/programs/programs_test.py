#!/usr/bin/env python3
"""Runs programs compiled for WASI at three levels of optimization, and compares what they print and return, and the
files that they leave, with their native builds.

usage: programs_test.py [--one-way] SKERRY FOLDER PROGRAM…
FOLDER has each PROGRAM as an executable of this machine and as PROGRAM-O0.wasm, PROGRAM-O2.wasm and PROGRAM-Os.wasm.
--one-way: not also in a deterministic run and with the other way of resolving paths
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

LEVELS = ["O0", "O2", "Os"]
SECONDS = 120
WAYS = {
    "as it is": ([], {}),
    "deterministic": (["--deterministic"], {}),
    "component-wise paths": ([], {"SKERRY_WASI_RESOLVER": "fallback"}),
}


def observe(command, environment):
    """What a command prints, its exit status, and what it leaves in its folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, cwd=folder, env={**os.environ, **environment})
        left = sorted(str(path.relative_to(folder)) for path in Path(folder).rglob("*"))
    return done.stdout.decode(), done.stderr.decode(), done.returncode, left


def difference(expected, found):
    for what, one, other in zip(["stdout", "stderr", "exit status", "files"], expected, found):
        if one == other:
            continue
        if isinstance(one, str):
            lines = zip(one.splitlines() + ["(end)"], other.splitlines() + ["(end)"])
            return next((f"{what}: natively {a!r}, here {b!r}" for a, b in lines if a != b), what)
        return f"{what}: natively {one!r}, here {other!r}"
    return None


def main():
    words = [word for word in sys.argv[1:] if word != "--one-way"]
    ways = dict(list(WAYS.items())[:1]) if "--one-way" in sys.argv else WAYS
    skerry, folder, programs = os.path.abspath(words[0]), Path(words[1]).resolve(), words[2:]
    runs = failures = 0
    for program in programs:
        expected = observe([str(folder / program)], {})
        if not expected[0]:
            sys.exit(f"{program} prints nothing natively, so that nothing would be compared")
        for level in LEVELS:
            for way, (options, environment) in ways.items():
                command = [skerry, "run", *options, "--dir", ".", str(folder / f"{program}-{level}.wasm")]
                problem = difference(expected, observe(command, environment))
                runs += 1
                if problem:
                    failures += 1
                    print(f"{program} -{level}, {way}: {problem}")
    print(f"{len(programs)} programs, {runs} runs, {failures} failures")
    sys.exit(failures != 0 or runs == 0)


main()
