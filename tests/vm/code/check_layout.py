#!/usr/bin/env python3
"""Checks that the layout of threaded code has one home: adding a field to a struct of vm/code/layout.hpp changes no
other file.

A copy of layout.hpp gets a field at the beginning and one at the end of every instruction; what writes, reads and
prints instructions must still compile. It is not linked or run: no offset or size may be written anywhere else, which
is checked too.

usage: check_layout.py ROOT COMPILER [OPTION …]
"""

import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Handlers of every form. The sources of vm/translate that name a layout are compiled too.
HANDLERS = ["vm/exec/control_handlers.cpp", "vm/exec/move_handlers.cpp", "vm/exec/call_handlers.cpp",
            "vm/exec/lane_handlers.cpp", "vm/exec/store_handlers.cpp", "vm/exec/stack_op_handlers.cpp",
            "vm/exec/invoke.cpp", "vm/exec/trap_error.cpp"]

# Reading or writing code by a number of bytes.
LITERAL = re.compile(r"\b(?:pc|p) \+ \d|\bNEXT\(\d|\bput(?:16|32)?\(\d|\bat_[a-z]\w* = \d|\bsize = \d\d\b")


def patched(text):
    """Every instruction with a field more at both ends. The part that all calls share stays first."""
    instruction = re.compile(r"^struct (\w+) \{\n  HandlerWord handler;\n(  CallSite site;\n)?(.*?)(?=^  (?:static )?(?:constexpr )?"
                             r"(?:void|bool) |^\};)", re.M | re.S)
    count = 0

    def add(match):
        nonlocal count
        count += 1
        return (f"struct {match[1]} {{\n  HandlerWord handler;\n{match[2] or ''}  uint64_t added_first;\n{match[3]}"
                "  uint64_t added_last;\n")

    return instruction.sub(add, text), count


def parent(source):
    return Path(source).parent.as_posix()


def main():
    root, compiler, options = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    layout = (root / "vm/code/layout.hpp").read_text()
    text, count = patched(layout)
    forms = len(re.findall(r"^  LAYOUT\(\w+\)", layout, re.M))
    translator = [path.relative_to(root).as_posix() for path in (root / "vm/translate").rglob("*.cpp")
                  if "layout::" in path.read_text()]
    sources = sorted(translator) + HANDLERS
    failed = 0
    if not translator:
        print("no source of vm/translate names a layout")
        failed += 1
    if count < forms:
        print(f"only {count} of {forms} instructions were found in layout.hpp")
        failed += 1
    for path in [*(root / "vm/translate").rglob("*.[ch]pp"), *(root / "vm/exec").rglob("*.[ch]pp")]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if LITERAL.search(line.split("//")[0]):
                print(f"{path.relative_to(root)}:{number}: an offset or a size that is not from layout.hpp: {line.strip()}")
                failed += 1
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vm/code").mkdir(parents=True)
        (Path(folder) / "vm/code/layout.hpp").write_text(text)

        # Most of the time goes into headers, so the sources of a folder are compiled as one, as the build does.
        def compile_folder(name):
            together = Path(folder) / (name.replace("/", "_") + ".cpp")
            together.write_text("".join(f'#include "{root / source}"\n' for source in sources if parent(source) == name))
            command = [compiler, "-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", *options, f"-I{folder}", f"-I{root}/vm/include", f"-I{root}",
                       str(together)]
            return name, subprocess.run(command, capture_output=True, text=True)

        with ThreadPoolExecutor(2) as pool:
            for name, result in pool.map(compile_folder, sorted({parent(source) for source in sources})):
                if result.returncode != 0:
                    print(f"{name} does not compile with a field more:\n{result.stderr[:4000]}")
                    failed += 1
    print(f"layouts: {count} instructions with two fields more, {len(sources)} files, {failed} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
