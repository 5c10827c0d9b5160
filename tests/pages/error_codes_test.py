#!/usr/bin/env python3
"""Compares the tables of docs/errors.md and docs/cli.md with the sources: the kinds and codes of the engine's errors, and
the exit statuses of the command. `.ci/plugin_tables.py` does so for the codes of the plugin host.

usage: error_codes_test.py PROJECT [unittest options]
"""

import re
import sys
import unittest
from pathlib import Path

PROJECT = Path(sys.argv.pop(1)).resolve()


def enumerators(name, header="vm/include/skerry/error.hpp"):
    header = re.sub(r"//.*", "", (PROJECT / header).read_text())
    body = re.search(rf"enum class {name} : uint8_t \{{(.*?)\}};", header, re.DOTALL).group(1)
    return [word.strip() for word in body.split(",") if word.strip()]


def section(page, heading):
    """The text between a heading and the next one."""
    text = (PROJECT / "docs" / page).read_text()
    return re.search(rf"(?ms)^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text).group(1)


def rows(text, first_column):
    """The cells of the table whose first column has this head."""
    table = re.search(rf"(?m)^\| {first_column} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text).group(1)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()]


def names(cell):
    return re.findall(r"`(\w+)`", cell)


class Codes(unittest.TestCase):
    engine = section("errors.md", "Errors of the engine")

    def test_kinds(self):
        listed = [name for row in rows(self.engine, "kind") for name in names(row[0])]
        self.assertEqual(listed, enumerators("ErrorKind"))

    def test_codes(self):
        listed = [name for row in rows(self.engine, "code") for name in names(row[0])]
        self.assertEqual(sorted(listed), sorted(set(enumerators("ErrorCode")) - {"none"}))

    def test_kinds_of_codes(self):
        kinds = {kind for row in rows(self.engine, "code") for kind in row[1].split(", ")}
        self.assertLessEqual(kinds, set(enumerators("ErrorKind")))

    def test_kinds_in_json(self):
        row, = (row for row in rows(section("cli.md", "Errors as JSON"), "member") if row[0] == "`kind`")
        self.assertEqual(sorted(names(row[2])), sorted(enumerators("ErrorKind")))

    def test_every_cause_is_given(self):
        for row in rows(self.engine, "kind") + rows(self.engine, "code"):
            self.assertNotIn("", row)

    def test_plugin_phases(self):
        phases = enumerators("Phase", "host/include/skerry/host/plugin_error.hpp")
        row = re.search(r"(?m)^\| `phase` \| always \| (.*) \|$", (PROJECT / "docs/errors.md").read_text())
        self.assertEqual(names(row.group(1)), phases)

    def test_exit_statuses(self):
        header = (PROJECT / "host/cli/commands.hpp").read_text()
        statuses = re.findall(r"inline constexpr int \w+ =\s+(\d+);", header)
        self.assertEqual(len(statuses), 3)
        listed = [row[0] for row in rows(section("cli.md", "Exit status"), "status")]
        self.assertEqual(listed, ["0", *statuses, "any"])


if __name__ == "__main__":
    unittest.main()
