#!/usr/bin/env python3
"""Runs clang-tidy on the project's sources, many at a time in one translation unit, and remembers which passed.

Clang-tidy 19 walks the standard library's headers for every check, which takes 15 s for each file. Sources with equal
compile flags are therefore included into one file and checked together, which takes 3 s for each. A source that does
not compile next to another (two local functions of one name) goes to the next such file. A file is checked again after
its preprocessed text, its compile command or the configuration changes. The results are kept in the user's cache
(XDG_CACHE_HOME) and serve all clones. The tables of thousands of handler instantiations in vm/exec are left out,
because each takes minutes. The build directory must be configured with SKERRY_UNITY=OFF, so that it lists the sources.
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
import tempfile
from pathlib import Path

CHECKED = re.compile(r"^(vm|wasi|host|spec-tests|examples|fuzz|tests)/.*\.cpp$")
LEFT_OUT = re.compile(r"^vm/exec/(simd/|.*_handlers\.cpp$|stack_op_handlers)")
BATCH = 24
DIAGNOSTIC = re.compile(r"^([^\s:]+):\d+:\d+: (?:fatal )?error:", re.MULTILINE)


def compile_flags(command):
    """The words of a compile command that say how, without compiler, input and output."""
    words = shlex.split(command)
    flags, skip = [], False
    for word in words[next(i for i, word in enumerate(words) if word.startswith("-")):]:
        if skip or word in ("-c", "-MD", "-Winvalid-pch") or word.endswith((".cpp", "cmake_pch.hxx", ".pch")):
            skip = False
        elif word in ("-o", "-MF", "-MT", "-Xclang"):
            skip = True
        elif not word.startswith("-include"):
            flags.append(word)
    return tuple(flags)


def sources(build, root, names):
    """{(folder, flags): [source, …]} of the sources to check."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["file"]).resolve()
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        if CHECKED.match(name) and not LEFT_OUT.match(name) and (not names or any(part in name for part in names)):
            found.setdefault((name.split("/")[0], compile_flags(entry["command"])), set()).add(name)
    return {key: sorted(group) for key, group in found.items()}


class Batch:
    """Sources that are compiled as one."""

    def __init__(self, names, flags, folder):
        self.names, self.flags = names, list(flags)
        self.path = Path(folder) / (hashlib.sha256("\0".join(names).encode()).hexdigest()[:16] + ".cpp")
        # The include of a source is what is meant here; nothing else is in this file.
        self.path.write_text("".join(f'#include "{Path(name).resolve()}" // NOLINT\n' for name in names))

    def conflicts(self):
        """The sources that do not compile beside those before them."""
        done = self.compiler("-fsyntax-only", "-w", "-ferror-limit=0", "-fno-color-diagnostics")
        root = str(Path.cwd()) + "/"
        wrong = {match.removeprefix(root) for match in DIAGNOSTIC.findall(done.stderr.decode())}
        return [name for name in self.names[1:] if name in wrong] if done.returncode else []

    def fingerprint(self, configuration):
        text = self.compiler("-E", "-P").stdout
        command = shlex.join(self.flags).replace(str(Path.cwd()), ".")
        return hashlib.sha256(b"\0".join([text, command.encode(), configuration])).hexdigest()

    def findings(self):
        done = subprocess.run(["clang-tidy-19", "--quiet", str(self.path), "--", *self.flags], capture_output=True,
                              text=True)
        errors = "".join(line for line in done.stderr.splitlines(True) if "error" in line)
        return done.stdout + errors if done.returncode else ""

    def compiler(self, *arguments):
        return subprocess.run(["clang++-19", *self.flags, *arguments, str(self.path)], capture_output=True)


def batches(names, flags, folder):
    """Splits sources into batches that compile."""
    rest = []
    for start in range(0, len(names), BATCH):
        batch = Batch(names[start:start + BATCH], flags, folder)
        while moved := batch.conflicts():
            rest += moved
            batch = Batch([name for name in batch.names if name not in moved], flags, folder)
        yield batch
    if rest:
        yield from batches(rest, flags, folder)


def check(batch, configuration, cache):
    """Returns what clang-tidy found in a batch, or ""."""
    passed = cache / batch.fingerprint(configuration)
    if passed.exists():
        return ""
    found = batch.findings()
    if not found:
        passed.touch()
    return found


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
    groups = sources(options.build, root, options.names)
    # Within the checkout, so that clang-tidy finds the configuration.
    with tempfile.TemporaryDirectory(dir=options.build) as folder, \
         concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        split = pool.map(lambda group: list(batches(group[1], group[0][1], folder)), groups.items())
        runs = [pool.submit(check, batch, configuration, cache) for group in split for batch in group]
        findings = [found for run in runs if (found := run.result())]
    sys.stdout.write("\n".join(findings))
    checked = sum(len(group) for group in groups.values())
    print(f"clang-tidy: {checked} files in {len(runs)} batches, {len(findings)} with findings")
    return 1 if findings or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
