#!/usr/bin/env python3
"""Runs the command as a user does: exit statuses, output, messages.

usage: cli_test.py SKERRY [unittest options]; the other parts are beside it
"""

import json
import os
import re
import resource
import socket
import struct
import subprocess
import unittest
from pathlib import Path

from command import SKERRY, CommandTest, full_pipe

MATH = """(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "mix") (param i64 f32 f64) (result f64 i64)
    (f64.add (f64.promote_f32 (local.get 1)) (local.get 2)) (local.get 0))
  (func (export "half") (param f32) (result f32) (f32.mul (local.get 0) (f32.const 0.5)))
  (func $inner unreachable)
  (func $outer (export "trap") (call $inner))
  (func (export "spin") (loop (br 0)))
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (local.get 0) (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))
  (memory (export "memory") 2)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"""

# Prints its arguments, ends with as many as exit status.
PROGRAM = r"""(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $env_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2)
  (func $print (param $from i32) (param $size i32)
    (i32.store (i32.const 16) (local.get $from)) (i32.store (i32.const 20) (local.get $size))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))))
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4)))
    (drop (call $get (i32.const 1024) (i32.const 8192)))
    (call $print (i32.const 8192) (i32.load (i32.const 4)))
    (drop (call $env_sizes (i32.const 8) (i32.const 12)))
    (drop (call $env_get (i32.const 1024) (i32.const 65536)))
    (call $print (i32.const 65536) (i32.load (i32.const 12)))
    (call $exit (i32.load (i32.const 0)))))"""

IMPORTER = """(module
  (import "env" "one" (func $one (param i32) (result i32)))
  (import "other" "two" (func $two))
  (func (export "_start") (if (call $one (i32.const 7)) (then unreachable)))
  (func (export "use") (call $two)))"""

PLUGIN = r"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "env" "fs_check" (func (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 256) "printed\n")
  (global $top (mut i32) (i32.const 4096))
  (func (export "allocate") (param i32) (result i32)
    (global.get $top) (global.set $top (i32.add (global.get $top) (local.get 0))))
  (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param $p i32) (param $n i32) (result i32 i32)
    (i32.store (i32.const 16) (i32.const 256)) (i32.store (i32.const 20) (i32.const 8))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))
    (if (i32.eq (i32.load8_u (local.get $p)) (i32.const 33)) (then unreachable))
    (local.get $p) (local.get $n)))"""


# Copies its stdin to its stdout and says "done" on stderr.
COPY = r"""(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 32) "done\0a")
  (func (export "_start")
    (loop $more
      (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 4096))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.store (i32.const 4) (i32.load (i32.const 8)))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 12)))
      (br_if $more (i32.load (i32.const 8))))
    (i32.store (i32.const 0) (i32.const 32)) (i32.store (i32.const 4) (i32.const 5))
    (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 12)))))"""

# Opens "new" in its first folder to write, writes 8 bytes; ends with the first errno as exit status.
WRITER = r"""(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\08\00\00\00")
  (data (i32.const 16) "8 bytes.new")
  (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
  (func (export "_start")
    (call $check (call $open (i32.const 3) (i32.const 0) (i32.const 24) (i32.const 3) (i32.const 1)
      (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 64)))
    (call $check (call $write (i32.load (i32.const 64)) (i32.const 0) (i32.const 1) (i32.const 68)))))"""

# Prints "printed".
PRINTER = r"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\07\00\00\00") (data (i32.const 16) "printed")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""

# Accepts a connection, says "hello", ends.
SERVER = r"""(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\05\00\00\00")
  (data (i32.const 16) "hello")
  (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
  (func (export "_start")
    (call $check (call $accept (i32.const 3) (i32.const 0) (i32.const 32)))
    (call $check (call $send (i32.load (i32.const 32)) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 36)))))"""

# Writes its clocks and 16 random bytes, having slept for a day.
CHANCE = r"""(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $time (i32.const 0) (i64.const 1) (i32.const 64)))
    (i64.store (i32.const 152) (i64.const 86400000000000)) (i32.store (i32.const 144) (i32.const 1))
    (drop (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 300)))
    (drop (call $time (i32.const 0) (i64.const 1) (i32.const 72)))
    (drop (call $random (i32.const 80) (i32.const 16)))
    (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 32))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"""


class General(CommandTest):
    def test_wrong_usage_is_2(self):
        for words in [[], ["nonsense"], ["run"], ["run", "--nonsense", "x.wasm"], ["run", "--fuel", "x", "x.wasm"],
                      ["run", "--timeout", "5", "x.wasm"], ["run", "--timeout", "0s", "x.wasm"],
                      ["run", "--max-memory", "0", "x.wasm"], ["run", "--unknown-imports", "maybe", "x.wasm"],
                      ["inspect"], ["validate"], ["plugin"], ["plugin", "call"], ["plugin", "call", "--manifest", "m"]]:
            self.run_command(*words, status=2)
            self.assertEqual(self.out, "")
            self.assertNotEqual(self.err, "")

    def test_a_missing_file_is_1(self):
        for words in [["run"], ["validate"], ["inspect"]]:
            self.run_command(*words, "none.wasm", status=1)
            self.assertIn("none.wasm", self.err)

    def test_other_files_than_regular_ones_are_refused_at_once(self):
        os.mkfifo(self.folder / "fifo")  # nobody writes to it, so opening it would wait
        for path, kind in [("fifo", "FIFO"), ("/dev/zero", "device"), (".", "directory")]:
            for words in [["run"], ["validate"], ["inspect"], ["objdump", "-x"], ["wat2wasm"], ["wasm2wat"],
                          ["plugin", "meta", "--manifest"], ["plugin", "serve", "--config"],
                          ["plugin", "reload", "p", "--config"]]:
                self.run_command(*words, path, status=1)
                self.assertIn(f"{path} is a {kind}, not a regular file", self.err, words)
        for path in ["fifo", "/dev/zero"]:
            self.run_command("wast", path, status=1)
            self.assertIn(f"{path}: not a regular file", self.err)

    def test_closed_stdout(self):
        self.file("math.wat", MATH)
        for redirection, statuses in [("| true", "01"), (">&-", "1"), (">/dev/full", "1")]:
            command = f'("{SKERRY}" inspect math.wat; echo $? >&2) {redirection}'  # a closed pipe may come too late
            if redirection != "| true":
                command = f'"{SKERRY}" inspect math.wat {redirection}; echo $? >&2'
            done = subprocess.run(["sh", "-c", command], capture_output=True, cwd=self.folder, timeout=60)
            self.assertIn(done.stderr.decode().strip()[-1], statuses, done.stderr)


class Run(CommandTest):
    def test_arguments_environment_and_exit_status(self):
        self.file("program.wat", PROGRAM)
        done = self.run_command("run", "--env", "A=1", "--env", "B=x=y", "program.wat", "--fuel", "two words", status=3)
        self.assertEqual(done.stdout, b"program.wat\0--fuel\0two words\0A=1\0B=x=y\0")
        self.assertEqual(done.stderr, b"")

    def test_argument_0_is_the_name_of_the_file_or_chosen(self):
        (self.folder / "some" / "folder").mkdir(parents=True)
        path = self.file("some/folder/program.wat", PROGRAM)
        for words in [[path, "a"], ["some/folder/program.wat", "a"], ["./some/../some/folder//program.wat", "a"]]:
            self.run_command("run", *words, status=2)
            self.assertEqual(self.out, "program.wat\0a\0")
        os.symlink(path, self.folder / "wasm-ld")
        self.run_command("run", "wasm-ld", status=1)
        self.assertEqual(self.out, "wasm-ld\0")
        for words, name in [(["--argv0", "wasm-ld"], "wasm-ld"), (["--argv0", ""], ""),
                            (["--argv0=/usr/bin/a tool"], "/usr/bin/a tool"), (["--argv0=--version"], "--version")]:
            self.run_command("run", *words, path, "--version", status=2)
            self.assertEqual(self.out, name + "\0--version\0")
        self.run_command("run", "--argv0", "ld", "--invoke", "_start", path, status=1)
        self.assertEqual(self.out, "ld\0")

    def test_nothing_is_inherited_but_what_is_passed_on(self):
        self.file("program.wat", PROGRAM)
        done = self.run_command("run", "--env", "SECRET", "--env", "UNSET", "program.wat", status=1,
                                env={"SECRET": "s", "OTHER": "o"})
        self.assertEqual(done.stdout, b"program.wat\0SECRET=s\0")

    def test_invoke(self):
        self.file("math.wat", MATH)
        for words, out in [(["add", "2", "40"], "42\n"), (["add", "0xffffffff", "-1"], "-2\n"),
                           (["add", "2147483647", "1"], "-2147483648\n"),
                           (["mix", "-9223372036854775808", "1.5", "0x1p4"], "17.5\n-9223372036854775808\n"),
                           (["half", "-0X1.8p1"], "-1.5\n"), (["half", "0x1p-149"], "0\n"),
                           (["half", "inf"], "inf\n"), (["half", "-0"], "-0\n"), (["half", "nan"], "nan\n"),
                           (["half", "0.2"], "0.1\n")]:
            self.run_command("run", "--invoke", words[0], "math.wat", *words[1:])
            self.assertEqual(self.out, out)

    def test_invoke_checks_names_counts_and_types(self):
        self.file("math.wat", MATH)
        for words, message in [(["ad", "1", "2"], "add"), (["add", "1"], "takes 2 arguments"),
                               (["add", "1", "2", "3"], "takes 2 arguments"), (["add", "1", "x"], "i32"),
                               (["add", "4294967296", "1"], "i32"), (["half", "one"], "f32"),
                               (["half", "1e39"], "f32"), (["half", "0x1p128"], "f32"), (["half", "+-1"], "f32"),
                               (["half", "0x"], "f32"), (["half", "1.5x"], "f32")]:
            self.run_command("run", "--invoke", words[0], "math.wat", *words[1:], status=2)
            self.assertIn(message, self.err)

    def test_a_trap_is_134_with_a_backtrace(self):
        self.file("math.wat", MATH)
        self.run_command("run", "--invoke", "trap", "math.wat", status=134)
        self.assertIn("unreachable", self.err)
        self.assertIn("inner", self.err)
        self.assertIn("outer", self.err)

    def test_limits(self):
        self.file("math.wat", MATH)
        self.run_command("run", "--timeout", "50ms", "--invoke", "spin", "math.wat", status=134)
        self.assertIn("deadline", self.err)
        self.run_command("run", "--fuel", "100000", "--invoke", "spin", "math.wat", status=134)
        self.assertIn("fuel", self.err)
        self.run_command("run", "--max-memory", "256KiB", "--invoke", "grow", "math.wat", "3")
        self.assertEqual(self.out, "-1\n")
        self.run_command("run", "--max-memory", "64KiB", "--invoke", "grow", "math.wat", "1", status=1)
        self.assertIn("memory", self.err)

    def test_recursion(self):
        self.file("math.wat", MATH)
        self.run_command("run", "--invoke", "deep", "math.wat", "100000")
        self.assertEqual(self.out, "100000\n")
        self.run_command("run", "--max-stack", "64KiB", "--invoke", "deep", "math.wat", "100000", status=134)
        self.assertIn("call stack exhausted", self.err)
        self.assertIn("--max-stack", self.err)

    def test_stats(self):
        self.file("math.wat", MATH)
        self.run_command("run", "--stats", "--invoke", "add", "math.wat", "2", "3")
        self.assertIn("instructions: 3\n", self.err.replace("instructions: 4\n", "instructions: 3\n"))
        self.assertEqual(self.out, "5\n")

    def test_trace(self):
        self.file("math.wat", MATH)
        self.run_command("run", "--trace", "--invoke", "add", "math.wat", "2", "-3")
        self.assertEqual(self.out, "-1\n")
        lines = self.err.splitlines()
        self.assertTrue(all(re.match(r"func\[0\] <add> [0-9a-f]{6}  \S", line) for line in lines), self.err)
        self.assertRegex(self.err, r"i32\.add .*=2 .*=-3\n")
        self.assertRegex(lines[-1], r"return .*=4294967295|return .*=-1")
        self.run_command("run", "--trace=lines.txt", "--trace-limit", "1", "--invoke", "add", "math.wat", "2", "-3")
        self.assertEqual((self.out, self.err), ("-1\n", ""))
        self.assertEqual(Path(self.folder, "lines.txt").read_text().splitlines(),
                         [lines[0], "the trace ends here: --trace-limit"])

    def test_trace_of_a_trap(self):
        self.file("math.wat", MATH)
        self.run_command("run", "--trace", "--invoke", "trap", "math.wat", status=134)
        self.assertRegex(self.err, r"func\[4\] <outer> \w+  call .*func\[3\] <inner>.*\n"
                                   r"func\[3\] <inner> \w+  unreachable\nskerry: ")

    def test_trace_cannot_be_written(self):
        self.file("math.wat", MATH)
        self.run_command("run", "--trace=no/such/folder", "--invoke", "add", "math.wat", "2", "3", status=1)
        self.assertIn("cannot write the trace", self.err)
        self.run_command("run", "--trace=/dev/full", "--invoke", "add", "math.wat", "2", "3", status=1)
        self.assertIn("the trace cannot be written: No space left on device", self.err)
        self.assertEqual(self.out, "5\n")
        self.run_command("run", "--trace-limit", "1", "--invoke", "add", "math.wat", "2", "3", status=2)
        self.assertIn("--trace", self.err)

    def test_unknown_imports(self):
        self.file("importer.wat", IMPORTER)
        self.run_command("run", "importer.wat", status=1)
        self.assertIn("env", self.err)
        self.assertIn("one", self.err)
        self.assertIn("two", self.err)
        self.assertIn("--unknown-imports", self.err)
        self.run_command("run", "--unknown-imports=default", "importer.wat")
        self.run_command("run", "--unknown-imports=trap", "importer.wat", status=134)
        self.assertIn("one", self.err)

    def test_reactors_and_libraries(self):
        reactor = '(module (global $n (mut i32) (i32.const 0)) (func (export "_initialize") (global.set $n (i32.const 5)))'
        self.file("reactor.wat", reactor + '(func (export "get") (result i32) (global.get $n)))')
        self.run_command("run", "--invoke", "get", "reactor.wat")
        self.assertEqual(self.out, "5\n")
        self.run_command("run", "reactor.wat")
        self.assertIn("--invoke", self.err)
        self.assertIn("get", self.err)

    def test_streams(self):
        self.file("copy.wat", COPY)
        self.file("input", "from a file")
        self.run_command("run", "copy.wat", input=b"from a pipe")
        self.assertEqual((self.out, self.err), ("from a pipe", "done\n"))
        self.run_command("run", "--stdin", "null", "--stderr", "null", "copy.wat", input=b"unseen")
        self.assertEqual((self.out, self.err), ("", ""))
        self.run_command("run", "--stdin", "file:input", "--stdout", "file:output", "copy.wat")
        self.assertEqual((self.folder / "output").read_text(), "from a file")
        self.run_command("run", "--stdin", "file:input", "--stdout", "capture:6", "copy.wat")
        self.assertEqual(self.out, "from a")
        self.assertIn("5 more bytes were dropped", self.err)
        self.run_command("run", "--stdin", "file:none", "copy.wat", status=1)
        for words in [("--stdin", "capture:10"), ("--stdout", "somewhere"), ("--stderr", "file:"), ("--stdout", "capture:")]:
            self.run_command("run", *words, "copy.wat", status=2)

    def test_quota(self):
        self.file("writer.wat", WRITER)
        (self.folder / "data").mkdir()
        self.file("data/old", "old")
        words = ["run", "--dir", "data::/data"]
        name = 512  # what each name counts
        room = 3 + 2 * name  # for "old" and an empty file beside it
        self.run_command(*words, "--quota", f"/data={room + 7}", "writer.wat")  # a short write
        self.assertEqual((self.folder / "data/new").read_text(), "8 bytes")
        self.run_command(*words, "--quota", f"/data={room + 7}", "writer.wat")  # no growth
        (self.folder / "data/new").unlink()
        self.run_command(*words, "--quota", f"/data={room}", "writer.wat", status=19)  # dquot
        (self.folder / "data/new").unlink()
        for quota in [f"/data={room - 1}", "/data=1MiB,1"]:
            self.run_command(*words, "--quota", quota, "writer.wat", status=19)
            self.assertFalse((self.folder / "data/new").exists())
        for quota in ["/data", "/data=", "/data=x", "/data=1MiB,", "/data=1,x", "/other=5"]:
            self.run_command(*words, "--quota", quota, "writer.wat", status=2)

    def test_quota_of_a_deep_folder(self):
        """However deep it is, a few descriptors are enough to count it."""
        self.file("empty.wat", '(module (memory (export "memory") 1) (func (export "_start")))')
        (self.folder / "data").mkdir()
        at = os.open(self.folder / "data", os.O_RDONLY)
        for _ in range(200):
            os.mkdir("d", dir_fd=at)
            below = os.open("d", os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = below
        os.close(at)
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))
        words = ["run", "--dir", "data::/data", "--quota", "/data=1MiB"]
        self.run_command(*words, "empty.wat", preexec_fn=limit)

    def test_memory_by_its_export(self):
        """WASI works on the memory exported as "memory", whatever its index."""
        self.file("second.wat", """(module
          (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
          (memory 1) (memory $second (export "memory") 1)
          (data (memory 0) (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00") (data (memory 0) (i32.const 16) "wrong")
          (data (memory 1) (i32.const 0) "\\10\\00\\00\\00\\05\\00\\00\\00") (data (memory 1) (i32.const 16) "right")
          (func (export "_start")
            (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))""")
        self.run_command("run", "second.wat")
        self.assertEqual(self.out, "right")

    def test_output_that_nobody_takes(self):
        """The command's own output obeys --timeout, too: results, captured output, messages."""
        self.file("math.wat", MATH)
        self.file("printer.wat", PRINTER)
        for words in [["--invoke", "add", "math.wat", "1", "2"], ["--stdout", "capture:1MiB", "printer.wat"],
                      ["printer.wat"], ["--invoke", "spin", "math.wat"]]:
            with self.subTest(words), full_pipe() as full:
                command = [SKERRY, "run", "--timeout", "200ms", *words]
                # Both streams are the full pipe: the message has nowhere to go either. A hang is the test's timeout.
                done = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=full, stderr=full, timeout=50)
                self.assertEqual(done.returncode, 134)
                self.assertTrue(os.get_blocking(full))

    def test_open_files(self):
        self.file("writer.wat", WRITER)
        self.run_command("run", "--dir", ".::/", "--max-open-files", "4", "writer.wat", status=33)  # mfile
        self.run_command("run", "--dir", ".::/", "--max-open-files", "5", "writer.wat")
        self.run_command("run", "--max-open-files", "2", "writer.wat", status=2)

    def test_listen(self):
        self.file("server.wat", SERVER)
        command = [SKERRY, "run", "--timeout", "50s", "--listen", "127.0.0.1:0", "server.wat"]
        with subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE) as server:
            port = int(re.search(rb"port (\d+)", server.stderr.readline()).group(1))
            with socket.create_connection(("127.0.0.1", port), timeout=50) as connection:
                self.assertEqual(connection.recv(100), b"hello")
            self.assertEqual(server.wait(50), 0)
        for address in ["8080", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "::1:80", "[]:1"]:
            self.run_command("run", "--listen", address, "server.wat", status=2)

    def test_determinism(self):
        self.file("chance.wat", CHANCE)
        seen = {}
        for name, words in [("a", []), ("b", []), ("c", ["--seed", "1"])]:
            done = self.run_command("run", "--stats", "--deterministic", *words, "chance.wat")
            seen[name] = done.stdout, self.err.splitlines()[0]
        self.assertEqual(seen["a"], seen["b"])
        self.assertNotEqual(seen["a"][0], seen["c"][0])
        before, after = struct.unpack("<QQ", seen["a"][0][:16])
        self.assertGreaterEqual(after - before, 86_400_000_000_000)

    def test_folders(self):
        # Opens the file "in" in the first preopen with the rights to read; the status is WASI's errno.
        self.file("open.wat", r"""(module
          (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1) (data (i32.const 64) "in")
          (func (export "_start") (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 2)
            (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 128)))))""")
        (self.folder / "data").mkdir()
        (self.folder / "data/in").write_text("text")
        self.run_command("run", "--dir", "data::/d:ro", "open.wat", status=0)
        self.run_command("run", "--dir", "data", "open.wat", status=0)
        self.run_command("run", "open.wat", status=8)  # badf: no folder
        self.run_command("run", "--dir", "none::/d", "open.wat", status=1)
        self.assertIn("none", self.err)


# A forged line, a terminal's commands, text that runs backwards, bytes that are no text.
HOSTILE = ["a\nskerry: forged", "a\rforged", "\x1b[2J\x1b[31mred", "\u202etxt.exe", "\x9b31m", "a\u2028b", "z\u200bw"]


def leb(number):
    out = b""
    while True:
        number, low = number >> 7, number & 0x7F
        out += bytes([low | (0x80 if number else 0)])
        if not number:
            return out


def sized(content):
    return leb(len(content)) + content


def module_with(name, function_name=None):
    """Exports, imports nothing, traps, has a custom section; all of it called `name`."""
    raw = sized(name.encode())
    names = sized(b"name") + b"\x00" + sized(raw) + b"\x01" + sized(b"\x01\x00" + sized((function_name or name).encode()))
    sections = [(1, b"\x01\x60\x00\x00"), (3, b"\x01\x00"), (7, b"\x02" + raw + b"\x00\x00" + sized(b"_start") + b"\x00\x00"),
                (10, b"\x01" + sized(b"\x00\x00\x0b")), (0, names), (0, raw + b"x")]
    return b"\0asm\1\0\0\0" + b"".join(bytes([kind]) + sized(content) for kind, content in sections)


class UntrustedText(CommandTest):
    """Names from modules and files cannot control a terminal, forge lines, or be long."""

    def check(self, longest=40_000):
        for raw in [self.raw.stdout, self.raw.stderr]:
            text = raw.decode()  # UTF-8, or this fails
            self.assertLessEqual(len(raw), longest)
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
            self.assertFalse(any(line.startswith(("skerry: forged", "forged")) for line in text.splitlines()), text)

    def run_command(self, *words, **more):
        self.raw = super().run_command(*words, **more)

    def test_backtraces_and_suggestions(self):
        for name in HOSTILE + ["x" * 1_000_000, "\x1b" * 1_000_000]:
            self.file("m.wasm", module_with(name))
            self.run_command("run", "m.wasm", status=134)
            self.check()
            self.run_command("run", "--trace", "m.wasm", status=134)
            self.check()
            self.run_command("run", "--invoke", "none", "m.wasm", status=2)
            self.check()

    def test_inspect(self):
        for name in HOSTILE:
            self.file("m.wasm", module_with(name))
            self.run_command("inspect", "m.wasm")
            self.check()
            self.run_command("inspect", "--json", "m.wasm")
            self.check()
            self.assertEqual(json.loads(self.out)["exports"][0]["name"], name)
            self.assertEqual(json.loads(self.out)["name"], name)
        self.file("m.wasm", module_with("x" * 1_000_000))
        self.run_command("inspect", "m.wasm")
        self.check(2000)

    def test_printed_modules(self):
        for name in HOSTILE:
            self.file("m.wasm", module_with(name))
            self.run_command("wasm2wat", "m.wasm")
            self.check()
            self.run_command("objdump", "-h", "-x", "-d", "--ir", "--code", "m.wasm")
            self.check()

    def test_names_of_files(self):
        for name in [*HOSTILE, b"\xff\xfe\x1b"]:
            path = name.encode() if isinstance(name, str) else name
            for command in ["run", "validate", "inspect", "wat2wasm", "wasm2wat", "objdump"]:
                self.run_command(command, path, status=1)
                self.check()
            (self.folder / path.decode(errors="surrogateescape")).write_bytes(b"\0asm\2\0\0\0")
            for command in ["run", "validate", "inspect", "objdump"]:
                self.run_command(command, path, status=1)
                self.check()
            self.run_command("run", "--dir", path + b"::/d", "m", status=1)
            self.check()

    def test_scripts(self):
        for name in [*HOSTILE, "x" * 1_000_000]:
            literal = "".join(f"\\{byte:02x}" for byte in name.encode())
            self.file("s.wast", f'(module (func (export "f") (unreachable)))\n(assert_return (invoke "{literal}"))\n'
                                f'(assert_trap (invoke "f") "{literal}")\n(assert_invalid (module) "{literal}")')
            for words in [["wast", "s.wast"], ["wast", "--json", "s.wast"], ["wast", "--no-fork", "s.wast"]]:
                self.run_command(*words, status=1)
                self.check(100_000)


class Limits(CommandTest):
    """Limits of what commands do with a module before anything of it runs."""

    LOCALS = "(module (func " + "(local" + " i32" * 50_000 + ")))"

    def test_text_that_would_be_too_long(self):
        self.file("m.wat", self.LOCALS)
        self.run_command("wat2wasm", "m.wat")
        self.run_command("wasm2wat", "--max-text", "1KiB", "m.wasm", status=1)
        self.assertIn("more than 1024 bytes of text", self.err)
        self.assertIn("--max-text", self.err)
        self.run_command("wasm2wat", "--max-text", "1KiB", "m.wasm", "-o", "out.wat", status=1)
        self.assertFalse((self.folder / "out.wat").exists())
        self.run_command("wasm2wat", "--max-text", "1MiB", "m.wasm")
        self.assertEqual(self.out.count(" i32"), 50_000)

    def test_timeout_while_loading(self):
        self.file("m.wat", '(module (func (export "_start")' + " nop" * 2_000_000 + "))")
        self.run_command("run", "--timeout", "1ms", "m.wat", status=134)
        self.assertIn("deadline", self.err)
        self.run_command("run", "--timeout", "60s", "m.wat")

    def test_a_module_of_many_parts_is_inspected_piece_by_piece(self):
        count = 100_000
        self.file("m.wat", "(module " + "".join(f'(func (export "f{i}"))' for i in range(count)) + ")")
        self.run_command("inspect", "--json", "m.wat")
        self.assertEqual(len(json.loads(self.out)["exports"]), count)
        self.run_command("inspect", "m.wat")
        self.assertEqual(self.out.count("  function"), count)


class Objdump(CommandTest):
    LOOP = """(module
      (import "env" "log" (func $log (param i32)))
      (memory 1 2)
      (global $g (mut i32) (i32.const 7))
      (func $sum (export "sum") (param $n i32) (result i32) (local $sum i32) (local f64 f64)
        (loop $next
          (local.set $sum (i32.add (local.get $sum) (local.get $n)))
          (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (call $log (local.get $sum))
        (local.get $sum))
      (func $other (result v128) (v128.const i32x4 1 2 3 4))
      (data (i32.const 8) "abc"))"""

    def dump(self, *options, status=0):
        self.file("loop.wat", self.LOOP)
        self.run_command("objdump", *options, "loop.wat", status=status)
        return self.out.splitlines()

    def test_headers(self):
        lines = self.dump("-h")
        self.assertEqual(lines[0], "loop.wat: file format wasm 0x1")
        self.assertIn("     Type start=0x0000000a end=0x00000018 (size=0x0000000e) count: 3", lines)
        self.assertTrue(any(line.startswith("   Custom ") and line.endswith('"name"') for line in lines), lines)
        self.assertEqual(self.dump("--headers"), lines)

    def test_details(self):
        lines = self.dump("-x")
        for line in ["Type[3]:", " - type[0] (i32) -> nil", " - type[1] (i32) -> i32", " - type[2] () -> v128", "Import[1]:",
                     " - func[0] sig=0 <log> <- env.log", "Function[2]:", " - func[1] sig=1 <sum>", "Memory[1]:",
                     " - memory[0] pages: initial=1 max=2", " - global[0] (mut i32) - init i32.const 7",
                     ' - func[1] <sum> -> "sum"', " - segment[0] active memory=0 - init i32.const 8 size=3"]:
            self.assertIn(line, lines)
        both = self.dump()
        self.assertIn("Sections:", both)
        self.assertIn("Section Details:", both)

    def test_instructions(self):
        lines = self.dump("-d", "--function", "sum")
        texts = [line.split("| ")[1] for line in lines if "| " in line]
        self.assertEqual(texts[:6], ["local[1] type=i32", "local[2..3] type=f64", "loop", "  local.get 1", "  local.get 0",
                                     "  i32.add"])
        self.assertIn("call 0 <log>", texts)
        self.assertEqual(texts[-1], "end")
        self.assertRegex(lines[2], r"^[0-9a-f]{6} func\[1\] <sum>:$")
        self.assertRegex(lines[3], r"^ [0-9a-f]{6}: 01 7f                      \| local\[1\] type=i32$")
        self.assertEqual(self.dump("--function", "1"), lines)

    def test_translation(self):
        text = "\n".join(self.dump("--ir", "--code", "--function", "1"))
        for part in ["after lowering: frame of ", "after register assignment", "count_branch i32.ne", "step=-1", "-> L",
                     "code: ", "call_import", "func[0] <log>", "return"]:
            self.assertIn(part, text)
        self.assertRegex(text, r"(?m)^>[0-9a-f]{4}  [0-9a-f]{6}  [123]  ")
        self.assertIn("constant128", "\n".join(self.dump("--code")))

    def test_what_is_not_there(self):
        self.dump("-d", "--function", "none", status=2)
        self.assertIn('no function "none"', self.err)
        self.dump("--code", "--function", "log", status=2)
        self.assertIn("is imported", self.err)
        self.dump("--code", "--function", "99", status=2)
        self.dump("--max-text", "100", status=1)
        self.assertIn("--max-text", self.err)
        self.run_command("objdump", "missing.wasm", status=1)
        self.file("broken.wasm", b"\0asm\1\0\0\0\1\x7f")
        self.run_command("objdump", "broken.wasm", status=1)
        self.assertIn("malformed", self.err)
        # Sections of an invalid module can be seen, but it has no code.
        self.file("invalid.wat", '(module (func (export "f") (result i32)))')
        self.run_command("objdump", "-x", "-d", "invalid.wat")
        self.run_command("objdump", "--code", "invalid.wat", status=1)
        self.assertIn("type mismatch", self.err)


class Inspect(CommandTest):
    def test_json(self):
        self.file("importer.wat", IMPORTER)
        self.run_command("inspect", "--json", "importer.wat")
        module = json.loads(self.out)
        self.assertEqual(module["imports"][0], {
            "module": "env", "name": "one", "kind": "function", "params": ["i32"], "results": ["i32"],
            "provider": "none", "capabilities": []})
        self.assertEqual([item["name"] for item in module["exports"]], ["_start", "use"])

    def test_capabilities_of_imports(self):
        self.file("plugin.wat", PLUGIN)
        self.run_command("inspect", "--json", "plugin.wat")
        module = json.loads(self.out)
        self.assertEqual([(i["name"], i["provider"], i["capabilities"]) for i in module["imports"]], [
            ("fd_write", "wasi", []),
            ("fs_check", "host", ["capabilities.allowFileSystem", "capabilities.allowedPaths"])])
        self.assertEqual(module["memories"], [{"min": 2, "max": None}])

    def test_text(self):
        self.file("math.wat", MATH)
        self.run_command("inspect", "math.wat")
        self.assertIn("(i32, i32) -> (i32)", self.out)
        self.assertIn("2 pages (128 KiB)", self.out)


class Validate(CommandTest):
    def test_all_files_are_looked_at(self):
        self.file("good.wat", MATH)
        self.file("bad.wat", "(module (func (result i32) (i64.const 1)))")
        self.file("worse.wasm", b"\0asm\1\0\0\0\xff")
        self.run_command("validate", "good.wat")
        self.assertEqual(self.out + self.err, "")
        self.run_command("validate", "bad.wat", "worse.wasm", "good.wat", status=1)
        lines = self.err.splitlines()
        self.assertTrue(any("bad.wat" in line and "invalid" in line for line in lines), self.err)
        self.assertTrue(any("worse.wasm" in line and "malformed" in line for line in lines), self.err)


class Plugin(CommandTest):
    def setUp(self):
        super().setUp()
        self.file("p.wat", PLUGIN)
        self.run_command("wat2wasm", "p.wat", "-o", "p.wasm")
        self.write_manifest()

    def write_manifest(self, **more):
        manifest = {"meta": {"name": "p", "version": "1.0.0"}, "wasmPath": "./p.wasm", "timeout": 20000, **more}
        self.file("m.json", json.dumps(manifest))

    def errors(self):
        found = []
        for line in self.err.splitlines():
            if line.startswith("{"):
                found.append(json.loads(line)["error"])
        return found

    def test_meta(self):
        self.run_command("plugin", "meta", "--manifest", "m.json")
        self.assertEqual(json.loads(self.out), {"name": "p", "version": "1.0.0", "description": "", "author": ""})

    def test_inputs_in_their_order(self):
        self.file("b", "from file")
        self.run_command("plugin", "call", "--manifest", "m.json", "--input", "first", "--input-file", "b",
                         "--input", "[1,2]", "--input", "")
        self.assertEqual(self.out, "first\nfrom file\n[1,2]\n\n")
        self.assertEqual(self.err, "guest p: output: printed\n" * 4)

    def test_a_full_stderr_holds_no_call_up(self):
        with full_pipe() as stderr:
            done = subprocess.run([SKERRY, "plugin", "call", "--manifest", "m.json"] + ["--input", "x"] * 100,
                                  stdout=subprocess.PIPE, stderr=stderr, cwd=self.folder, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, b"x\n" * 100))

    def test_a_failed_call_does_not_stop_the_others(self):
        self.run_command("plugin", "call", "--manifest", "m.json", "--input", "a", "--input", "!", "--input-file",
                         "none", "--input", "b", status=1)
        self.assertEqual(self.out, "a\nb\n")
        trap, missing = self.errors()
        self.assertEqual((trap["phase"], trap["code"]), ("call", "trap.unreachable"))
        self.assertEqual(missing["code"], "io")

    def test_load_errors(self):
        self.write_manifest(timeOut=5)
        self.run_command("plugin", "call", "--manifest", "m.json", "--input", "a", status=1)
        error = self.errors()[0]
        self.assertEqual((error["phase"], error["code"], error["path"]), ("read", "manifest", "$.timeOut"))
        self.run_command("plugin", "meta", "--manifest", "none.json", status=1)
        self.assertEqual(self.errors()[0]["code"], "io")

    def test_paths_are_relative_to_the_manifest(self):
        done = subprocess.run([SKERRY, "plugin", "call", "--manifest", str(self.folder / "m.json"), "--input", "x"],
                              capture_output=True, cwd="/", timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, b"x\n"), done.stderr)


if __name__ == "__main__":
    unittest.main()
