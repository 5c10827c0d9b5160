#!/usr/bin/env python3
"""Checks the prose lint: every rule finds its example, plain text has no findings, and the folders held to it have none.

usage: prose_test.py ROOT
"""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

PLAIN = """# What Skerry promises

Returns true if a change has not been reported yet. There is no module. It is no longer needed. What happens next?
The call continues after the deadline; nobody's `behind` is code, and "somebody" is a quotation.

```sh
echo nobody looks behind it
```

| what | it's the caller's name |
|---|---|
| Of course | [a link](behind.md) |
""".replace("nobody's ", "its ")

SOURCE = """// Returns what `read` finds. Behind it stands a table.
// clang-format off
int a = "// nobody"[0]; ///< whoever reads it
                        ///< goes on
/// Is there something to report?
int b; // Of rows without any.
// Lists the
// rows of somebody.
/* A block of C
 * that goes on. */
"""
SOURCE_FINDINGS = [(10, "goes on"), (1, "Behind"), (3, "whoever"), (4, "goes on"), (5, "Is there"), (6, "Of rows"), (8, "somebody"),
                   (3, "nobody")]

# Where an example of a rule stands, for each value of Rule.where.
PAGES = {
    "everywhere": ("page.md", "{}\n"),
    "comments": ("vm/source.hpp", "// {}\n"),
    "texts": ("vm/source.hpp", 'say("{}");\n'),
    "titles": ("tests/source.cpp", 'TEST_CASE("{}", "[tag]") {{\n'),
}

STRINGS = """#include "behind/nobody.hpp"
fail("nobody " + name + " is no " +
     "that is found "
     "behind it");
auto data = R"(nobody)", quote = '"'; // no caller: "behind"
TEST_CASE_METHOD(Fixture, "quota: what is there "
                          "counts") {
  CHECK(text() == "nobody");
"""
STRING_FINDINGS = {"vm/source.cpp": [(2, "nobody"), (2, "is no"), (4, "behind"), (6, "what"), (6, "there"), (8, "nobody")],
                   "tests/source.cpp": [(6, "what"), (6, "there")]}

SCRIPT = """usage() {
  cat <<'TEXT'
usage: dev
  go  it goes on
TEXT
}
die "no build; there are: $all" # behind
run "behind"
"""
SCRIPT_FINDINGS = [(4, "goes on"), (7, "there are")]

CHANGELOG = "# Changelog\n\nEntries.\n\n## 0.2\n\n- It goes on.\n\n## 0.1\n\n- Nobody reads this.\n"


def load(root):
    spec = importlib.util.spec_from_file_location("prose", root / ".ci/prose.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["prose"] = module
    spec.loader.exec_module(module)
    return module


def problems(prose):
    """What is wrong with the rules and with how texts are read."""
    for rule in prose.PHRASES + prose.STARTS + prose.TEXTS + prose.TITLES:
        path, page = PAGES[rule.where]
        page = page.format(rule.example)
        if not any(instead == rule.instead for _, _, instead in prose.check(Path(path), page)):
            yield f"the rule {rule.pattern.pattern!r} does not find its example"
        with_code = f"`{rule.example}`\n\n```\n{rule.example}\n```\n"
        if prose.check(Path("page.md"), with_code):
            yield f"the rule {rule.pattern.pattern!r} finds code"
    yield from (f"plain text: line {line}: {text}" for line, text, _ in prose.check(Path("page.md"), PLAIN))

    cases = [("vm/source.hpp", SOURCE, SOURCE_FINDINGS), ("dev", SCRIPT, SCRIPT_FINDINGS)]
    cases += [(path, STRINGS, expected) for path, expected in STRING_FINDINGS.items()]
    for path, text, expected in cases:
        found = [(line, text) for line, text, _ in prose.check(Path(path), text)]
        if len(found) != len(expected) or any(line != wanted or part not in text
                                              for (line, text), (wanted, part) in zip(found, expected)):
            yield f"{path}: {found} instead of {expected}"

    if [line for line, _, _ in prose.check(Path("CHANGELOG.md"), CHANGELOG)] != [7]:
        yield "a changelog's first section is not the only one that is checked"


def main():
    root = Path(sys.argv[1]).resolve()
    wrong = list(problems(load(root)))
    print("\n".join(wrong) or "the rules find what they should")
    if not (root / ".git").exists():  # an exported source tree: the files cannot be listed
        return 1 if wrong else 0
    done = subprocess.run([sys.executable, root / ".ci/prose.py"], cwd=root, env={**os.environ, "LC_ALL": "C.UTF-8"})
    return 1 if wrong or done.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
