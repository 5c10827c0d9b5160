#!/usr/bin/env python3
"""Compares docs/cli.md with the help of every command: the same commands, and the same options.

usage: page_test.py SKERRY PAGE [unittest options]
"""

import re
import sys
import unittest
from pathlib import Path

from command import COMMANDS, CommandTest

PAGE = Path(sys.argv.pop(1)).resolve()


def sections():
    """{command: its section}"""
    parts = re.split(r"(?m)^## skerry (.*)$", PAGE.read_text())
    return dict(zip(parts[1::2], parts[2::2]))


class Page(CommandTest):
    def listed(self, text):
        """The first column of the options in a help text, without the help option."""
        found = re.findall(r"(?m)^  (-\S(?:.*?\S)?)(?:  .*)?$", text)
        return [option for option in found if not option.endswith("--help")]

    def test_options(self):
        for words in COMMANDS:
            command = " ".join(words)
            described = re.findall(r"(?m)^\| `(-.*?)` \|", sections()[command])
            self.run_command(*words, "--help")
            listed = self.listed(self.out)
            self.assertNotEqual(listed, [])
            self.assertEqual([option.replace("\\|", "|") for option in described], listed, command)

    def test_commands(self):
        self.assertEqual(sorted(sections()), sorted(" ".join(words) for words in COMMANDS))


if __name__ == "__main__":
    unittest.main()
