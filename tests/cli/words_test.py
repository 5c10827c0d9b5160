#!/usr/bin/env python3
"""The forms of the command line: how programs are named, help, version, and what is said about wrong words.

usage: words_test.py SKERRY [unittest options]
"""

import os
import re
import subprocess
import unittest
from pathlib import Path

from command import COMMANDS, SKERRY, CommandTest, printer

SEVEN = '(module (func (export "_start")) (func (export "seven") (result i32) i32.const 7))'
SHOW_ARGUMENTS = printer("args")


class Files(CommandTest):
    def test_a_file_without_a_command_runs(self):
        for name in ["show.wat", "./show.wat", "show"]:
            self.file(name, SHOW_ARGUMENTS)
            for words in [[], ["run"], ["run", "--"], ["--"]]:
                self.run_command(*words, name, "--help", "[1,2]", "--", "{}")
                self.assertEqual(self.out.split("\0")[1:-1], ["--help", "[1,2]", "--", "{}"], words)

    def test_a_command_comes_before_a_file_of_its_name(self):
        self.file("validate", SHOW_ARGUMENTS)
        self.run_command("validate", status=2)
        self.run_command("./validate")
        self.assertIn("validate", self.out)

    def test_a_file_that_begins_with_a_dash(self):
        self.file("-odd.wat", SHOW_ARGUMENTS)
        self.run_command("run", "--", "-odd.wat", "x")
        self.assertEqual(self.out.split("\0")[1:-1], ["x"])
        for words in [["validate"], ["inspect"], ["objdump", "-x"]]:
            self.run_command(*words, "--", "-odd.wat")

    def test_standard_input(self):
        self.file("seven.wat", SEVEN)
        self.run_command("wat2wasm", "seven.wat")
        binary = (self.folder / "seven.wasm").read_bytes()
        for module in [SEVEN.encode(), binary]:
            self.run_command("run", "--invoke", "seven", "-", input=module)
            self.assertEqual(self.out, "7\n")
            self.run_command("-", input=module)
            for words in [["validate"], ["inspect"], ["objdump", "-x"]]:
                self.run_command(*words, "-", input=module)
                self.run_command(*words, "-", input=b"(module (func", status=1)
                self.assertIn("standard input: ", self.err)
        self.assertEqual(self.run_command("wat2wasm", "-", input=SEVEN.encode()).stdout, binary)
        self.assertFalse((self.folder / "-.wasm").exists())
        self.run_command("wasm2wat", "-", input=binary)
        self.assertIn('(export "seven"', self.out)
        script = f'{SEVEN} (assert_return (invoke "seven") (i32.const 7))'.encode()
        for words in [["wast"], ["wast", "--no-fork"]]:
            self.run_command(*words, "-", input=script)
            self.assertIn("1 passed, 0 failed", self.out)
            self.run_command(*words, "-", input=script[:-3] + b"8))", status=1)

    def test_standard_input_that_is_closed_or_a_folder(self):
        for command in ["run", "validate", "inspect", "wasm2wat"]:
            done = subprocess.run(["sh", "-c", f'"{SKERRY}" {command} - <&-'], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"standard input: Bad file descriptor", done.stderr)
            done = subprocess.run(["sh", "-c", f'"{SKERRY}" {command} - </'], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"standard input: Is a directory", done.stderr)

    def test_the_guest_finds_the_end_of_standard_input(self):
        reader = """(module
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00")
          (func (export "_start") (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))
            (if (i32.load (i32.const 8)) (then unreachable))))"""
        self.run_command("run", "-", input=reader.encode())

    def test_other_texts(self):
        self.file("p.wat", """(module (memory (export "memory") 1)
          (func (export "allocate") (param i32) (result i32) (i32.const 1024)) (func (export "deallocate") (param i32 i32))
          (func (export "execute") (param $p i32) (param $n i32) (result i32 i32) (local.get $p) (local.get $n)))""")
        self.run_command("wat2wasm", "p.wat")
        self.file("m.json", '{"meta":{"name":"p","version":"1.0.0"},"wasmPath":"./p.wasm"}')
        self.run_command("plugin", "call", "--manifest", "m.json", "--input-file", "-", "--input", "{}", "--input", "[a,b]",
                         "--input=", "--input", "--input=", input=b"from stdin")
        self.assertEqual(self.out, "from stdin\n{}\n[a,b]\n\n--input=\n")


class Help(CommandTest):
    COLUMNS, LINES = 80, 40  # 24 lines are too few for the options of `run`

    def test_help_of_every_command_fits_a_screen(self):
        for words in [[], ["plugin"], *COMMANDS]:
            self.run_command(*words, "--help")
            lines = self.out.splitlines()
            self.assertLessEqual(len(lines), self.LINES, words)
            self.assertLessEqual(max(map(len, lines)), self.COLUMNS, self.out)
            self.assertEqual(lines[0].split(" [")[0].split(" COMMAND")[0], " ".join(["Usage:", "skerry", *words]))
            if words:
                self.assertRegex(self.out, "\nExamples?:\n  skerry ", words)
            for word in ["SUBCOMMAND", "REQUIRED", "TEXT:", "UINT", "INT", "Needs:", " in {"]:
                self.assertNotIn(f"{word} ", self.out)
            for other in [["help", *words], [*words[:1], "help", *words[1:]] if words[:1] == ["plugin"] else ["help", *words]]:
                before = self.out
                self.run_command(*other)
                self.assertEqual(self.out, before, other)

    def listed(self, *words):
        self.run_command(*words)
        part = self.out.split("\nCommands:\n")[1].split("\n\n")[0]
        return set(re.findall(r"(?m)^  (\w+) ", part))

    def test_every_command_is_listed(self):
        words_of_all = {"help", "version"}
        self.assertEqual(self.listed("help"), words_of_all | {words[0] for words in COMMANDS})
        self.assertEqual(self.listed("help", "plugin"), words_of_all | {words[1] for words in COMMANDS if words[0] == "plugin"})

    def test_help_of_what_is_not_there(self):
        for words in [["help", "runn"], ["runn", "--help"]]:
            self.run_command(*words, status=2)
            self.assertIn('unknown command "runn"; did you mean run?', self.err)

    def test_version(self):
        self.run_command("--version")
        first = self.out
        for words in [["-V"], ["version"], ["plugin", "version"], ["plugin", "--version"]]:
            self.run_command(*words)
            self.assertEqual(self.out, first)
        self.assertRegex(first, r"^skerry \d+\.\d+\.\d+( \([0-9a-f]{7,40}(-dirty)?\))?\n")
        self.assertRegex(first, r"\ncompiler: (Clang|GNU) \d+\.\d+\S* for \w+ \w+\n")
        self.assertRegex(first, r"\ndispatch: (tailcall|musttail|sibling|trampoline)\n")
        self.assertRegex(first, r"\nsimd:     ((\w+) \(of \2(, \w+)*\)|what the build is compiled for)\n")
        self.assertRegex(first, r"\nfeatures:.* simd .*\nmissing: .* gc")

    def test_version_has_the_commit(self):
        project = Path(__file__).resolve().parents[2]
        if not (project / ".git").exists():
            self.skipTest("not a working copy of git")
        self.run_command("version")
        commit = re.search(r"\(([0-9a-f]{12,})", self.out).group(1)
        subprocess.run(["git", "-C", str(project), "cat-file", "-e", commit + "^{commit}"], check=True)


class WrongWords(CommandTest):
    def test_suggestions(self):
        for words, message in [
                (["runn"], 'unknown command "runn"; did you mean run?'),
                (["validat", "x.wasm"], 'unknown command "validat"; did you mean validate?'),
                (["hello"], 'unknown command "hello"\n'),
                (["plugin", "cal"], 'unknown command "cal"; did you mean call?'),
                (["run", "--dirs", "a::b", "x.wasm"], "unknown option --dirs; did you mean --dir?"),
                (["run", "--feul=5", "x.wasm"], "unknown option --feul; did you mean --fuel?"),
                (["inspect", "--jsn", "x.wasm"], "unknown option --jsn; did you mean --json?"),
                (["plugin", "call", "--manifst", "x"], "unknown option --manifst; did you mean --manifest?"),
                (["--fuel", "5", "x.wasm"], "unknown option --fuel; it stands after its command: skerry run --fuel"),
                (["--verison"], "unknown option --verison; did you mean --version?"),
                ([], "a command is required"),
                (["plugin"], "a command is required"),
                (["inspect", "a.wasm", "b.wasm"], 'unexpected argument "b.wasm"')]:
            self.run_command(*words, status=2)
            self.assertIn(message, self.err)
            self.assertRegex(self.err, r"\nskerry[a-z ]* --help explains the (commands|options)\n$")
            self.assertEqual(self.out, "")

    def test_values_that_are_missing_or_too_many(self):
        for words, message in [
                (["run", "--dir"], "--dir needs a value: HOST::GUEST[:ro]"),
                (["run", "--fuel"], "--fuel needs a value: N"),
                (["wast", "x.wast", "--simd"], "--simd needs a value: TARGET"),
                (["run", "--fuel", "1", "--fuel", "2", "x.wasm"], "--fuel is given more than once"),
                (["run", "--stats=yes", "x.wasm"], "--stats takes no value"),
                (["run", "--trace-limit", "5", "x.wasm"], "--trace-limit requires --trace"),
                (["run", "--preload", "x.wasm", "x.wasm"], '"x.wasm" is not NAME=FILE'),
                (["run"], "FILE is required"),
                (["validate"], "FILE is required"),
                (["plugin", "call"], "--manifest is required")]:
            self.run_command(*words, status=2)
            self.assertIn(message, self.err)

    def test_choices_are_listed(self):
        self.run_command("run", "--unknown-imports=zero", "x.wasm", status=2)
        self.assertIn('--unknown-imports: "zero" is not one of trap, default\n', self.err)
        self.run_command("wast", "--simd", "mmx", "x.wast", status=2)
        self.assertRegex(self.err, r'--simd: "mmx" is not one of auto(, \w+)*\n')
        self.file("x.wat", SEVEN)
        self.run_command("run", "--stdin", "nul", "x.wat", status=2)
        self.assertIn('"nul" must be one of inherit, null, file:PATH', self.err)

    def test_options_after_a_file_whose_program_reads_no_arguments(self):
        self.file("seven.wat", SEVEN)
        for words in [["--dir", "a::b"], ["x", "--fuel=5"], ["--help"]]:
            self.run_command("run", "seven.wat", *words, status=2)
            name = [word for word in words if word.startswith("--")][0].split("=")[0]
            self.assertIn(f"{name} stands after the file: did you mean it for skerry?", self.err)
            self.run_command("seven.wat", *words, status=2)
        self.run_command("run", "seven.wat", "x", "--unknown", "-h")
        for words in [["--fuel", "5"], ["5", "--fuel"]]:
            self.run_command("run", "--invoke", "seven", "seven.wat", *words, status=2)
            self.assertIn("--fuel stands after the file", self.err)
        self.file("add.wat", '(module (func (export "add") (param i32 i32) (result i32) local.get 0))')
        self.run_command("run", "--invoke", "add", "add.wat", "1", "--stats", status=2)
        self.assertIn("--stats stands after the file", self.err)

    def test_options_after_a_file_whose_program_reads_arguments(self):
        self.file("show.wat", SHOW_ARGUMENTS)
        self.run_command("run", "show.wat", "--dir", "a::b")
        self.assertEqual((self.out, self.err), ("show.wat\0--dir\0a::b\0", ""))


if __name__ == "__main__":
    unittest.main()
