#!/usr/bin/env python3
"""Checks the pages of the project: that links lead somewhere, that README.md lists every page of docs/, and that each of
these says whom it is for.

usage: links_test.py PROJECT [unittest options]
"""

import re
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(sys.argv.pop(1)).resolve()
FENCE = re.compile(r"(?ms)^ *```.*?^ *```$|^ *~~~.*?^ *~~~$")
COMMENT = re.compile(r"(?s)<!--.*?-->")
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\[\]]*\]\(([^()\s]+)\)", re.DOTALL)
PATH = re.compile(r"`((?:docs|examples|fuzz|host|spec-tests|tests|vm|wasi|\.ci|\.cmake)/[\w./-]+)`")


def pages(project):
    """All pages except those in builds and caches."""
    return [page for page in sorted(project.rglob("*.md"))
            if not any(part.startswith((".", "build")) for part in page.relative_to(project).parts)]


def anchors(page):
    """The names that GitHub gives to the headings of a page."""
    names = set()
    for heading in re.findall(r"(?m)^#{1,6} +(.*?)[ #]*$", FENCE.sub("", page.read_text())):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        copies = 0
        while name + (f"-{copies}" if copies else "") in names:
            copies += 1
        names.add(name + (f"-{copies}" if copies else ""))
    return names


def links(page):
    text = CODE.sub("`code`", COMMENT.sub("", FENCE.sub("", page.read_text())))
    return [target for target in LINK.findall(text) if not re.match(r"[a-z]+:", target)]


def problem(page, target):
    """What is wrong with a link, or None."""
    path, _, anchor = target.partition("#")
    file = page.parent / path if path else page
    if not file.exists():
        return f"{page}: {target}: no such file"
    if anchor and anchor not in anchors(file):
        return f"{page}: {target}: no such heading; there are {sorted(anchors(file))}"
    return None


def problems(project):
    found = [problem(page, target) for page in pages(project) for target in links(page)]
    return [text for text in found if text]


class Links(unittest.TestCase):
    def test_project(self):
        self.assertGreater(sum(len(links(page)) for page in pages(PROJECT)), 50)
        self.assertEqual(problems(PROJECT), [])

    def test_broken_links_are_found(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "a.md").write_text("# A `b` (c), d\n## A\n## A\n```\n# no heading\n[x](none.md)\n```\n`[x](none.md)`\n"
                                         "[x](#a-b-c-d) [x](b.md) [two\nlines](b.md#b) [x](#a-1) [x](https://example.org/)\n")
            (folder / "b.md").write_text("# B\n[x](a.md#no-heading) [x](c.md) [x](#c)\n")
            self.assertEqual([text.split(": ")[1] for text in problems(folder)], ["a.md#no-heading", "c.md", "#c"])

    def test_named_files_exist(self):
        missing = [f"{page.name}: {path}" for page in pages(PROJECT) for path in PATH.findall(FENCE.sub("", page.read_text()))
                   if not (PROJECT / path).exists() and not list(PROJECT.glob(path + ".*"))]
        self.assertEqual(missing, [])

    def test_readme_lists_every_page(self):
        listed = set(links(PROJECT / "README.md"))
        self.assertEqual({f"docs/{page.name}" for page in (PROJECT / "docs").glob("*.md")} - listed, set())

    def test_pages_say_whom_they_are_for(self):
        for page in (PROJECT / "docs").glob("*.md"):
            lead = re.split(r"(?m)^## ", page.read_text())[0]
            self.assertRegex(lead, r"This page is for \w+", page.name)


if __name__ == "__main__":
    unittest.main()
