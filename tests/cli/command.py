"""What the tests of the command share. Importing it takes the path of skerry from the command line."""

import contextlib
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SKERRY = str(Path(sys.argv.pop(1) if len(sys.argv) > 1 else "build/release/skerry").resolve())

COMMANDS = [["run"], ["validate"], ["inspect"], ["wast"], ["wat2wasm"], ["wasm2wat"], ["objdump"], ["plugin", "meta"],
            ["plugin", "call"], ["plugin", "serve"], ["plugin", "reload"], ["plugin", "rollback"]]



def printer(what):
    """A program that prints its arguments ("args") or its variables ("environ"), each with a NUL at its end."""
    return f"""(module
  (import "wasi_snapshot_preview1" "{what}_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "{what}_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start")
    (drop (call $sizes (i32.const 0) (i32.const 4))) (drop (call $get (i32.const 1024) (i32.const 8192)))
    (i32.store (i32.const 16) (i32.const 8192)) (i32.store (i32.const 20) (i32.load (i32.const 4)))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))))"""


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = Path(self.scratch.name)
        self.addCleanup(self.scratch.cleanup)

    def file(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def run_command(self, *words, status=0, **more):
        done = subprocess.run([SKERRY, *words], capture_output=True, timeout=60, cwd=self.folder, **more)
        self.assertEqual(done.returncode, status, (words, done.stdout, done.stderr))
        self.out, self.err = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        return done


@contextlib.contextmanager
def full_pipe():
    """The end to write to of a pipe that is full and that nobody reads."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    for size in [65536, 1]:
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, b"x" * size)
    os.set_blocking(writer, True)
    try:
        yield writer
    finally:
        os.close(reader)
        os.close(writer)
