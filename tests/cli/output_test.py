#!/usr/bin/env python3
"""Output that cannot be written, colours, progress, and errors as JSON.

usage: output_test.py SKERRY [unittest options]
"""

import contextlib
import json
import os
import pty
import resource
import select
import signal
import subprocess
import time
import unittest

from command import COMMANDS, SKERRY, CommandTest, printer

SUM = """(module $sums
  (func $inner (export "inner") unreachable)
  (func $outer (export "outer") (call $inner))
  (func (export "_start"))
  (func (export "one") (result i32) i32.const 1))"""
EXITS = """(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (data (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00") (data (i32.const 16) "text\\n")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $exit (i32.const 0))))"""
PLUGIN = """(module (memory (export "memory") 1)
  (func (export "allocate") (param i32) (result i32) (i32.const 1024)) (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param $p i32) (param $n i32) (result i32 i32) (local.get $p) (local.get $n)))"""


class FullDisks(CommandTest):
    """Every command that writes to standard output fails if it cannot."""

    def setUp(self):
        super().setUp()
        self.file("sum.wat", SUM)
        self.file("exits.wat", EXITS)
        self.file("p.wat", PLUGIN)
        self.file("s.wast", '(module (func (export "f"))) (assert_return (invoke "f"))')
        self.run_command("wat2wasm", "sum.wat")
        self.run_command("wat2wasm", "p.wat")
        self.file("m.json", '{"meta":{"name":"p","version":"1.0.0"},"wasmPath":"./p.wasm"}')
        self.file("c.json", '{"plugins":["m.json"]}')
        self.writers = [
            ["run", "--invoke", "one", "sum.wat"], ["run", "--stdout", "capture:1K", "exits.wat"],
            ["inspect", "sum.wat"], ["inspect", "--json", "sum.wat"], ["objdump", "-d", "sum.wat"], ["objdump", "sum.wat"],
            ["wasm2wat", "sum.wasm"], ["wat2wasm", "sum.wat", "-o", "-"], ["wast", "s.wast"], ["wast", "--json", "s.wast"],
            ["plugin", "meta", "--manifest", "m.json"], ["plugin", "call", "--manifest", "m.json", "--input", "x"],
            ["plugin", "serve", "--config", "c.json", "--check"],
            ["--help"], ["help"], ["--version"], ["version"], ["plugin", "help"], ["plugin", "version"],
            *[[*words, "--help"] for words in COMMANDS]]

    def statuses(self, redirection):
        for words in self.writers:
            shown = " ".join(f"'{word}'" for word in words)
            done = subprocess.run(["sh", "-c", f'"{SKERRY}" {shown} {redirection}'], capture_output=True, cwd=self.folder,
                                  timeout=60)
            yield words, done.returncode, done.stderr.decode()

    def test_they_write(self):
        for words in self.writers:
            self.run_command(*words)
            self.assertNotEqual(self.out, "", words)

    def test_a_full_disk(self):
        for words, status, err in self.statuses(">/dev/full"):
            self.assertEqual((status, err.count("cannot write to standard output: No space left on device")), (1, 1), (words, err))

    def test_a_closed_stream(self):
        for words, status, err in self.statuses(">&-"):
            self.assertEqual((status, err.count("cannot write to standard output: Bad file descriptor")), (1, 1), (words, err))

    def test_a_pipe_without_a_reader(self):
        """As with `| head`: the reader has enough, so nothing is said."""
        for words in self.writers:
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run([SKERRY, *words], stdout=writer, stderr=subprocess.PIPE, cwd=self.folder, timeout=60)
            os.close(writer)
            self.assertEqual((done.returncode, done.stderr), (1, b""), words)

    def test_files(self):
        for words in [["wat2wasm", "sum.wat", "-o", "/dev/full"], ["wasm2wat", "sum.wasm", "-o", "/dev/full"]]:
            self.run_command(*words, status=1)
            self.assertIn("/dev/full: cannot be written: No space left on device", self.err)
        self.assertTrue(os.path.exists("/dev/full"))
        (self.folder / "folder").mkdir()
        for path, reason in [("none/x", "No such file or directory"), ("folder", "Is a directory")]:
            for words in [["wat2wasm", "sum.wat"], ["wasm2wat", "sum.wasm"]]:
                self.run_command(*words, "-o", path, status=1)
                self.assertEqual(self.err, f"skerry: {path}: cannot be written: {reason}\n")
        self.assertTrue((self.folder / "folder").exists())


    def test_a_file_that_cannot_be_completed_is_removed(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writes then fail instead
            resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        for words in [["wat2wasm", "sum.wat", "-o", "out"], ["wasm2wat", "sum.wasm", "-o", "out"]]:
            self.run_command(*words, status=1, preexec_fn=limit)
            self.assertIn("out: cannot be written: File too large", self.err)
            self.assertFalse((self.folder / "out").exists())


class Colours(CommandTest):
    def on_terminal(self, *words, env=None):
        """What the command writes to a terminal that is its stdout and stderr."""
        leader, follower = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", **(env or {})}
        environment.pop("NO_COLOR", None) if env is None or "NO_COLOR" not in env else None
        with subprocess.Popen([SKERRY, *words], stdin=subprocess.DEVNULL, stdout=follower, stderr=follower,
                              cwd=self.folder, env=environment) as process:
            os.close(follower)
            text = b""
            with contextlib.suppress(OSError):  # the end of a terminal is an error
                while select.select([leader], [], [], 60)[0] and (piece := os.read(leader, 65536)):
                    text += piece
            os.close(leader)
            self.status = process.wait(60)
        return text.decode()

    def test_colours(self):
        self.file("bad.wat", "(module (func (result i32)))")
        for words in [["validate", "bad.wat"], ["--help"], ["runn"]]:
            self.assertIn("\x1b[", self.on_terminal(*words))
            for env in [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}]:
                self.assertNotIn("\x1b", self.on_terminal(*words, env=env))
            done = subprocess.run([SKERRY, *words], capture_output=True, cwd=self.folder, timeout=60)
            self.assertNotIn(b"\x1b", done.stdout + done.stderr)

    def test_progress(self):
        slow = '(module (func (export "f") (loop (br 0))))(assert_return (invoke "f"))'
        for name in ["a.wast", "b.wast"]:
            self.file(name, slow)
        words = ["wast", "-j1", "--timeout", "1.5s", "a.wast", "b.wast"]
        text = self.on_terminal(*words)
        self.assertEqual(self.status, 1)
        self.assertIn("wast: 0 of 2 files", text)
        self.assertTrue(text.rstrip().endswith("skipped"), text)  # nothing is left of the progress line
        self.run_command(*words, status=1)
        self.assertNotIn(" of 2 files", self.out + self.err)

    def test_progress_of_validate(self):
        self.file("m", SUM)
        for count in [16_000 << i for i in range(4)]:  # until it takes more than a second
            text = self.on_terminal("validate", *["m"] * count)
            self.assertEqual(self.status, 0)
            if text:
                break
        self.assertRegex(text, rf"validate: \d+ of {count} files")
        self.assertTrue(text.endswith("\r\x1b[K"))

    def test_quick_commands_show_no_progress(self):
        self.file("sum.wat", SUM)
        self.assertEqual(self.on_terminal("validate", "sum.wat", "sum.wat"), "")


class JsonErrors(CommandTest):
    def errors(self):
        return [json.loads(line)["error"] for line in self.err.splitlines()]

    def error_of(self, *words, status):
        self.run_command("run", "--json", *words, status=status)
        errors = self.errors()
        self.assertEqual(len(errors), 1)
        return errors[0]

    def test_a_trap(self):
        self.file("sum.wat", SUM)
        error = self.error_of("--invoke", "outer", "sum.wat", status=134)
        self.assertEqual((error["kind"], error["code"], error["file"]), ("trap", "unreachable", "sum.wat"))
        frames = error["backtrace"]
        self.assertEqual([(f["function"], f["name"], f["module"]) for f in frames],
                         [(0, "inner", "sums"), (1, "outer", "sums")])
        self.assertTrue(all(f["offset"] > 0 for f in frames))

    def test_modules(self):
        self.file("bad.wat", '(module\n  (func $f (result i32)\n    i64.cons 1))')
        error = self.error_of("bad.wat", status=1)
        self.assertEqual((error["kind"], error["line"], error["column"]), ("malformed", 3, 5))
        self.file("invalid.wat", "(module (func (export \"f\") (result i32) (i64.const 1)))")
        error = self.error_of("invalid.wat", status=1)
        self.assertEqual((error["kind"], error["function"]), ("invalid", 0))
        self.assertGreater(error["offset"], 0)
        self.assertNotIn("backtrace", error)
        error = self.error_of("none.wasm", status=1)
        self.assertEqual((error["kind"], error["file"]), ("io", "none.wasm"))

    def test_the_end_of_a_name_is_not_a_place(self):
        self.file("f.wat", '(module (func (export "f at 3:4") unreachable))')
        for name, status in [("f at 3:4", 134), ("g at 3:4", 2)]:
            error = self.error_of("--invoke", name, "f.wat", status=status)
            self.assertNotIn("line", error)
        self.file("late.wat", '(module\n (func (export "f at 3:4"))\n  (export "f at 3:4" (func 0)))')
        error = self.error_of("late.wat", status=1)
        self.assertEqual((error["line"], error["column"]), (3, 3), error)

    def test_limits_and_hints(self):
        self.file("spin.wat", '(module (func (export "_start") (loop (br 0))))')
        error = self.error_of("--fuel", "1e4", "spin.wat", status=134)
        self.assertEqual((error["kind"], error["code"]), ("exhaustion", "out_of_fuel"))
        self.assertIn("--fuel", error["hint"])
        self.assertEqual(self.error_of("--invoke", "x", "spin.wat", status=2)["kind"], "usage")

    def test_nothing_is_printed_without_an_error(self):
        self.file("sum.wat", SUM)
        self.file("exits.wat", EXITS.replace("(call $exit (i32.const 0))", "(call $exit (i32.const 3))"))
        self.run_command("run", "--json", "--invoke", "one", "sum.wat")
        self.assertEqual((self.out, self.err), ("1\n", ""))
        self.run_command("run", "--json", "exits.wat", status=3)
        self.assertEqual(self.err, "")

    def test_validate(self):
        self.file("good.wat", SUM)
        self.file("bad.wat", "(module (func (result i32)))")
        self.file("worse.wasm", b"\0asm\1\0\0\0\xff")
        self.run_command("validate", "--json", "bad.wat", "good.wat", "worse.wasm", "none.wasm", status=1)
        self.assertEqual([(e["file"], e["kind"]) for e in self.errors()],
                         [("bad.wat", "invalid"), ("worse.wasm", "malformed"), ("none.wasm", "io")])
        self.run_command("validate", "--json", "good.wat")
        self.assertEqual(self.out + self.err, "")

    def test_names_cannot_forge_a_line(self):
        self.file("m.wat", '(module (func $f (export "_start") (call $g)) (func $g unreachable))')
        self.file("a\n{\"error\"", b"\0asm\2\0\0\0")
        error = self.error_of("a\n{\"error\"", status=1)
        self.assertEqual(error["kind"], "malformed")


class Preload(CommandTest):
    LIBRARY = """(module (global $n (mut i32) (i32.const 0)) (memory (export "memory") 1)
      (func (export "_initialize") (global.set $n (i32.const 40)))
      (func (export "add") (param i32) (result i32) (i32.add (global.get $n) (local.get 0))))"""
    USER = """(module (import "lib" "add" (func $add (param i32) (result i32)))
      (func (export "_start")) (func (export "f") (result i32) (call $add (i32.const 2))))"""

    def setUp(self):
        super().setUp()
        self.file("lib.wat", self.LIBRARY)
        self.file("user.wat", self.USER)

    def test_exports_become_imports(self):
        self.run_command("run", "--preload", "lib=lib.wat", "--invoke", "f", "user.wat")
        self.assertEqual(self.out, "42\n")
        self.run_command("run", "--invoke", "f", "user.wat", status=1)
        self.assertIn("lib", self.err)

    def test_later_ones_see_earlier_ones(self):
        self.file("middle.wat", '(module (import "lib" "add" (func $add (param i32) (result i32))) (export "add" (func $add)))')
        self.run_command("run", "--preload", "lib=lib.wat", "--preload", "lib=middle.wat", "--invoke", "f", "user.wat")
        self.assertEqual(self.out, "42\n")
        self.run_command("run", "--preload", "x=middle.wat", "--preload", "lib=lib.wat", "user.wat", status=1)
        self.assertIn("middle.wat: ", self.err)

    def test_errors_name_the_file(self):
        self.file("traps.wat", "(module (func $s unreachable) (start $s))")
        for name, status in [("none.wat", 1), ("traps.wat", 134)]:
            self.run_command("run", "--preload", f"lib={name}", "user.wat", status=status)
            self.assertIn(name, self.err)


class Environment(CommandTest):
    def variables(self, *options):
        """The guest's environment, without PWD, which the shell that starts emulated programs adds."""
        env = {"A": "1", "B": "x=y", "EMPTY": ""}
        self.run_command("run", *options, "env.wat", env=env)
        return sorted(text for text in self.out.split("\0")[:-1] if not text.startswith("PWD="))

    def test_inherit(self):
        self.file("env.wat", printer("environ"))
        self.assertEqual(self.variables("--env-inherit"), ["A=1", "B=x=y", "EMPTY="])
        replaced = self.variables("--env", "A=2", "--env-inherit", "--env", "C")
        self.assertEqual(replaced, ["A=2", "B=x=y", "EMPTY="])
        self.assertEqual(self.variables(), [])
        self.assertEqual(self.out, "")


if __name__ == "__main__":
    unittest.main()
