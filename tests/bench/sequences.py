#!/usr/bin/env python3
"""Chooses the superinstructions: from profiles of a training corpus to vm/code/sequences.def.

    sequences.py profile --tool build/release/tests/bench/skerry_profile --manifest programs/manifest.json --out DIR
    sequences.py choose --tool … --profiles DIR --pairs 4000 --triples 2000

`profile` runs tests/bench/training/*.c, and the programs of a manifest (a list of {name, wasm, args, env, preopens,
stdin}), with a counter before every instruction. `choose` gives each program the same weight, takes the most frequent pairs and triples as candidates, lets
the translator's own rule use them on all profiles, and keeps those that save the most dispatches. Code that did not run
counts too, by the loops around it, with a small weight. The kernels that are reported on are not trained on.
"""

import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = 4
STATIC_SHARE = 0.2  # of a program's weight: its code by loop depth, whether it ran or not


def content(text, base):
    return (base / text[1:]).read_bytes() if text.startswith("@") else text.encode()


def run_training(options):
    """The project's own training programs, with and without inlining."""
    for source in sorted((ROOT / "tests/bench/training").glob("*.c")):
        for extra in ("-finline-functions", "-fno-inline"):
            with tempfile.TemporaryDirectory() as scratch:
                wasm = Path(scratch, "training.wasm")
                subprocess.run(["clang-19", "--target=wasm32-wasi", "-mcpu=mvp", "-O2", extra, "-fno-vectorize",
                                "-fno-slp-vectorize", str(source), "-o", str(wasm)], check=True)
                out = options.out.resolve() / f"{source.stem}{extra}"
                subprocess.run([str(options.tool.resolve()), str(out), str(wasm)], stdout=subprocess.DEVNULL, check=True)


def run_profiles(options):
    options.out.mkdir(parents=True, exist_ok=True)
    run_training(options)
    if not options.manifest:
        return
    base = options.manifest.resolve().parent
    for program in json.loads(options.manifest.read_text()):
        name = program["name"]
        if name in options.without:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            words = [str(options.tool.resolve()), str(options.out.resolve() / name)]
            for number, preopen in enumerate(program["preopens"]):
                host = Path(scratch, str(number))
                host.mkdir()
                for file, text in preopen["files"].items():
                    (host / file).parent.mkdir(parents=True, exist_ok=True)
                    (host / file).write_bytes(content(text, base))
                words += ["--dir", f"{host}::{preopen['guest']}"]
            for key, value in (program["env"].items() if isinstance(program["env"], dict) else
                               (item.split("=", 1) for item in program["env"])):
                words += ["--env", f"{key}={value}"]
            words += [str(base / program["wasm"]), *program["args"]]
            subprocess.run(words, input=content(program["stdin"], base), stdout=subprocess.DEVNULL, check=False)
        print(name, flush=True)


# ---- names of handlers, as operations of sequences.def

INT = ("s", "r0", "r1", "r2", "k")
FLOAT = ("s", "v0", "v1", "vk")


def signatures():
    rows = {}
    for line in (ROOT / "vm/isa/opcodes.def").read_text().splitlines():
        match = re.match(r'(?:NUMERIC|TRAPPING)\((\w+), "[^"]*", \w+, \w+, "([^"]*)"', line)
        if match:
            rows[match[1]] = match[2]
    return rows


SIGNATURES = signatures()
TYPES = {"unsigned char": "uint8_t", "unsigned short": "uint16_t", "unsigned int": "uint32_t",
         "unsigned long": "uint64_t", "signed char": "int8_t", "short": "int16_t", "int": "int32_t", "long": "int64_t",
         "float": "float", "double": "double", "float __vector(4)": "Vector"}
MODES = ("plain", "indexed", "wrapped", "indexed_wrapped")


def operand(letter, kind):
    return (INT if letter in "iI" else FLOAT)[int(kind)]


def split(text):
    """Template arguments at the outermost level."""
    parts, depth, part = [], 0, ""
    for char in text:
        depth += (char in "<(") - (char in ">)")
        if char == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    return [*parts, part.strip()]


def row_of(op):
    """The operation in the words of sequences.def, or None when it is not one that sequences are made of."""
    op = op.replace("skerry::vm::", "").strip()
    if op in ("Call", "ReturnNone", "CopySlots"):
        return op
    match = re.fullmatch(r"(\w+)<(.*)>", op)
    if not match:
        return None
    name, args = match[1], split(match[2])
    function = re.match(r"&\(?numeric::(\w+)", args[0])
    if function:
        args[0] = function[1]
    letters = SIGNATURES.get(args[0], "ii>i" if args[0].startswith("i32") else "II>i")
    if name == "Unary":
        return f"Unary<{args[0]}, {operand(letters[2], args[1])}, {operand(letters[0], args[2])}>"
    if name == "Binary":
        return (f"Binary<{args[0]}, {operand(letters[3], args[1])}, {operand(letters[0], args[2])}, "
                f"{operand(letters[1], args[3])}>")
    if name == "BranchIf":
        return f"BranchIf<{args[0]}, {operand('i', args[1])}, {operand('i', args[2])}, {args[3]}>"
    if name == "CountBranch":
        return f"CountBranch<{args[0]}, {operand('i', args[1])}, {operand('i', args[2])}>"
    if name == "BranchIfFloat":
        return f"BranchIfFloat<{args[0]}, {args[1]}, {operand('f', args[2])}, {operand('f', args[3])}, {args[4]}>"
    if name in ("Load", "StoreValue"):
        stored = TYPES[args[0]]
        if name == "Load":
            kept = TYPES[args[1]]
            args = args[1:]
            head = f"Load<{stored}, {kept}"
        else:
            kept = stored
            head = f"StoreValue<{stored}"
        letter = "f" if kept in ("float", "double", "Vector") else "i"
        mode = MODES[int(args[1].rsplit(")", 1)[-1])]
        b = INT[int(args[4])] if mode.startswith("indexed") else "0"
        return f"{head}, {mode}, {operand(letter, args[2])}, {INT[int(args[3])]}, {b}, {args[5]}>"
    if name in ("VectorMove", "ReturnFloat"):
        return f"{name}<{TYPES[args[0]]}, {', '.join(FLOAT[int(k)] for k in args[1:])}>"
    if name == "Lea":
        return f"Lea<{args[0]}, {', '.join(INT[int(k)] for k in args[1:])}>"
    if name in ("Move", "MoveImm64", "Select", "GlobalGet", "GlobalSet", "BranchTable", "ReturnInt"):
        return f"{name}<{', '.join(INT[int(k)] for k in args)}>"
    if name in ("Branch", "Enter"):
        return f"{name}<{args[0]}>"
    return None


def handler_names(tool):
    """{distance from main: operation of sequences.def}"""
    symbols = subprocess.run(["nm", "-C", tool], capture_output=True, text=True, check=True).stdout
    rows, main = {}, None
    for line in symbols.splitlines():
        address, _, symbol = line.partition(" ")
        symbol = symbol[2:]
        if symbol == "main":
            main = int(address, 16)
        match = re.match(r"(?:void|bool) skerry::vm::(?:straight|branching|ending)<(.*)>\(long, ", symbol)
        row = row_of(match[1]) if match else None
        if row:
            rows[int(address, 16)] = row
    return {address - main: row for address, row in rows.items()}


# ---- profiles

ENDS = ("Call", "ReturnNone", "ReturnInt", "ReturnFloat", "BranchTable", "Branch<")


def is_end(row):
    return row.startswith(ENDS)


def read_profile(path, names):
    """Straight runs of code: lists of (row, weight); all weights of the file add up to 1."""
    runs, run = [], []
    dynamic = static = 0
    for line in path.read_text().splitlines():
        words = line.split()
        row = names.get(int(words[0])) if words else None
        if row is None:
            if len(run) > 1:
                runs.append(run)
            if words:
                dynamic += int(words[1])
                static += 10 ** min(int(words[2]), 4)
            run = []
            continue
        times, by_depth = int(words[1]), 10 ** min(int(words[2]), 4)
        dynamic += times
        static += by_depth
        run.append((row, times, by_depth))
        if is_end(row):
            if len(run) > 1:
                runs.append(run)
            run = []
    share = STATIC_SHARE if dynamic else 1
    return [[(row, (1 - share) * times / max(dynamic, 1) + share * by_depth / static)
             for row, times, by_depth in run] for run in runs]


def candidates(corpus, length, count):
    """The most frequent sequences of this length."""
    found = collections.Counter()
    for run in corpus:
        for i in range(len(run) - length + 1):
            window = run[i:i + length]
            found[tuple(row for row, _ in window)] += min(weight for _, weight in window)
    return [sequence for sequence, _ in found.most_common(count)]


def use(corpus, chosen):
    """What each sequence saves, when the translator uses them as vm/translate/fusion.cpp does."""
    saved = collections.Counter()
    total = left = 0
    for run in corpus:
        size = len(run)
        cost, step = [0] * (size + 3), [1] * size
        for i in reversed(range(size)):
            cost[i] = cost[i + 1] + 1
            for length in (2, 3):
                if i + length <= size and cost[i + length] + 1 <= cost[i] \
                        and tuple(row for row, _ in run[i:i + length]) in chosen:
                    cost[i], step[i] = cost[i + length] + 1, length
        i = 0
        while i < size:
            weight = min(w for _, w in run[i:i + step[i]])
            total += sum(w for _, w in run[i:i + step[i]])
            left += sum(w for _, w in run[i:i + step[i]]) - weight * (step[i] - 1)
            if step[i] > 1:
                saved[tuple(row for row, _ in run[i:i + step[i]])] += weight * (step[i] - 1)
            i += step[i]
    return saved, left / total


def choose(options):
    names = handler_names(options.tool)
    corpus = []
    for path in sorted(options.profiles.iterdir()):
        runs = read_profile(path, names)
        print(path.name, sum(map(len, runs)), flush=True)
        corpus += [run for run in runs if any(weight > 1e-9 for _, weight in run)]
    wanted = {2: options.pairs, 3: options.triples}
    chosen = {sequence for length, count in wanted.items() for sequence in candidates(corpus, length, count * 3)}
    for attempt in range(3):
        saved, left = use(corpus, chosen)
        print(f"{len(chosen)} candidates: {left:.3f} of the dispatches left", flush=True)
        best = {length: [s for s, _ in saved.most_common() if len(s) == length] for length in wanted}
        factor = (2, 1.3, 1)[attempt]
        chosen = {s for length, count in wanted.items() for s in best[length][:int(count * factor)]}
    prefixes = {s[:-1] for s in chosen if len(s) == 3}
    saved, left = use(corpus, chosen | prefixes)
    print(f"{len(chosen | prefixes)} sequences: {left:.3f} of the dispatches left")
    write_rows(sorted(chosen | prefixes, key=lambda s: (-saved[s], s)), left)


def in_slots(operation):
    """The operation where there are no registers."""
    return re.sub(r"\b[rv]\d\b", "s", operation)


def write_rows(sequences, left):
    lines = ["// Superinstructions, written by tests/bench/sequences.py: the operations that they are made of, and a row for each",
             "// sequence, of two or three operations' numbers. X-macro file: define what you want, include it; it undefines all.",
             "//",
             "//   OPERATION(number, number of the first that is the same without registers, type)",
             "//   SEQUENCE_0 … SEQUENCE_3(first, second[, third])   in parts that compile side by side; the most useful first",
             "//",
             f"// {len(sequences)} sequences leave {left:.2f} of the training corpus' dispatches. The operations are those of",
             "// vm/exec/*_ops.hpp; what the operands' letters mean is in vm/exec/sequence_rows.hpp. A row of three needs the",
             "// row of its first two."]
    classes = ["OPERATION", *(f"SEQUENCE_{part}" for part in range(PARTS))]
    for name in classes:
        lines += [f"#ifndef {name}", f"#define {name}(...)", "#endif"]
    operations = list(dict.fromkeys(operation for sequence in sequences for operation in sequence))
    numbers = {operation: number for number, operation in enumerate(operations, 1)}
    first_in_slots = {}
    for operation in operations:
        first_in_slots.setdefault(in_slots(operation), numbers[operation])
    lines += [f"OPERATION({numbers[operation]}, {first_in_slots[in_slots(operation)]}, {operation})"
              for operation in operations]
    part_size = (len(sequences) + PARTS - 1) // PARTS
    for part in range(PARTS):
        lines += [f"SEQUENCE_{part}({', '.join(str(numbers[operation]) for operation in sequence)})"
                  for sequence in sequences[part * part_size:(part + 1) * part_size]]
    lines += [f"#undef {name}" for name in classes]
    (ROOT / "vm/code/sequences.def").write_text("\n".join([*lines, ""]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    profile = commands.add_parser("profile")
    profile.add_argument("--tool", type=Path, required=True)
    profile.add_argument("--manifest", type=Path)
    profile.add_argument("--out", type=Path, required=True)
    profile.add_argument("--without", nargs="*", default=[])
    profile.set_defaults(run=run_profiles)
    chooser = commands.add_parser("choose")
    chooser.add_argument("--tool", type=Path, required=True)
    chooser.add_argument("--profiles", type=Path, required=True)
    chooser.add_argument("--pairs", type=int, default=4000)
    chooser.add_argument("--triples", type=int, default=2000)
    chooser.set_defaults(run=choose)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    sys.exit(main())
