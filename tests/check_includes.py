#!/usr/bin/env python3
"""Checks that every folder includes only what it may (docs/architecture.md, "Which folder may include which").

usage: check_includes.py ROOT
"""

import re
import subprocess
import sys
from pathlib import Path

PUBLIC_VM = "skerry/"
PUBLIC_WASI = "skerry/wasi/"
PUBLIC_HOST = "skerry/host/"

# Folder: folders whose headers it may include directly, besides its own and the standard library.
ALLOWED = {
    "vm/include": [],
    "vm/base": ["vm/include"],
    "vm/platform": ["vm/base"],
    "vm/isa": ["vm/base"],
    "vm/module": ["vm/isa"],
    "vm/validate": ["vm/module"],
    "vm/code": ["vm/base", "vm/isa", "vm/module"],  # handler_table.hpp has one handler for each simple opcode
    "vm/translate": ["vm/validate", "vm/code"],
    "vm/runtime": ["vm/platform", "vm/module", "vm/code"],
    "vm/exec": ["vm/runtime", "vm/code"],
    "vm/wat": ["vm/isa", "vm/module"],
    "vm/api": ["vm/base", "vm/isa", "vm/module", "vm/validate", "vm/code", "vm/translate", "vm/runtime", "vm/exec",
               "vm/wat"],
    "wasi/include": ["vm/include"],
    "wasi/platform": ["vm/platform"],
    "wasi": ["wasi/platform", "wasi/include"],
    "host/include": ["vm/include", "wasi/include"],
    "host/platform": ["host/include", "vm/platform"],
    "host/support": ["host/platform"],
    "host/manifest": ["host/net", "host/support"],
    "host/net": ["host/support"],
    "host/metrics": ["host/support"],
    "host/watch": ["host/support"],
    "host/guest": ["host/net", "host/support"],
    "host/pool": ["host/guest", "host/metrics", "host/support"],
    "host/reload": ["host/pool", "host/guest", "host/support"],
    "host/manager": ["host/reload", "host/pool", "host/watch", "host/support"],
    "host/server/http": ["host/support"],
    "host/server": ["host/server/http", "host/support"],
    "host/cli": ["host/server", "host/guest", "host/net", "host/support"],
    "spec-tests/platform": ["vm/include", "vm/platform"],
    "spec-tests": ["vm/include", "vm/base", "spec-tests/platform"],
    "examples": ["vm/include", "wasi/include", "host/include"],
}
# Single headers that a folder may include although its folder rule does not allow it, each with its reason.
EXCEPTIONS = {
    ("wasi/platform", "wasi/types.hpp"),  # Errno, Filetype: what all of WASI speaks
    ("vm/translate", "vm/runtime/instance.hpp"),  # Layout: where threaded code finds the parts of an instance
    ("host/cli", "spec-tests/"),  # `skerry wast` is the runner
    ("host/cli", "vm/wat/number.hpp"),  # arguments are numbers of the text format
    ("host/cli", "vm/isa/features.hpp"),  # `skerry version` names the features
    ("host/cli/objdump", "vm/"),  # `skerry objdump` shows the engine from inside
}
UNCHECKED = ("fuzz", "tests")  # may include everything
THIRD_PARTY = {  # header prefix: the only files that may include it
    "hwy/": r"^vm/exec/simd",
    "fast_float/": r"^vm/base/fast_float/",
    "xxhash": r"^host/support/hash\.cpp$",
    "curl/": r"^host/net/curl/",
    "ares": r"^host/net/ares/",
    "nlohmann/": r"^host/support/json\.hpp$",
    "CLI/": r"^host/cli/cli11\.hpp$",
    "boost/": r"^host/server/http/boost\.hpp$",
    "catch2/": r"^tests/",
}
# What differs between operating systems is in these folders only (docs/porting.md). A system's header there has a name
# that ends in .h; standard C++ headers have no suffix.
SYSTEM = re.compile(r"^(vm|wasi|host|spec-tests)/platform/[a-z]+/")
SYSTEM_HEADER = re.compile(r"\.h$")
MAY_CALL_SYSTEM = ("examples/",)  # programs of embedders
STANDARD_BUT_SYSTEM = ("csignal",)  # whose useful part is not in the standard
SYSTEM_MACRO = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|elif)\b.*\b(?:__linux__|__unix__|__APPLE__|_WIN32|__FreeBSD__|"
                          r"__GLIBC__|[A-Z]+_[A-Z]+_COARSE|MADV_\w+|MAP_\w+)", re.M)
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.M)


def reachable(folder):
    """The folder and everything that its rules allow, transitively: what is allowed below is allowed above."""
    seen, todo = set(), [folder]
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            todo += ALLOWED.get(current, [])
    return seen


def folder_of(path):
    """The longest folder with a rule that holds `path`."""
    return max((folder for folder in ALLOWED if path.startswith(folder + "/")), key=len, default=None)


def folder_of_include(name):
    """Which folder's header an include names, or None when it is not ours."""
    if name.startswith(PUBLIC_HOST):
        return "host/include"
    if name.startswith(PUBLIC_WASI):
        return "wasi/include"
    if name.startswith(PUBLIC_VM):
        return "vm/include"
    return folder_of(name)


def cycle(rules):
    """A way through `rules` that comes back to where it began, or None."""
    done = set()

    def walk(folder, way):
        if folder in way:
            return way[way.index(folder):] + [folder]
        if folder in done:
            return None
        for below in rules.get(folder, []):
            if found := walk(below, way + [folder]):
                return found
        done.add(folder)
        return None

    for folder in rules:
        if found := walk(folder, []):
            return found
    return None


def header_graph(texts):
    """{header: headers of the project that it includes}; a source counts as its header, whose functions it defines."""
    def module(name):
        return name.removesuffix(".cpp").removesuffix(".hpp")

    graph = {}
    for path, text in texts.items():
        if path.startswith("host/") and not path.startswith("host/include/"):
            names = {module(match.group(1)) for match in INCLUDE.finditer(text) if match.group(1)}
            graph.setdefault(module(path), set()).update(names - {module(path)})
    return {name: sorted(includes & graph.keys()) for name, includes in graph.items()}


def problem(path, quoted, angled):
    name = quoted or angled
    for prefix, home in THIRD_PARTY.items():
        if name.startswith(prefix):
            return None if re.match(home, path) else f"only {home} may include it"
    if angled and (SYSTEM_HEADER.search(name) or name in STANDARD_BUT_SYSTEM) \
            and not path.startswith(MAY_CALL_SYSTEM) and not SYSTEM.match(path):
        return "a header of the system: only platform folders may include it"
    folder = folder_of(path)
    if folder is None or any(path.startswith(who + "/") and name.startswith(what) for who, what in EXCEPTIONS):
        return None
    target = folder_of_include(name)
    if target is None:
        # Examples look as an embedder's program does: they name their own files plainly.
        return None if angled or folder == "examples" else "not written from the repository's root"
    if target in reachable(folder):
        return None
    return f"{folder} may include {', '.join(sorted(reachable(folder) - {folder})) or 'nothing of ours'}"


def system_conditions(path, text):
    """(line, what, why) of every `#if` that asks for a system outside the platform folders."""
    if not SYSTEM.match(path):
        for match in SYSTEM_MACRO.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, match.group(0).strip(), "only platform folders ask for a system"


def problems(path, text):
    """(line, what, why) of everything in a file that the rules forbid."""
    for match in INCLUDE.finditer(text):
        if why := problem(path, *match.groups()):
            yield text.count("\n", 0, match.start()) + 1, match.group(1) or match.group(2), why
    yield from system_conditions(path, text)


def check_rules():
    """Fails if the rules no longer find what they are there for."""
    found = [(path, [line for line, *_ in problems(path, text)]) for path, text in (
        ("vm/fd.cpp", '#include <vector>\n#include <sys/stat.h>\n#include <csignal>\n'),
        ("host/net/curl/network.cpp", "#include <curl/curl.h>\n#include <poll.h>\n"),
        ("host/platform/linux/files.cpp", "#include <sys/stat.h>\n#if defined(__linux__)\n"),
        ("vm/runtime/store.cpp", "#if defined(__clang__)\n#if defined(__linux__)\n# ifdef _WIN32\n"),
        ("vm/isa/type.cpp", '#include "vm/exec/state.hpp"\n'))]
    assert [lines for _, lines in found] == [[2, 3], [2], [], [2, 3], [1]], found


def main():
    check_rules()
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.hpp", "*.cpp", "*.h"],
                            cwd=root, capture_output=True, text=True)
    files = listed.stdout.split() if listed.returncode == 0 else \
        [str(p.relative_to(root)) for top in ("vm", "wasi", "host", "spec-tests", "examples")
         for p in (root / top).rglob("*.[hc]*")]
    found = 0
    everything = {path: (root / path).read_text() for path in files if (root / path).exists()}
    texts = {path: text for path, text in everything.items() if not path.startswith(UNCHECKED)}
    for rules in (ALLOWED, header_graph(texts)):
        if way := cycle(rules):
            print("a cycle: " + " → ".join(way))
            found += 1
    for path, text in everything.items():
        for line, what, why in problems(path, text) if path in texts else system_conditions(path, text):
            print(f"{path}:{line}: {what}: {why}")
            found += 1
    print(f"include rules: {len(files)} files, {found} violations")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
