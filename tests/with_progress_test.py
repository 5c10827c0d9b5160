#!/usr/bin/env python3
"""Tests .ci/with_progress, which shows how far a long command of ./dev is.

usage: with_progress_test.py ROOT
"""

import contextlib
import os
import pty
import select
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(sys.argv.pop(1)).resolve() / ".ci/with_progress"


class WithProgress(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.log = Path(scratch.name) / "log"
        self.go_on = Path(scratch.name) / "go_on"

    def command(self, script):
        return [str(SCRIPT), str(self.log), "bash", "-c", script]

    def test_without_a_terminal(self):
        done = subprocess.run(self.command("echo out; echo err >&2; exit 3"), capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (3, b"", b""))
        self.assertEqual(self.log.read_text(), "out\nerr\n")

    def test_on_a_terminal(self):
        """The command ends only when its last line has been seen."""
        leader, follower = pty.openpty()
        wait = f'echo "step 7"; while [ ! -e "{self.go_on}" ]; do sleep 0.1; done; exit 4'
        with subprocess.Popen(self.command(wait), stderr=follower, env={**os.environ, "TERM": "xterm"}) as process:
            os.close(follower)
            text = b""
            with contextlib.suppress(OSError):  # the end of a terminal is an error
                while select.select([leader], [], [], 60)[0] and (piece := os.read(leader, 4096)):
                    text += piece
                    if b"step 7" in text:
                        self.go_on.touch()
            os.close(leader)
            self.assertEqual(process.wait(60), 4)
        self.assertRegex(text, rb"\d s  step 7")
        self.assertTrue(text.endswith(b"\r\x1b[K"))  # nothing is left


if __name__ == "__main__":
    unittest.main()
