#!/usr/bin/env python3
"""What the command says about modules that it refuses: the place in a text, the feature, the kind of file, similar names.

usage: messages_test.py SKERRY [unittest options]
"""

import gzip
import json
import subprocess
import unittest

from command import SKERRY, CommandTest

# The section of types and the section of functions of a module with one function () -> ().
ONE_FUNCTION = b"\0asm\1\0\0\0" + b"\1\4\1\x60\0\0" + b"\3\2\1\0"


class Messages(CommandTest):
    def check_refused(self, content, *parts, name="module"):
        """Every command that loads the file says the same about it."""
        self.file(name, content)
        for command in ["run", "validate", "objdump"]:
            self.run_command(command, name, status=1)
            for part in parts:
                self.assertIn(part, self.err, command)

    def test_missing_features_are_named(self):
        body = lambda code: ONE_FUNCTION + b"\x0a" + bytes([len(code) + 3, 1, len(code) + 1, 0]) + code
        for content, feature in [
            ("(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))", "threads"),
            ("(module (memory 1 1 shared))", "threads"),
            (b"\0asm\1\0\0\0\5\4\1\3\1\1", "threads"),
            (body(b"\x41\0\xfe\x10\2\0\x1a\x0b"), "threads"),
            (body(b"\x06\x40\x19\x0b\x0b"), "legacy-exceptions"),
            (body(b"\xfc\x13\x0b"), "wide-arithmetic"),
            ("(module (func (throw 0)) (tag))", "exceptions"),
            ("(module (type (struct)))", "gc"),
            ("(component)", "component-model"),
            (b"\0asm\x0d\0\1\0", "component-model"),
        ]:
            with self.subTest(content=content):
                self.file("module", content)
                self.run_command("run", "module", status=1)
                self.assertIn("unsupported: ", self.err)
                self.assertIn(f"needs the feature {feature}, which this version of Skerry does not support", self.err)

    def test_other_files_are_named(self):
        self.check_refused(gzip.compress(ONE_FUNCTION), "gzip data: decompress it first")
        self.check_refused("<!DOCTYPE html>\n<html>", "an HTML document")
        self.check_refused(b"\x7fELF\2\1\1", "an ELF file")
        self.check_refused("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer", "git lfs pull")
        self.check_refused("int main() {}", "not a WebAssembly module")
        self.check_refused("", "an empty file")
        self.run_command("wasm2wat", self.file("text.wat", "(module)"), status=1)
        self.assertIn("a module in the text format", self.err)

    def test_errors_in_texts_have_a_place(self):
        text = "(module\n  (func $add (param i64)\n    (drop (i32.add (local.get 0) (i32.const 2)))))\n"
        source = "3 |     (drop (i32.add (local.get 0) (i32.const 2)))))\n  |            ^\n"
        for words in [["run"], ["validate"], ["wat2wasm"], ["wat2wasm", "--no-names"]]:
            self.run_command(*words, self.file("a.wat", text), status=1)
            self.assertIn("a.wat: invalid: type mismatch: instruction requires [i32 i32] but stack has [i64 i32]: "
                          "i32.add at 3:12\n", self.err)
            self.assertIn(source, self.err)
            self.assertNotIn("byte offset", self.err)
            self.assertEqual("(add)" in self.err, "--no-names" not in words, self.err)
        self.run_command("run", self.file("b.wat", "(module (func\n\t(i32.cnst 1)))"), status=1)
        self.assertIn("unknown operator i32.cnst, expected an instruction at 2:3\n2 |  (i32.cnst 1)))\n  |   ^\n", self.err)

    def test_json_has_the_place_and_the_feature(self):
        self.file("a.wat", "(module\n  (func $f (i32.const 1)))")
        self.run_command("validate", "--json", "a.wat", status=1)
        error = json.loads(self.err)["error"]
        self.assertEqual((error["kind"], error["line"], error["column"], error["name"]), ("invalid", 2, 25, "f"))
        self.run_command("run", "--json", self.file("b.wat", "(module (memory 1 1 shared))"), status=1)
        error = json.loads(self.err)["error"]
        self.assertEqual((error["kind"], error["code"], error["feature"]), ("unsupported", "unsupported", "threads"))

    def test_operands_are_named(self):
        self.run_command("run", self.file("left.wat", "(module (func (i32.const 1)))"), status=1)
        self.assertIn("[i32] left over at the end of the function", self.err)
        self.file("bottom.wat", "(module (func unreachable (drop (select (result i32) (i64.const 1)))))")
        self.run_command("run", "bottom.wat", status=1)
        self.assertIn("stack has [i64]: select", self.err)
        self.assertNotIn("bot", self.err.replace("bottom.wat", ""))

    def test_binary_modules_have_names_in_errors(self):
        self.file("named.wat", "(module (func $named) (func $wrong (i32.const 1)))")
        self.run_command("wat2wasm", "--no-check", "named.wat")
        self.run_command("validate", "named.wasm", status=1)
        self.assertIn("at byte offset 0x", self.err)
        self.assertIn("in function 1 (wrong)", self.err)

    def test_missing_imports(self):
        start = '(func (export "_start")))'
        near = '(module (import "wasi_snapshot_preview1" "fd_writ" (func)) ' + start
        self.run_command("run", self.file("near.wat", near), status=1)
        self.assertIn('did you mean "fd_write"?', self.err)
        self.assertIn("--unknown-imports=trap", self.err)
        self.run_command("run", "--unknown-imports=trap", "near.wat")
        module = '(module (import "wasi_snapshot_preview" "fd_write" (func)) ' + start
        self.run_command("run", self.file("module.wat", module), status=1)
        self.assertIn('did you mean "wasi_snapshot_preview1"?', self.err)
        for wrong in ['"env" "memory" (memory 1)', '"wasi_snapshot_preview1" "fd_write" (func)']:
            self.run_command("run", self.file("wrong.wat", f"(module (import {wrong}) " + start), status=1)
            self.assertNotIn("--unknown-imports", self.err)

    def test_texts_in_old_forms(self):
        old = ('\N{BYTE ORDER MARK}(module (memory 1) (table 1 funcref) (data 0 (i32.const 0) "A")\n'
               '(elem 0 (i32.const 0) 0) (func (export "f") (result i32) (i32.load8_u (i32.const 0))))')
        self.run_command("run", "--invoke", "f", self.file("old.wat", old))
        self.assertEqual(self.out, "65\n")

    def test_names_stay_short_and_printable(self):
        for bad in ["\x1b[31m" * 3, "x" * 100_000, "a\nb\rc", "\u202eevil"]:
            name = bad.encode()
            length = bytes([len(name) & 0x7f | 0x80, len(name) >> 7 & 0x7f | 0x80, len(name) >> 14])
            entry = length + name
            imports = b"\1" + entry + entry + b"\0\0"
            size = len(imports)
            section = b"\2" + bytes([size & 0x7f | 0x80, size >> 7 & 0x7f | 0x80, size >> 14 | 0x80, 0]) + imports
            self.file("bad.wasm", b"\0asm\1\0\0\0" + b"\1\4\1\x60\0\0" + section)
            for words in [["run"], ["run", "--unknown-imports=trap", "--invoke", bad[:2000]]]:
                self.run_command(*words, "bad.wasm", status=1 if len(words) == 1 else self.status_of(words))
                self.assertLess(len(self.err), 20_000)
                for forbidden in ["\x1b", "\r", "\u202e"]:
                    self.assertNotIn(forbidden, self.err)

    def status_of(self, words):
        return subprocess.run([SKERRY, *words, "bad.wasm"], capture_output=True, cwd=self.folder).returncode


if __name__ == "__main__":
    unittest.main()
