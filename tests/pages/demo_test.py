#!/usr/bin/env python3
"""Tests what `./dev demo` prints at its end: commands that work in the project's folder, and files that exist.

usage: demo_test.py PROJECT SKERRY BUILD_FOLDER [unittest options]
"""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(sys.argv.pop(1)).resolve()
SKERRY = Path(sys.argv.pop(1)).resolve()
BUILD = Path(sys.argv.pop(1)).resolve()


def steps():
    """{what: the rest of the line}"""
    demo = re.search(r"(?ms)^demo\(\) \{\n(.*?)^\}$", (PROJECT / "dev").read_text()).group(1)
    text = re.search(r"(?ms)<<'TEXT'\n(.*?)^TEXT$", demo).group(1)
    return dict(re.match(r"([^:]+): +(.*)", line).groups() for line in text.splitlines())


class Demo(unittest.TestCase):
    def run_step(self, what):
        with tempfile.TemporaryDirectory() as name:
            release = Path(name) / "build/release"
            release.mkdir(parents=True)
            (release / "skerry").symlink_to(SKERRY)
            (release / "examples").symlink_to(BUILD / "examples")
            done = subprocess.run(["bash", "-c", steps()[what]], cwd=name, capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return done.stdout

    def test_call(self):
        self.assertEqual(self.run_step("Call a plugin"), "HELLO\n")

    def test_inspect(self):
        self.assertIn("execute", self.run_step("Look inside one"))

    def test_files_exist(self):
        named = re.findall(r"(?<![\w/])(?:README\.md|docs/[\w./-]*\w|examples/[\w./-]*\w)", "\n".join(steps().values()))
        self.assertGreaterEqual(len(named), 3)
        self.assertEqual([path for path in named if not (PROJECT / path).exists()], [])

    def test_commands_of_dev(self):
        usage = subprocess.run([PROJECT / "dev", "help"], capture_output=True, text=True, timeout=60, check=True).stdout
        for command in re.findall(r"\./dev (\w+)", "\n".join(steps().values())):
            self.assertRegex(usage, rf"(?m)^  {command}\b")


if __name__ == "__main__":
    unittest.main()
