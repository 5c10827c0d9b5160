#!/usr/bin/env python3
"""Tests README.md: its program is examples/embed, which the tests build and run, its command lines work, and its lists of
presets and options are complete.

usage: readme_test.py PROJECT SKERRY [unittest options]
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(sys.argv.pop(1)).resolve()
SKERRY = Path(sys.argv.pop(1)).resolve()
README = (PROJECT / "README.md").read_text()

PROGRAM = '(module (func (export "_start")))'
SUM = """(module (func (export "sum") (param $n i32) (result i32)
  (i32.div_u (i32.mul (local.get $n) (i32.add (local.get $n) (i32.const 1))) (i32.const 2))))"""
PLUGIN = """(module
  (memory (export "memory") 1)
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param i32 i32) (result i32 i32) (local.get 0) (local.get 1)))"""
MANIFEST = '{"meta": {"name": "plugin", "version": "1"}, "wasmPath": "plugin.wasm"}'


def blocks(language):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", README)


class Readme(unittest.TestCase):
    def test_program(self):
        self.assertEqual(blocks("cpp"), [(PROJECT / "examples/embed/embed.cpp").read_text()])

    def test_package(self):
        """The lines for CMake are those of the program that the tests build with an installed Skerry."""
        consumer = (PROJECT / "tests/install/CMakeLists.txt").read_text().replace("consumer", "app").replace(" 0.1 ", " ")
        self.assertEqual(len(blocks("cmake")), 1)
        for line in blocks("cmake")[0].splitlines():
            self.assertIn(line, consumer)

    def test_options_and_presets(self):
        """Every option of the build is in the table, and every preset for this processor in the text."""
        options = re.findall(r"(?m)^(?:option\(|set\()(SKERRY_\w+) \S+.*(?:CACHE STRING|ON\)|OFF\)|LEVEL\}\))",
                             (PROJECT / "CMakeLists.txt").read_text())
        self.assertGreater(len(options), 10)
        listed = re.findall(r"`(SKERRY_\w+)`", "".join(re.findall(r"(?m)^\| (`SKERRY.*?) \|", README)))
        self.assertEqual(set(options) - set(listed), set())
        presets = json.loads((PROJECT / "CMakePresets.json").read_text())["configurePresets"]
        platforms = re.findall(r"(?m)^(\w+) ", (PROJECT / ".cmake/platforms").read_text())
        for name in (preset["name"] for preset in presets if not preset.get("hidden")):
            if name.removesuffix("-gcc") not in platforms:
                self.assertIn(f"`{name}`", README.partition("The presets are")[2].partition("\n\n")[0])

    def test_command_lines(self):
        block, = (block for block in blocks("sh") if "skerry run" in block)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "data").mkdir()
            for file, text in (("program", PROGRAM), ("sum", SUM), ("plugin", PLUGIN)):
                (folder / f"{file}.wat").write_text(text)
                subprocess.run([SKERRY, "wat2wasm", f"{file}.wat"], cwd=folder, check=True, timeout=60)
            (folder / "plugin.json").write_text(MANIFEST)
            (folder / "skerry").symlink_to(SKERRY)
            done = subprocess.run(["bash", "-e", "-c", block], cwd=folder, capture_output=True, text=True, timeout=200,
                                  env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"})
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("\n5050\n", "\n" + done.stdout)
            self.assertTrue(done.stdout.endswith('{"op":"sum","values":[1,2]}\n'), done.stdout)
            self.assertTrue((folder / "trace.txt").exists())


if __name__ == "__main__":
    unittest.main()
