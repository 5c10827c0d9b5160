#!/usr/bin/env python3
"""Checks that the interpreter's handlers end in jumps, never in returns.

A handler that returned would have been called: the host's stack would grow with every wasm instruction. Clang's
musttail promises it, GCC's sibling calls do not, so what the compiler made is looked at.

Usage: check_tail_calls.py LIBRARY (static library with the objects of vm/exec)
"""

import re
import subprocess
import sys

# These end the activation: they return to the C++ that entered the interpreter.
MAY_RETURN = ("exit_handler", "trap_handler", "host_failed_handler", "slice_end_handler")
HANDLER = "skerry::vm::ModuleInstance*, std::byte*, unsigned long, std::byte const*, unsigned long*"


def functions(library):
    """Pairs of demangled name and disassembly."""
    command = ["objdump", "-d", "--no-show-raw-insn", "-C", library]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for part in text.split("\n\n"):
        head = re.match(r"\s*[0-9a-f]+ <(.*)>:", part)
        if head:
            yield head.group(1), part


def main():
    handlers = returning = 0
    for name, code in functions(sys.argv[1]):
        if HANDLER not in name:
            continue
        handlers += 1
        if re.search(r"\bret\b", code) and not any(f"::{allowed}(" in name for allowed in MAY_RETURN):
            returning += 1
            print(f"returns: {name}")
    print(f"{handlers} handlers, {returning} that return")
    return 0 if handlers > 1000 and returning == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
