#!/usr/bin/env python3
"""Checks that the files with the interpreter's handlers call nothing that can throw.

They have no unwind tables: an exception that came to a handler would end the process. So what they may call is
listed here, and each name stands for a function that is declared noexcept or cannot fail.

Usage: check_handler_calls.py LIBRARY (static library with the objects of vm/exec) FOLDER (vm/exec)
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

# Files without handlers: they are compiled to be unwound.
NO_HANDLERS = {"activation", "backtrace", "frame_walk", "handlers", "targets", "tracer", "trap_error"}

MAY_CALL = {
    # vm/exec/activation.hpp
    "function_of_stub", "make_callable", "invoke_host", "refuse_beside_suspended", "next_slice", "suspend_for_fuel",
    "suspend_for_host", "end_call", "end_with_trap", "first_slice",
    # vm/exec/tracer.hpp
    "traced_registers", "trace",
    # vm/runtime
    "Store::fail", "grow_memory", "grow_table", "table_may_grow", "memory_fill", "memory_copy", "memory_init", "data_drop", "table_fill",
    "table_copy", "table_init", "elem_drop", "TypeRegistry::is_subtype",
    # skerry/error.hpp
    "Error::trap", "Error::~Error",
}  # fmt: skip
OWN = re.compile(r"^skerry::(?:vm::)?([\w:~]+?)\(")
# Handlers of other files, tables of them, and what fills them.
IS_HANDLER = re.compile(r"_handler\(|^skerry::vm::sequence_rows::|^skerry::vm::(add|counting|tracing)_\w+\(|StateE|ModuleInstance\*, std::byte\*, unsigned long")
# Of the C and C++ libraries: nothing that allocates.
LIBRARY = re.compile(r"^(mem(cpy|move|set)|__popcount[sd]i2|operator delete\(.*|__libc_single_threaded|_GLOBAL_OFFSET_TABLE_|__cpu_\w+|__aarch64_(ldadd|swp|cas)\w+)$")


def undefined_symbols(library):
    """Pairs of object and demangled name."""
    program = shutil.which("llvm-nm-19") or shutil.which("llvm-nm") or "nm"
    text = subprocess.run([program, "-A", "-u", "--demangle", library], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        place, _, name = line.partition(" U ")
        if name:
            yield place.split(":")[1].split(".")[0], name.strip()


def is_allowed(name):
    own = OWN.match(name)
    return bool(LIBRARY.match(name) or IS_HANDLER.search(name) or (own and own[1] in MAY_CALL))


def main():
    library, folder = sys.argv[1], Path(sys.argv[2])
    stems = {source.stem for source in folder.rglob("*.cpp")} - NO_HANDLERS
    looked_at, wrong = set(), []
    for stem, name in undefined_symbols(library):
        if stem not in stems:
            continue
        looked_at.add(stem)
        if not is_allowed(name):
            wrong.append(f"{stem}.cpp calls {name}")
    print("\n".join(sorted(set(wrong))) or f"{len(looked_at)} files with handlers, which call nothing that can throw")
    return 1 if wrong or len(looked_at) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
