#!/usr/bin/env python3
"""Runs clang-tidy on the project's sources, several at a time, and remembers which passed.

A file is looked at again when its preprocessed text, its compile command or the configuration changed; the memory is
the user's (XDG_CACHE_HOME) and serves all clones. Left out:
vm/exec, whose files are tables of thousands of handler instantiations (each takes minutes), and tests, where most
findings are about what Catch2's macros expand to.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

LOOKED_AT = re.compile(r"^(vm|wasi|host|spec-tests|examples|fuzz)/")
LEFT_OUT = re.compile(r"^vm/exec/")


def sources(build, root):
    """{source: compile command as words, without the compiler cache} of what is to be looked at."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["file"]).resolve()
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        if LOOKED_AT.match(name) and not LEFT_OUT.match(name):
            words = shlex.split(entry["command"])
            launcher = next((i for i, word in enumerate(words[:5]) if word.endswith("ccache")), -1)
            found[name] = words[launcher + 1:]
    return found


def fingerprint(words, configuration, root):
    output = words.index("-o")
    preprocess = words[:output] + words[output + 2:] + ["-E", "-P"]
    text = subprocess.run(preprocess, capture_output=True, check=True).stdout
    command = shlex.join(words).replace(str(root), ".")
    return hashlib.sha256(b"\0".join([text, command.encode(), configuration])).hexdigest()


def check(name, words, build, configuration, cache):
    """Returns what clang-tidy found in one file, or ""."""
    passed = cache / fingerprint(words, configuration, Path.cwd())
    if passed.exists():
        return ""
    done = subprocess.run(["clang-tidy-19", "--quiet", "-p", str(build), name], capture_output=True, text=True)
    if done.returncode == 0:
        passed.touch()
        return ""
    return done.stdout + "".join(line for line in done.stderr.splitlines(True) if "error" in line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, metavar="DIR", help="has compile_commands.json")
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument("names", nargs="*", help="only sources with one of these in their path")
    options = parser.parse_args()

    root = Path.cwd()
    configuration = Path(".clang-tidy").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "skerry/tidy"
    cache.mkdir(parents=True, exist_ok=True)
    todo = {name: words for name, words in sources(options.build, root).items()
            if not options.names or any(part in name for part in options.names)}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(check, name, words, options.build, configuration, cache) for name, words in todo.items()]
        findings = [found for run in runs if (found := run.result())]
    sys.stdout.write("\n".join(findings))
    print(f"clang-tidy: {len(todo)} files, {len(findings)} with findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
