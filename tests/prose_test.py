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
SOURCE_FINDINGS = [(10, "goes on"), (1, "Behind"), (3, "whoever"), (4, "goes on"), (5, "Is there"), (6, "Of rows"), (8, "somebody")]

CHANGELOG = "# Changelog\n\nEntries.\n\n## 0.2\n\n- It goes on.\n\n## 0.1\n\n- Nobody reads this.\n"


def load(root):
    spec = importlib.util.spec_from_file_location("prose", root / ".ci/prose.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["prose"] = module
    spec.loader.exec_module(module)
    return module


def problems(prose):
    """What is wrong with the rules and with how texts are read."""
    for rule in prose.PHRASES + prose.STARTS:
        page = f"{rule.example}\n" if rule.where == "everywhere" else f"// {rule.example}\n"
        path = Path("page.md" if rule.where == "everywhere" else "source.hpp")
        if not any(instead == rule.instead for _, _, instead in prose.check(path, page)):
            yield f"the rule {rule.pattern.pattern!r} does not find its example"
        with_code = f"`{rule.example}`\n\n```\n{rule.example}\n```\n"
        if prose.check(Path("page.md"), with_code):
            yield f"the rule {rule.pattern.pattern!r} finds code"
    yield from (f"plain text: line {line}: {text}" for line, text, _ in prose.check(Path("page.md"), PLAIN))

    found = [(line, text) for line, text, _ in prose.check(Path("source.hpp"), SOURCE)]
    if len(found) != len(SOURCE_FINDINGS) or any(line != wanted or part not in text for (line, text), (wanted, part)
                                                 in zip(found, SOURCE_FINDINGS)):
        yield f"comments: {found} instead of {SOURCE_FINDINGS}"

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
