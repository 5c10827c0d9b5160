#!/usr/bin/env python3
"""Runs the official test suite of WASI, with both ways of resolving paths and in deterministic runs.

usage: wasi_suite_test.py [--one-way] SKERRY
SKERRY_WASI_SUITE names the suite's folder. A test is LANGUAGE/NAME.wasm; NAME.json beside it may have args, env, exit_code
(0 if not given), stdout, and root, a folder whose copy the program gets as "/". Without the suite the test is skipped (exit
status 77).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 60
WAYS = {
    "as it is": ([], {}),
    "component-wise paths": ([], {"SKERRY_WASI_RESOLVER": "fallback"}),
    "deterministic": (["--deterministic"], {}),
}


def writable_copy(source, target):
    """The suite may be read-only, and its programs change the folder."""
    shutil.copytree(source, target, symlinks=True)
    for folder, _, files in os.walk(target):
        for path in [folder, *(os.path.join(folder, name) for name in files)]:
            if not os.path.islink(path):
                os.chmod(path, os.stat(path).st_mode | 0o200)


def problem_of(skerry, wasm, options, environment):
    about = wasm.with_suffix(".json")
    test = json.loads(about.read_text()) if about.exists() else {}
    words = [skerry, "run", *options]
    for key, value in test.get("env", {}).items():
        words += ["--env", f"{key}={value}"]
    with tempfile.TemporaryDirectory() as scratch:
        if "root" in test:
            root = Path(scratch, "root")
            writable_copy(wasm.parent / test["root"], root)
            words += ["--dir", f"{root}::/"]
        done = subprocess.run([*words, str(wasm), *test.get("args", [])], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=SECONDS, env={**os.environ, **environment})
    if done.returncode != test.get("exit_code", 0):
        return f"ends with {done.returncode}: {done.stderr[-300:].decode(errors='replace')}"
    if "stdout" in test and done.stdout.decode() != test["stdout"]:
        return f"prints {done.stdout[:200]!r}"
    return None


def main():
    suite = os.environ.get("SKERRY_WASI_SUITE")
    if not suite:
        print("skipped: SKERRY_WASI_SUITE is not set")
        sys.exit(77)
    skerry = os.path.abspath(sys.argv[-1])
    ways = dict(list(WAYS.items())[:1]) if "--one-way" in sys.argv else WAYS
    tests = sorted(Path(suite).resolve().glob("*/*.wasm"))
    failures = 0
    for way, (options, environment) in ways.items():
        for wasm in tests:
            problem = problem_of(skerry, wasm, options, environment)
            if problem:
                failures += 1
                print(f"{wasm.parent.name}/{wasm.stem}, {way}: {problem}")
    print(f"{len(tests)} programs, {len(tests) * len(ways)} runs, {failures} failures")
    sys.exit(failures != 0 or len(tests) != 72)  # as many as docs/wasi.md says


main()
