#!/usr/bin/env python3
"""Numbers on the command line: counts, sizes and durations of every option, and the values of --invoke.

usage: numbers_test.py SKERRY [unittest options]
"""

import re
import unittest

from command import COMMANDS, CommandTest

COUNTS = ["0", "5", "010", "1e3", "1.5e3", "12.0", "18446744073709551615"]
NO_COUNTS = ["", "-1", "-5", "+1", "1.5", "1e", "1e-3", "1e400", "0x10", "1_000", " 1", "1 ", "1k", "ten", "1e20",
             "18446744073709551616", "99999999999999999999", "1e99"]
SIZES = ["65536", "64K", "64k", "64KB", "64KiB", "64kib", "64M", "64MB", "64MiB", "1.5G", "0.5GiB", "1e6", "1e3K", "8B"]
NO_SIZES = ["", "0", "0.1", "-1", "64X", "64 M", "M", "1e", "64MiBs", "0x10", "1e30", "4611686018427387904", "5000000T"]
DURATIONS = ["1ns", "100us", "200ms", "0.5s", "1e3ms", "1m", "2h", "010s"]
NO_DURATIONS = ["", "5", "0s", "0.1ns", "-1s", "1 s", "s", "1S", "1min", "1e10s", "1e400s", "inf"]


def options_of(text):
    """(name, kind of value) of the options in a help text."""
    return re.findall(r"(?m)^  (?:-\w, )?(--[\w-]+) ([A-Z]+)\b", text)


class Units(CommandTest):
    """Every option that takes a number takes and refuses the same texts."""

    def check(self, words, option, texts, is_valid):
        for text in texts:
            self.run_command(*words, f"{option}={text}", "--no-such-option", status=2)
            first = self.err.splitlines()[0]
            if is_valid:
                self.assertNotIn(option, first, (option, text))
            else:
                self.assertIn(f'{option}: "{text}" is not ', first)

    def test_every_option(self):
        tried = set()
        kinds = {"SIZE": (SIZES, NO_SIZES), "TIME": (DURATIONS, NO_DURATIONS)}
        for words in COMMANDS:
            self.run_command(*words, "--help")
            for option, kind in options_of(self.out):
                if option == "--function":
                    continue
                if kind == "N":
                    self.check(words, option, NO_COUNTS, is_valid=False)
                elif kind in kinds:
                    good, bad = kinds[kind]
                    self.check(words, option, bad, is_valid=False)
                    self.check(words, option, good, is_valid=True)
                tried.add((option, kind))
        for option in [("--fuel", "N"), ("--timeout", "TIME"), ("--max-memory", "SIZE"), ("--drain", "TIME"),
                       ("--jobs", "N"), ("--max-text", "SIZE"), ("--seed", "N"), ("--trace-limit", "N")]:
            self.assertIn(option, tried)

    def test_counts(self):
        self.check(["run"], "--fuel", COUNTS, is_valid=True)
        self.check(["run"], "--seed", COUNTS, is_valid=True)
        nine = "(drop (i32.const 1)) " * 4 + "i32.const 1"
        self.file("count.wat", f'(module (func (export "f") (result i32) {nine}))')
        for fuel, status in [("0", 134), ("00", 134), ("8", 134), ("010", 0), ("1e1", 0)]:
            self.run_command("run", "--fuel", fuel, "--invoke", "f", "count.wat", status=status)

    def test_an_endless_loop_ends(self):
        self.file("loop.wat", '(module (func (export "_start") (loop (br 0))))')
        self.run_command("run", "--fuel", "1e6", "loop.wat", status=134)
        self.run_command("run", "--timeout", "0.05s", "loop.wat", status=134)

    def test_ranges(self):
        for option, text, range_text in [("--max-open-files", "2", "3 to 1048576"), ("--max-open-files", "1e7", "3 to 1048576")]:
            self.run_command("run", option, text, "x.wasm", status=2)
            self.assertIn(f'{option}: "{text}" is not from {range_text}', self.err)
        for option in ["--line", "--jobs", "--slice"]:
            self.run_command("wast", option, "0", "x.wast", status=2)
            self.assertIn(f'{option}: "0" is not from 1 to', self.err)

    def test_what_sizes_mean(self):
        """Memories grow to exactly the limit."""
        self.file("grow.wat", """(module (memory (export "memory") 0)
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))""")
        for size, pages in [("128K", 2), ("128KiB", 2), ("131072", 2), ("131.072KB", 2), ("0.125M", 2), ("0.000125G", 2),
                            ("131071", 1), ("128KB", 1), ("1e5", 1)]:
            self.run_command("run", "--max-memory", size, "--invoke", "grow", "grow.wat", str(pages))
            self.assertEqual(self.out, "0\n", size)
            self.run_command("run", "--max-memory", size, "--invoke", "grow", "grow.wat", str(pages + 1))
            self.assertEqual(self.out, "-1\n", size)

    def test_parts_of_other_options(self):
        self.file("seven.wat", '(module (func (export "_start")))')
        for quota, status in [(".=64K,1e3", 0), (".=1.5MB", 0), (".=64K,-1", 2), (".=-1", 2), (".=64K,1.5", 2)]:
            self.run_command("run", "--dir", ".", "--quota", quota, "seven.wat", status=status)
        for size, status in [("64K", 0), ("1e3", 0), ("-1", 2), ("", 2)]:
            self.run_command("run", "--stdout", f"capture:{size}", "seven.wat", status=status)


class Values(CommandTest):
    TYPES = ["i32", "i64", "f32", "f64", "v128", "externref", "funcref"]

    def setUp(self):
        super().setUp()
        self.file("same.wat", "(module " + " ".join(
            f'(func (export "{t}") (param {t}) (result {t}) local.get 0)' for t in self.TYPES) +
            '(func (export "") (result i32) i32.const 3) (func (export "ref") (param (ref func))))')

    def same(self, kind, text, printed=None):
        self.run_command("run", "--invoke", kind, "same.wat", text)
        self.assertEqual(self.out, (printed or text) + "\n")

    def test_what_is_printed_can_be_given(self):
        for kind, texts in {
                "i32": ["0", "-1", "2147483647", "-2147483648"],
                "i64": ["9223372036854775807", "-9223372036854775808"],
                "f32": ["0", "-0", "1.5", "1e-45", "3.4028235e+38", "inf", "-inf", "nan", "-nan", "nan:0x1", "-nan:0x7fffff"],
                "f64": ["-0", "5e-324", "1.7976931348623157e+308", "nan", "-nan", "nan:0x1", "-nan:0xfffffffffffff"],
                "v128": ["0x" + "0" * 32, "0x00112233445566778899aabbccddeeff", "0x" + "f" * 32],
                "externref": ["null"], "funcref": ["null"]}.items():
            for text in texts:
                self.same(kind, text)

    def test_other_forms(self):
        for kind, text, printed in [
                ("i32", "4294967295", "-1"), ("i32", "0xffff_ffff", "-1"), ("i32", "-0x80000000", "-2147483648"),
                ("i32", "+7", "7"), ("i32", "010", "10"), ("i64", "0X10", "16"), ("f32", "-0X1.8p1", "-3"),
                ("f64", "0x1p-1074", "5e-324"), ("f64", ".5", "0.5"), ("f64", "-.5e1", "-5"), ("f64", "5.", "5"),
                ("f32", "7", "7"), ("f32", "nan:0x400000", "nan"), ("f64", "0x.8", None), ("v128", "0x1", "0x" + "0" * 31 + "1")]:
            if printed is None:
                self.run_command("run", "--invoke", kind, "same.wat", text, status=2)
            else:
                self.same(kind, text, printed)

    def test_floats_below_the_smallest_are_zero(self):
        for kind, text, printed in [("f64", "1e-400", "0"), ("f64", "-1e-400", "-0"), ("f32", "1e-46", "0"),
                                    ("f64", "0x1p-1080", "0"), ("f32", "-0x1p-200", "-0"), ("f64", "1e-99999999999999", "0")]:
            self.same(kind, text, printed)

    def test_what_is_refused_says_what_is_taken(self):
        whole, number = "is not a value of type i32, which is a whole number", "a number such as 1.5"
        for kind, text, message in [
                ("i32", "x", whole), ("i32", "4294967296", whole), ("i32", "-2147483649", whole), ("i32", "1.5", whole),
                ("i32", "", whole), ("i32", "1e3", whole), ("i64", "18446744073709551616", "-2^63 to 2^64 - 1"),
                ("f32", "1e39", number), ("f64", "1e309", number), ("f32", "nan:0x0", number), ("f32", "nan:0x800000", number),
                ("f32", "one", number), ("f32", "", number), ("f64", "nan:", number), ("f64", "--1", number),
                ("v128", "1", "0x and up to 32 hexadecimal digits"), ("v128", "0x", "0x and up to"), ("v128", "0xg", "0x and"),
                ("v128", "0x" + "0" * 33, "0x and up to 32"), ("externref", "0", "which is null"),
                ("funcref", "", "which is null"), ("ref", "null", "a reference that is not null")]:
            self.run_command("run", "--invoke", kind, "same.wat", text, status=2)
            self.assertIn(message, self.err, (kind, text))

    def test_an_empty_name(self):
        for words in [["--invoke", ""], ["--invoke="]]:
            self.run_command("run", *words, "same.wat")
            self.assertEqual(self.out, "3\n")
        self.file("odd.wat", '(module (func (export "")) (func (export "a, b")) (func (export "c")))')
        self.run_command("run", "--invoke", "d", "odd.wat", status=2)
        self.assertIn('available: "", "a, b", c', self.err)


if __name__ == "__main__":
    unittest.main()
