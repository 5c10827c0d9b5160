#!/usr/bin/env python3
"""Chooses the superinstructions: from profiles of a training corpus to vm/code/sequences.def.

    ./dev sequences                   make the profiles, choose, and write the list
    ./dev sequences --check           say whether the list still follows from the corpus and from this tool
    ./dev sequences --check --full    make the list again and compare

tests/bench/training/corpus.json names the programs of the corpus, with the hash of each file that they need. Those
written for training are compiled from tests/bench/training. The others are in the folder SKERRY_TRAINING_PROGRAMS.
`--record` takes new hashes into the corpus. The kernels that are reported on are not in it.

Each program runs with a counter before every instruction and has the same weight. The most frequent pairs and triples
are candidates; the translator's own rule uses them on all profiles, and those that save the most dispatches are kept.
Code that did not run counts too, by the loops around it, with a small weight. All weights are integers, so equal
corpora give equal lists, byte for byte.
"""

import argparse
import collections
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEQUENCES = ROOT / "vm/code/sequences.def"
TRAINING = ROOT / "tests/bench/training"
CORPUS = TRAINING / "corpus.json"
TOOL_SOURCES = ("sequences.py", "profile.cpp", "handler_names.hpp", "handler_names.cpp")
PARTS = 4
SCALE = 10**15  # the weight of one program
STATIC_TENTHS = 2  # of a program's weight: its code by loop depth, whether it ran or not


class Failure(Exception):
    """What the user must do something about."""


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# ---- the corpus


class Corpus:
    """corpus.json: {compiler, options, variants, compiled: [{source, sha256, wasm: {variant: sha256}}],
    programs: [{name, wasm, sha256, args, env, stdin, preopens, source, licence}]}. The content of stdin and of the
    files of preopens is {text} or {file, sha256}."""

    def __init__(self, folder, record):
        self.data = json.loads(CORPUS.read_text())
        self.folder = Path(folder) if folder else None
        self.record = record
        self.problems = []

    def read(self, path, entry):
        """The bytes of a file, which must be those that the corpus names."""
        if not path.is_file():
            self.problems.append(f"missing: {path} with the hash {entry['sha256']}")
            return b""
        data = path.read_bytes()
        self.compare(path.name, data, entry, "sha256")
        return data

    def compare(self, name, data, entry, key):
        found = sha256(data)
        if self.record:
            entry[key] = found
        elif entry.get(key) != found:
            self.problems.append(f"different: {name} has the hash {found}, not {entry.get(key)}")

    def outside(self, name, entry):
        if self.folder is None:
            self.problems.append(f"missing: {name} (SKERRY_TRAINING_PROGRAMS names no folder)")
            return b""
        return self.read(self.folder / name, entry)

    def content(self, entry):
        return entry["text"].encode() if "text" in entry else self.outside(entry["file"], entry)

    def compiled(self, scratch):
        """Compiles the project's training programs; yields (name, wasm)."""
        for entry in self.data["compiled"]:
            source = TRAINING / entry["source"]
            self.read(source, entry)
            for variant in self.data["variants"]:
                wasm = scratch / f"{source.stem}{variant}.wasm"
                subprocess.run([self.data["compiler"], *self.data["options"], variant, str(source), "-o", str(wasm)],
                               check=True)
                self.compare(wasm.name, wasm.read_bytes(), entry["wasm"], variant)
                yield source.stem + variant, wasm

    def prepared(self, scratch):
        """All programs, as [(name, arguments of the profile program, standard input)]."""
        runs = [(name, [str(wasm)], b"") for name, wasm in self.compiled(scratch)]
        for program in self.data["programs"]:
            wasm = scratch / f"{program['name']}.wasm"
            wasm.write_bytes(self.outside(program["wasm"], program))
            words = []
            for number, preopen in enumerate(program["preopens"]):
                host = scratch / f"{program['name']}-{number}"
                for file, entry in preopen["files"].items():
                    (host / file).parent.mkdir(parents=True, exist_ok=True)
                    (host / file).write_bytes(self.content(entry))
                words += ["--dir", f"{host}::{preopen['guest']}"]
            for key, value in program["env"].items():
                words += ["--env", f"{key}={value}"]
            runs.append((program["name"], [*words, str(wasm), *program["args"]], self.content(program["stdin"])))
        if self.problems:
            raise Failure("\n  ".join(["the corpus is not complete:", *dict.fromkeys(self.problems)]))
        if self.record:
            CORPUS.write_text(json.dumps(self.data, indent=1, ensure_ascii=False) + "\n")
        return sorted(runs)


# ---- profiles

ENDS = ("Call", "ReturnNone", "ReturnInt", "ReturnFloat", "BranchTable", "Branch<")


def read_profile(text):
    """Straight runs of code: lists of (operation, weight). The weights of the profile add up to SCALE."""
    lines = [(int(times), 10 ** min(int(depth), 4), name) if times else (0, 0, "-")
             for times, depth, name in (line.split(" ", 2) if line else ("", "", "") for line in text.splitlines())]
    dynamic = sum(times for times, _, _ in lines)
    static = sum(by_depth for _, by_depth, _ in lines)
    tenths = STATIC_TENTHS if dynamic else 10
    runs, run = [], []
    for times, by_depth, name in lines:
        if name != "-":
            run.append((name, SCALE * (10 - tenths) * times // (10 * max(dynamic, 1)) +
                        SCALE * tenths * by_depth // (10 * static)))
        if name == "-" or name.startswith(ENDS):
            if len(run) > 1:
                runs.append(run)
            run = []
    return runs


def profile(tool, corpus):
    """The runs of all programs. Code whose weight is negligible is left out."""
    with tempfile.TemporaryDirectory() as scratch:
        runs = []
        for name, words, stdin in corpus.prepared(Path(scratch)):
            out = Path(scratch, name + ".profile")
            done = subprocess.run([str(tool), str(out), *words], input=stdin, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, check=False)
            if done.returncode != 0 or not out.exists():
                raise Failure(f"{name} could not be profiled: {done.stderr.decode(errors='replace')[-500:]}")
            own = read_profile(out.read_text())
            print(f"{name}: {sum(map(len, own))} instructions", flush=True)
            runs += [run for run in own if any(weight > SCALE // 10**9 for _, weight in run)]
    return runs


# ---- the choice


def candidates(runs, length, count):
    """The most frequent sequences of this length."""
    found = collections.Counter()
    for run in runs:
        for i in range(len(run) - length + 1):
            window = run[i:i + length]
            found[tuple(name for name, _ in window)] += min(weight for _, weight in window)
    return best(found, count)


def best(counter, count):
    return sorted(counter, key=lambda sequence: (-counter[sequence], sequence))[:count]


def steps(run, chosen):
    """How the translator divides a run into sequences (vm/translate/emit/fusion.cpp)."""
    size = len(run)
    cost, step = [0] * (size + 3), [1] * size
    for i in reversed(range(size)):
        cost[i] = cost[i + 1] + 1
        for length in (2, 3):
            if i + length <= size and cost[i + length] + 1 <= cost[i] \
                    and tuple(name for name, _ in run[i:i + length]) in chosen:
                cost[i], step[i] = cost[i + length] + 1, length
    i = 0
    while i < size:
        yield run[i:i + step[i]]
        i += step[i]


def use(runs, chosen):
    """What each sequence saves, and the share of the dispatches that is left."""
    saved = collections.Counter()
    total = 0
    for run in runs:
        total += sum(weight for _, weight in run)
        for part in steps(run, chosen):
            if len(part) > 1:
                saved[tuple(name for name, _ in part)] += min(weight for _, weight in part) * (len(part) - 1)
    return saved, (total - sum(saved.values())) / total


def choose(runs, pairs, triples):
    """The sequences, the most useful first, and the share of the dispatches that they leave."""
    wanted = {2: pairs, 3: triples}
    chosen = {sequence for length, count in wanted.items() for sequence in candidates(runs, length, count * 3)}
    for tenths in (20, 13, 10):
        saved, left = use(runs, chosen)
        print(f"{len(chosen)} candidates: {left:.3f} of the dispatches left", flush=True)
        chosen = {sequence for length, count in wanted.items()
                  for sequence in best({s: n for s, n in saved.items() if len(s) == length}, count * tenths // 10)}
    chosen |= {sequence[:-1] for sequence in chosen if len(sequence) == 3}
    saved, left = use(runs, chosen)
    print(f"{len(chosen)} sequences: {left:.3f} of the dispatches left", flush=True)
    return sorted(chosen, key=lambda sequence: (-saved[sequence], sequence)), left


# ---- the list


def in_slots(operation):
    """The operation where there are no registers."""
    for register in ("r0", "r1", "r2", "v0", "v1"):
        operation = operation.replace(f" {register},", " s,").replace(f" {register}>", " s>") \
                             .replace(f"<{register},", "<s,").replace(f"<{register}>", "<s>")
    return operation


def rows_of(sequences):
    operations = list(dict.fromkeys(operation for sequence in sequences for operation in sequence))
    numbers = {operation: number for number, operation in enumerate(operations, 1)}
    first_in_slots = {}
    for operation in operations:
        first_in_slots.setdefault(in_slots(operation), numbers[operation])
    rows = [f"OPERATION({numbers[operation]}, {first_in_slots[in_slots(operation)]}, {operation})"
            for operation in operations]
    part_size = (len(sequences) + PARTS - 1) // PARTS
    for part in range(PARTS):
        rows += [f"SEQUENCE_{part}({', '.join(str(numbers[operation]) for operation in sequence)})"
                 for sequence in sequences[part * part_size:(part + 1) * part_size]]
    return rows


def tool_hash():
    here = Path(__file__).resolve().parent
    return sha256(b"".join((here / name).read_bytes() for name in TOOL_SOURCES))


def rows_hash(rows):
    return sha256("\n".join(rows).encode())


def file_text(sequences, left, options):
    rows = rows_of(sequences)
    triples = sum(len(sequence) == 3 for sequence in sequences)
    classes = ["OPERATION", *(f"SEQUENCE_{part}" for part in range(PARTS))]
    lines = f"""\
// Superinstructions: an X-macro file with the known sequences of two or three operations. To use the file, define the
// macros that you need and include it. The file undefines all of them at its end.
//
//   OPERATION(number, first_number, type)     an operation that occurs in sequences. `first_number` is the number of
//                                             the first operation that differs from this one in registers only.
//   SEQUENCE_0 … SEQUENCE_3(first, second[, third])     the sequences, by the numbers of their operations. The four
//                                             macros divide the list into parts, which are compiled in parallel. The
//                                             most useful sequences come first.
//
// vm/exec/*_ops.hpp define the operations, and vm/exec/sequence_rows.hpp explains the letters for their operands. For each
// sequence of three operations, the list also has the sequence of the first two. The list has {len(sequences) - triples} sequences of two
// operations and {triples} of three. With them, the training programs execute {left:.2f} of the dispatches that they need without.
//
// `./dev sequences` writes this file; do not edit it. `./dev sequences --check` says whether the file still follows
// from the following:
//
//   command  ./dev sequences --pairs {options.pairs} --triples {options.triples}
//   corpus   {sha256(CORPUS.read_bytes())}
//   tool     {tool_hash()}
//   rows     {rows_hash(rows)}
//
// These are SHA-256 hashes. `corpus` is the hash of tests/bench/training/corpus.json. `tool` is the hash of
// tests/bench/sequences.py and of the sources of the profile program. `rows` is the hash of the rows below.""".split("\n")
    for name in classes:
        lines += [f"#ifndef {name}", f"#define {name}(...)", "#endif"]
    lines += rows
    lines += [f"#undef {name}" for name in classes]
    return "\n".join([*lines, ""])


def head_of(text):
    """What the file says it was made from: {command, corpus, tool, rows}."""
    words = (line.split(maxsplit=2) for line in text.splitlines() if line.startswith("//   "))
    return {word[1]: word[2] for word in words if len(word) == 3 and word[1] in ("command", "corpus", "tool", "rows")}


# ---- the commands


def make(options):
    corpus = Corpus(options.programs, options.record)
    sequences, left = choose(profile(options.tool, corpus), options.pairs, options.triples)
    return file_text(sequences, left, options)


def quick_problems(text, options):
    head = head_of(text)
    rows = [line for line in text.splitlines() if line.startswith(("OPERATION(", "SEQUENCE_"))]
    if head.get("corpus") != sha256(CORPUS.read_bytes()):
        yield "tests/bench/training/corpus.json is not the corpus that it was made from"
    if head.get("tool") != tool_hash():
        yield "the tool is not the one that made it (" + ", ".join(TOOL_SOURCES) + " in tests/bench)"
    if head.get("rows") != rows_hash(rows):
        yield "its rows are not those that the tool wrote"
    if options.tool:
        yield from unknown_operations(rows, options.tool)


def unknown_operations(rows, tool):
    names = set(subprocess.run([str(tool), "--names"], capture_output=True, text=True, check=True).stdout.splitlines())
    for row in rows:
        name = row.rstrip(")").split(", ", 2)[-1]
        if row.startswith("OPERATION(") and name not in names:
            yield f"the build has no handler {name}"


def check(options):
    text = SEQUENCES.read_text()
    problems = list(quick_problems(text, options))
    if options.full and not problems:
        words = head_of(text)["command"].split()
        options.pairs, options.triples = (int(words[words.index(name) + 1]) for name in ("--pairs", "--triples"))
        if make(options) != text:
            problems = ["made again, it is different"]
    if problems:
        raise Failure("vm/code/sequences.def does not follow any more; run ./dev sequences\n  " + "\n  ".join(problems))
    print("vm/code/sequences.def follows from the corpus and the tool")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only; status 1 when the list does not follow")
    parser.add_argument("--full", action="store_true", help="with --check: make the list again; takes minutes")
    parser.add_argument("--record", action="store_true", help="take the hashes of the files as they are into the corpus")
    parser.add_argument("--pairs", type=int, default=4500, help="how many pairs to choose (default: %(default)s)")
    parser.add_argument("--triples", type=int, default=2500, help="how many triples to choose, whose pairs are added "
                        "(default: %(default)s)")
    parser.add_argument("--programs", default=os.environ.get("SKERRY_TRAINING_PROGRAMS"), metavar="DIR",
                        help="folder of the programs that are not compiled (default: SKERRY_TRAINING_PROGRAMS)")
    parser.add_argument("--tool", type=Path, metavar="FILE", help="the program skerry_profile; --check without --full "
                        "works without it")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        if options.check:
            check(options)
        else:
            SEQUENCES.write_text(make(options))
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
