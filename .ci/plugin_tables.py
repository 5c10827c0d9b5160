#!/usr/bin/env python3
"""Keeps the tables that are made from .def files true: the codes in docs/errors.md, the imports in docs/plugins.md.

usage: plugin_tables.py [--write]   without --write it only checks
"""

import re
import sys
from pathlib import Path

CODES = Path("host/include/skerry/host/plugin_error_codes.def")
FUNCTIONS = Path("host/guest/functions.def")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def rows(path, macro):
    """The arguments of each row, as text; commas inside of parentheses and strings separate none."""
    text = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.M)
    found = []
    for start in re.finditer(re.escape(macro) + r"\(", text):
        arguments, argument, depth, at = [], "", 1, start.end()
        while depth:
            part = STRING.match(text, at)
            piece = part.group() if part else text[at]
            at += len(piece)
            if piece == "(":
                depth += 1
            elif piece == ")":
                depth -= 1
            if depth == 0 or (piece == "," and depth == 1):
                arguments.append(argument.strip())
                argument = ""
            else:
                argument += piece
        found.append(arguments)
    return found


def words(argument):
    """Adjacent strings as one."""
    return "".join(STRING.findall(argument)).replace('\\"', '"')


def codes():
    lines = ["| code | phase | HTTP | cause | remedy |", "|---|---|---|---|---|"]
    groups = []
    for _, code, http, _, _, *texts in rows(CODES, "SKERRY_PLUGIN_ERROR"):
        texts = [words(text) for text in texts]
        status = "" if http == "by_phase" else http
        if texts[0] != "ditto":
            groups.append(([], status, texts))
        elif status != groups[-1][1]:
            raise SystemExit(f"{CODES}: {code} shares the texts of a row with another status")
        groups[-1][0].append(f"`{words(code)}`")
    for names, status, (phase, cause, remedy) in groups:
        lines.append(f"| {', '.join(names)} | {phase} | {status} | {cause} | {remedy} |")
    return "\n".join(lines)


def blamed():
    """The codes that do not count against the plugin."""
    names = {"host": [], "caller": []}
    for _, code, _, _, blame, *_ in rows(CODES, "SKERRY_PLUGIN_ERROR"):
        if blame != "plugin":
            names[blame].append(f"`{words(code)}`")
    return (f"The host is to blame for {', '.join(names['host'])}; the caller for {', '.join(names['caller'])}. All other\n"
            "codes count against the plugin: for its breaker, for its error rate after a reload, and as a reason to remember\n"
            "a version as bad.")


def imports():
    lines = ["| import | exists for | answer | errors |", "|---|---|---|---|"]
    for name, parameters, _, grant, presence, errors, answer in rows(FUNCTIONS, "SKERRY_HOST_FUNCTION"):
        plain = ", ".join(part.split()[-1] for part in parameters.strip("()").split(","))
        keys = ", ".join(f"`{key.removeprefix('capabilities.')}`" for key in GRANTS[grant])
        needs = "every plugin" if presence == "always" else keys
        lines.append(f"| `{name}({plain})` | {needs} | {words(answer)} | {words(errors).replace(' ', ', ')} |")
    return "\n".join(lines)


def numbers():
    lines = ["| number | name | meaning |", "|---|---|---|"]
    for name, number, meaning in rows(FUNCTIONS, "SKERRY_HOST_ERROR"):
        lines.append(f"| {number.replace('-', '−')} | {name} | {words(meaning)} |")
    return "\n".join(lines)


GRANTS = {name: [words(key) for key in keys.strip("()").split(",") if key.strip()]
          for name, keys in rows(FUNCTIONS, "SKERRY_HOST_GRANT")}
BLOCKS = [
    (Path("docs/errors.md"), CODES, "codes", codes),
    (Path("docs/errors.md"), CODES, "blame", blamed),
    (Path("docs/plugins.md"), FUNCTIONS, "imports", imports),
    (Path("docs/plugins.md"), FUNCTIONS, "numbers", numbers),
]


def main():
    failed = False
    for document, source, what, make in BLOCKS:
        begin, end = f"<!-- {what}: made from {source.name} by .ci/plugin_tables.py -->", "<!-- and here it ends -->"
        text = document.read_text()
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            print(f"{document}: has no block {begin}")
            failed = True
            continue
        wanted = f"{before}{begin}\n\n{make()}\n\n{end}{after}"
        if wanted == text:
            continue
        if "--write" in sys.argv:
            document.write_text(wanted)
        else:
            print(f"{document}: the block of {what} does not say what {source} says; run ./dev lint --fix")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
