#!/usr/bin/env python3
"""Tests CONTRIBUTING.md: its commands exist, its selections of tests select some, and its tables are complete.

usage: contributing_test.py PROJECT BUILD_FOLDER [unittest options]
"""

import re
import shlex
import subprocess
import sys
import unittest
from pathlib import Path

PROJECT = Path(sys.argv.pop(1)).resolve()
BUILD = Path(sys.argv.pop(1)).resolve()
PAGE = (PROJECT / "CONTRIBUTING.md").read_text()
DEV = (PROJECT / "dev").read_text()


def commands():
    """The words of each command in the ```sh blocks."""
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```$", PAGE)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines() if line]


def table(first_header):
    """The first cells of the rows of a table."""
    rows = PAGE.partition(f"| {first_header} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [row.split("|")[1].strip().strip("`") for row in rows]


class Contributing(unittest.TestCase):
    def test_every_command_is_known(self):
        self.assertGreater(len(commands()), 8)
        self.assertEqual({words[0] for words in commands()}, {"./dev", "ctest"})

    def test_commands_of_dev(self):
        """The command and each of its words are in the usage text."""
        usage = subprocess.run([PROJECT / "dev", "help"], capture_output=True, text=True, timeout=60, check=True).stdout
        for _, command, *words in [words for words in commands() if words[0] == "./dev"]:
            self.assertRegex(usage, rf"(?m)^  {command}\b")
            for word in words:
                self.assertRegex(usage, rf"(?<![\w-]){word}\b", command)

    def test_selections_of_tests(self):
        selections = [words for words in commands() if words[0] == "ctest"]
        self.assertEqual(len(selections), 2)
        for words in selections:
            words[words.index("build/release")] = str(BUILD)
            done = subprocess.run([*words, "-N"], capture_output=True, text=True, timeout=120)
            self.assertRegex(done.stdout, r"Total Tests: [1-9]", words)

    def test_labels(self):
        """The areas that the page lists are labels of tests."""
        labels = subprocess.run(["ctest", "--test-dir", BUILD, "--print-labels"], capture_output=True, text=True, timeout=120,
                                check=True).stdout.split()
        listed = re.search(r"the tests of one area: ([\w, ]+)", PAGE).group(1).split(", ")
        self.assertGreater(len(listed), 3)
        self.assertEqual({label.strip() for label in listed} - set(labels), set())

    def test_steps_of_lint(self):
        body = re.search(r"(?ms)^lint_prose\(\) \{.*?^lint\(\) \{\n.*?^\}$", DEV).group(0)
        steps = re.findall(r'(?m)^  say "([\w -]+)"$', body)
        self.assertGreater(len(steps), 5)
        self.assertEqual(set(table("step of `./dev lint`")), set(steps))

    def test_commands_of_continuous_integration(self):
        runs = re.findall(r"(?m)^(\./dev [\w ]+)$", (PROJECT / ".ci/run").read_text())
        self.assertGreater(len(runs), 3)
        self.assertEqual(table("command"), runs)


if __name__ == "__main__":
    unittest.main()
