#!/usr/bin/env python3
"""Runs the programs of others that a manifest lists, and compares what they print, return and write with what it says.

usage: guests_test.py SKERRY
SKERRY_GUESTS names a folder with programs/manifest.json, a list of programs: {name, wasm, args, env, stdin, features,
preopens: [{guest, files: {name: text}}], expected_stdout | expected_stdout_sha1 | expected_stdout_pattern,
expected_exit (a number, or "trap"), files_written: {name: sha1}, deterministic}. A text "@FILE" stands for a file's bytes.
Without the folder the test is skipped (exit status 77).
"""

import fnmatch
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 240
TRAP = 134
UNSUPPORTED = {"gc"}


def content(text, base):
    return (base / text[1:]).read_bytes() if text.startswith("@") else text.encode()


def make_folders(program, base, scratch):
    """Makes a folder for each preopen; returns [(host folder, guest name, names of the given files)]."""
    folders = []
    for number, preopen in enumerate(program.get("preopens", [])):
        host = Path(scratch, str(number))
        host.mkdir()
        for name, text in preopen["files"].items():
            (host / name).parent.mkdir(parents=True, exist_ok=True)
            (host / name).write_bytes(content(text, base))
        folders.append((host, preopen["guest"], preopen["files"]))
    return folders


def run(skerry, program, base, folders):
    wasm = base / program["wasm"]
    words = [skerry, "run"]
    for host, guest, _ in folders:
        words += ["--dir", f"{host}::{guest}"]
    for key, value in program.get("env", {}).items():
        words += ["--env", f"{key}={value}"]
    stdin = content(program.get("stdin", ""), base)
    return subprocess.run([*words, str(wasm), *program.get("args", [])], input=stdin, capture_output=True, timeout=SECONDS)


def stdout_problem(program, out):
    if "expected_stdout_pattern" in program:
        matches = fnmatch.fnmatchcase(out.decode(errors="replace"), program["expected_stdout_pattern"])
        return None if matches else f"prints {out[:200]!r}, which does not match"
    if not program.get("deterministic", True):
        return None  # prints a time, for example
    if "expected_stdout" in program:
        same = out == program["expected_stdout"].encode()
    else:
        same = hashlib.sha1(out).hexdigest() == program["expected_stdout_sha1"]
    return None if same else f"prints {out[:200]!r}"


def written_files(folders):
    """{name: sha1} of the files at the top of the folders that were not given."""
    return {path.name: hashlib.sha1(path.read_bytes()).hexdigest()
            for host, _, given in folders for path in host.iterdir() if path.is_file() and path.name not in given}


def problems_of(skerry, program, base):
    with tempfile.TemporaryDirectory() as scratch:
        folders = make_folders(program, base, scratch)
        done = run(skerry, program, base, folders)
        written = written_files(folders)
    expected = TRAP if program["expected_exit"] == "trap" else program["expected_exit"]
    problems = [stdout_problem(program, done.stdout)]
    if done.returncode != expected:
        problems.append(f"ends with {done.returncode}, not {expected}: {done.stderr[-300:].decode(errors='replace')}")
    if written != program.get("files_written", written):
        problems.append(f"writes {written}")
    return [problem for problem in problems if problem]


def main():
    guests = os.environ.get("SKERRY_GUESTS")
    if not guests:
        print("skipped: SKERRY_GUESTS is not set")
        sys.exit(77)
    base = Path(guests).resolve() / "programs"
    skerry = os.path.abspath(sys.argv[1])
    passed = failed = skipped = 0
    for program in json.loads((base / "manifest.json").read_text()):
        unsupported = UNSUPPORTED.intersection(program["features"])
        if unsupported:
            print(f"{program['name']}: skipped, needs {', '.join(sorted(unsupported))}")
            skipped += 1
            continue
        problems = problems_of(skerry, program, base)
        for problem in problems:
            print(f"{program['name']}: {problem}")
        failed += bool(problems)
        passed += not problems
    print(f"{passed} programs passed, {failed} failed, {skipped} skipped")
    sys.exit(failed != 0 or passed == 0)


main()
