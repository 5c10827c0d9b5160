#!/usr/bin/env python3
"""Tests what a build knows about its commit (.cmake/write_build_info.cmake).

usage: build_info_test.py CMAKE ROOT
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CMAKE, ROOT = sys.argv.pop(1), Path(sys.argv.pop(1)).resolve()


@unittest.skipUnless(shutil.which("git"), "no git")
class BuildInfo(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.source = Path(scratch.name) / "source"
        (self.source / ".cmake").mkdir(parents=True)
        for name in [".gitattributes", ".cmake/commit.txt", ".cmake/write_build_info.cmake"]:
            shutil.copy(ROOT / name, self.source / name)
        self.written = Path(scratch.name) / "build_info.cpp"

    def git(self, *words):
        names = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        return subprocess.run(["git", *names, "-C", str(self.source), *words], check=True, capture_output=True, text=True).stdout

    def make_repository(self):
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "one")
        return self.git("rev-parse", "HEAD").strip()

    def commit(self):
        subprocess.run([CMAKE, f"-DROOT={self.source}", f"-DSOURCE={self.written}", "-DVERSION=1.2.3", "-DDISPATCH=tailcall",
                        "-DCOMPILER=Clang 19", "-P", str(self.source / ".cmake/write_build_info.cmake")], check=True)
        text = self.written.read_text()
        for word in ['"1.2.3"', '"tailcall"', '"Clang 19"']:
            self.assertIn(word, text)
        return re.search(r'commit = "(.*?)"', text).group(1)

    def test_a_working_copy(self):
        head = self.make_repository()
        self.assertEqual(self.commit(), head[:12])
        with open(self.source / ".gitattributes", "a") as file:
            file.write("# changed\n")
        self.assertEqual(self.commit(), head[:12] + "-dirty")

    def test_an_archive(self):
        head = self.make_repository()
        archive = self.source.parent / "archive"
        archive.mkdir()
        (self.source.parent / "a.tar").write_bytes(
            subprocess.run(["git", "-C", str(self.source), "archive", "HEAD"], check=True, capture_output=True).stdout)
        subprocess.run(["tar", "-xf", str(self.source.parent / "a.tar"), "-C", str(archive)], check=True)
        self.source = archive
        commit = self.commit()
        self.assertGreaterEqual(len(commit), 7)
        self.assertTrue(head.startswith(commit), (head, commit))

    def test_inside_another_repository(self):
        """The commit of a project that contains this one is not its commit."""
        inner = self.source / "third_party/skerry"
        shutil.copytree(self.source / ".cmake", inner / ".cmake")
        self.make_repository()
        self.source = inner
        self.assertEqual(self.commit(), "")

    def test_the_source_stays_as_it_is(self):
        self.make_repository()
        self.commit()
        os.utime(self.written, (1, 1))
        self.commit()
        self.assertEqual(self.written.stat().st_mtime, 1)


if __name__ == "__main__":
    unittest.main()
