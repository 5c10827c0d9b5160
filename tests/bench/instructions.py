#!/usr/bin/env python3
"""Counts the machine instructions that kernels take on each platform, with programs that run under qemu-user.

    python3 tests/bench/instructions.py x86_64=build/release aarch64=build/aarch64 [--kernels FOLDER] [--only KERNEL]

Each argument is the processor, as in the name of qemu-user's program, and a folder of a build. The counts are exact and
do not depend on this machine. A kernel runs twice, with a smaller and a larger argument; the difference of the two runs
leaves out what starting and translating costs. The table shows machine instructions per WebAssembly instruction, where
the engine counts the latter (`skerry run --stats`).
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# Kernel: the smaller and the larger argument, which are small because counting makes programs hundreds of times slower.
ARGUMENTS = {"fib": (12, 22), "crc32": (1, 2), "json": (1, 2), "sha256": (1, 2), "matmul": (1, 2), "calls": (12, 22),
             "collatz": (500, 2000), "queens": (4, 7), "wave": (1, 3), "chacha_simd": (5, 15), "sharpen_simd": (1, 3)}


class Failure(Exception):
    pass


def run(command):
    """What the program writes to its standard error."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stderr}")
    return done.stderr


def number_after(name, text):
    found = re.findall(rf"^{name}: +(\d+)$", text, re.M)
    if len(found) != 1:
        raise Failure(f"one line '{name}: NUMBER' was expected in:\n{text}")
    return int(found[0])


class Platform:
    """A build and the emulator of its processor."""

    def __init__(self, words, plugin, folder):
        self.processor, _, build = words.partition("=")
        self.skerry = self.program(Path(build or "?"))
        self.log = folder / "log"
        # A build for another processor finds its libraries in the folder that ./dev made.
        root = ROOT / ".cache/sysroot" / self.processor
        self.emulator = [f"qemu-{self.processor}", *(["-L", root] if root.exists() else []),
                         "-d", "plugin", "-D", self.log, "-plugin", plugin]

    @staticmethod
    def program(build):
        if not (build / "skerry").exists():
            raise Failure(f"there is no program '{build / 'skerry'}'; ./dev build makes it")
        return build / "skerry"

    def counts(self, wasm, argument):
        """(machine instructions, WebAssembly instructions) of one run."""
        self.log.unlink(missing_ok=True)
        stats = run([*self.emulator, self.skerry, "run", "--stats", wasm, argument])
        return number_after("instructions", self.log.read_text()), number_after("instructions", stats)

    def ratio(self, wasm, arguments):
        """Machine instructions per WebAssembly instruction."""
        (machine_0, wasm_0), (machine_1, wasm_1) = (self.counts(wasm, argument) for argument in arguments)
        if wasm_1 <= wasm_0:
            raise Failure(f"{wasm}: the larger argument does not take more instructions")
        return (machine_1 - machine_0) / (wasm_1 - wasm_0)


def kernels(folder, only):
    found = [(name, folder / f"{name}.wasm") for name in only or ARGUMENTS if (folder / f"{name}.wasm").exists()]
    if not found:
        raise Failure(f"no known kernel in {folder}")
    return found


def measure(words, folder, only):
    with tempfile.TemporaryDirectory() as temporary:
        plugin = Path(temporary, "count.so")
        run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", HERE / "count_instructions.c", "-o", plugin])
        platforms = [Platform(word, plugin, Path(temporary)) for word in words]
        print("| kernel | " + " | ".join(platform.processor for platform in platforms) + " |")
        print("|---|" + "---|" * len(platforms))
        for name, wasm in kernels(folder, only):
            ratios = [platform.ratio(wasm, ARGUMENTS[name]) for platform in platforms]
            print(f"| {name} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("platforms", nargs="+", metavar="PROCESSOR=BUILD")
    parser.add_argument("--kernels", type=Path, help="folder of .wasm files (default: SKERRY_BENCH_KERNELS, else those of "
                        "the first build)")
    parser.add_argument("--only", action="append", choices=list(ARGUMENTS), help="a kernel to measure")
    options = parser.parse_args()
    default = Path(options.platforms[0].partition("=")[2]) / "tests/bench/kernels"
    try:
        folder = options.kernels or Path(os.environ.get("SKERRY_BENCH_KERNELS", default))
        measure(options.platforms, folder, options.only)
    except (Failure, OSError) as error:
        sys.exit(f"instructions.py: {error}")


if __name__ == "__main__":
    main()
