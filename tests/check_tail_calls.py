#!/usr/bin/env python3
"""Checks that the interpreter's handlers end in jumps, never in returns.

A handler that returned would have been called: the host's stack would grow with every wasm instruction. Clang's
musttail promises it, GCC's sibling calls do not, so what the compiler made is looked at.

Usage: check_tail_calls.py LIBRARY (static library with the objects of vm/exec)
"""

import shutil
import subprocess
import sys

# These end the activation: they return to the C++ that entered the interpreter.
MAY_RETURN = ("12exit_handler", "12trap_handler", "19host_failed_handler", "18fuel_short_handler")


def functions(library):
    """Pairs of mangled name and whether it returns."""
    # LLVM's takes a second where binutils' takes a minute.
    program = shutil.which("llvm-objdump-19") or shutil.which("llvm-objdump") or "objdump"
    command = [program, "-d", "--no-show-raw-insn", library]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        name, returns = None, False
        for line in process.stdout:
            if line.endswith(">:\n"):
                if name:
                    yield name, returns
                name, returns = line[line.index("<") + 1 : -3], False
            elif "\tret" in line:
                returns = True
        if name:
            yield name, returns


def is_handler(name):
    return "14ModuleInstanceEPSt4bytemPK" in name and "PFvlPNS" not in name


def main():
    handlers = returning = 0
    for name, returns in functions(sys.argv[1]):
        if not is_handler(name):
            continue
        handlers += 1
        if returns and not any(allowed in name for allowed in MAY_RETURN):
            returning += 1
            print(f"returns: {name}")
    print(f"{handlers} handlers, {returning} that return")
    return 0 if handlers > 500 and returning == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
