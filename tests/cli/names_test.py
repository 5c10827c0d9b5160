#!/usr/bin/env python3
"""Tests the names in backtraces: with and without a name section, and of C programs that are built as docs/debugging.md
says, on a machine that has binaryen. A stand-in for wasm-opt removes the names there, as wasm-opt does.

usage: names_test.py SKERRY PAGE [unittest options]
"""

import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

from command import SKERRY, CommandTest

PAGE = Path(sys.argv.pop(1)).resolve()
CRASH = '(module (func $deep unreachable) (func $middle (call $deep)) (func (export "_start") (call $middle)))'
WASM_OPT = f"""#!/bin/sh
# wasm-opt MODULE OPTIONS -o MODULE
echo "$*" >> "$(dirname "$0")/calls"
'{SKERRY}' wasm2wat "$1" -o "$1.wat" && '{SKERRY}' wat2wasm --no-names "$1.wat" -o "$1"
"""


def build_commands():
    """The commands with which the page builds a C program, and the C program."""
    block = re.search(r"(?ms)^```sh\n(cat > crash\.c .*?\n)skerry run", PAGE.read_text())
    return block.group(1)


def can_build(folder):
    probe = Path(folder) / "probe.c"
    probe.write_text("#include <stdlib.h>\nint main(void) { return 0; }\n")
    return shutil.which("clang-19") is not None and subprocess.run(
        ["clang-19", "--target=wasm32-wasi", "-O0", str(probe), "-o", str(probe) + ".wasm"],
        capture_output=True).returncode == 0


class Names(CommandTest):
    def backtrace(self, module):
        """The names in the backtrace of a program that traps, innermost first."""
        self.run_command("run", module, status=134)
        return re.findall(r"(?m)^  #\d+ (\S+) \(function \d+, offset 0x[0-9a-f]+\)$", self.err)

    def test_name_section(self):
        self.file("crash.wat", CRASH)
        self.run_command("wat2wasm", "crash.wat")
        self.assertEqual(self.backtrace("crash.wasm"), ["deep", "middle", "_start"])

    def test_exports_replace_names(self):
        self.file("crash.wat", CRASH)
        self.run_command("wat2wasm", "--no-names", "crash.wat")
        self.assertEqual(self.backtrace("crash.wasm"), ["<unnamed>", "<unnamed>", "_start"])

    def with_binaryen(self, commands):
        """Runs the commands where clang finds wasm-opt; returns how often it ran that."""
        tools = self.folder / "tools"
        tools.mkdir(exist_ok=True)
        (tools / "wasm-opt").write_text(WASM_OPT)
        (tools / "wasm-opt").chmod(0o755)
        (tools / "calls").write_text("")
        done = subprocess.run(["bash", "-e", "-c", commands], cwd=self.folder, capture_output=True, text=True, timeout=120,
                              env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return len((tools / "calls").read_text().splitlines())

    def test_recommended_build_keeps_names(self):
        if not can_build(self.folder):
            self.skipTest("this machine cannot build C programs for wasm32-wasi")
        self.assertEqual(self.with_binaryen(build_commands()), 0)
        self.assertIn("crash-c.wasm!deep", self.backtrace("crash-c.wasm"))

    def test_plain_build_loses_names(self):
        """Without this the test above could not fail."""
        if not can_build(self.folder):
            self.skipTest("this machine cannot build C programs for wasm32-wasi")
        self.with_binaryen(build_commands())
        self.assertEqual(self.with_binaryen("clang-19 --target=wasm32-wasi -g -O2 crash.c -o plain.wasm"), 1)
        self.assertEqual(self.backtrace("plain.wasm")[0], "<unnamed>")


if __name__ == "__main__":
    unittest.main()
