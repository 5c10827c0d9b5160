#!/usr/bin/env python3
"""Compares WebAssembly engines on the same .wasm files.

The engines take turns on each kernel, in changing order, on one core; what counts is user CPU time. For each kernel
the ratio of an engine is the median, over the rounds, of its time divided by the baseline's time in the same round;
the last line has their geometric mean. Below 1 is faster than the baseline.

    ./dev bench --engine skerry='build/release/skerry run {wasm} {args}' --engine other='other {wasm} {args}'

With --load, the engine's own figures come too: loading, translation, calls between host and guest, instances.
"""

import argparse
import csv
import json
import math
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RECORD = HERE / "baseline.json"
DEFAULT_ENGINE = ("skerry", f"{ROOT}/build/release/skerry run {{wasm}} {{args}}")
COLOURS = ("#2b6cb0", "#dd6b20", "#38a169", "#805ad5", "#d53f8c", "#718096")


@dataclass
class Kernel:
    name: str
    wasm: Path
    args: list
    features: list = field(default_factory=list)
    stdin: bytes = b""


@dataclass
class Series:
    """What one engine did on one kernel."""
    seconds: list = field(default_factory=list)  # user time by round
    peak_kib: int = 0  # resident memory
    output: bytes = b""
    failure: str = ""

    @property
    def median(self):
        return statistics.median(self.seconds)


def read_kernels(folder, only, table):
    """The kernels of a folder, with the arguments that the table has for them; files marked "skip" are left out."""
    kernels = []
    for wasm in sorted(folder.glob("*.wasm")):
        row = table.get(wasm.stem, {})
        if not row.get("skip") and (not only or wasm.stem in only):
            kernels.append(Kernel(wasm.stem, wasm, [str(a) for a in row.get("args", [])], row.get("features", [])))
    return kernels


def read_programs(manifest, only):
    """The programs of a manifest (a list of {name, wasm, args, stdin, preopens, …}) that need no folders."""
    base = manifest.resolve().parent
    programs = []
    for row in json.loads(manifest.read_text()):
        if row["preopens"] or row["features"] not in ([], ["bulk-memory"], ["bulk-memory", "sign-ext"]):
            continue
        text = row["stdin"]
        stdin = (base / text[1:]).read_bytes() if text.startswith("@") else text.encode()
        if not only or row["name"] in only:
            programs.append(Kernel(row["name"], base / row["wasm"], row["args"], row["features"], stdin))
    return programs


def command_for(template, kernel):
    words = []
    for word in shlex.split(template):
        if word == "{args}":
            words += kernel.args
        else:
            words.append(word.replace("{wasm}", str(kernel.wasm)))
    return words


def run_once(words, stdin, timeout):
    """Returns (user seconds, stdout, failure, peak memory in KiB)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(words, stdin=given, stdout=out, stderr=err)
        end = time.monotonic() + timeout
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                process.kill()
                os.wait4(process.pid, 0)
                process.returncode = -9
                return timeout, b"", f"no end after {timeout:g} s", 0
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        failure = ""
        if process.returncode != 0:
            last = err.read().decode("utf-8", "replace").strip().splitlines()[-1:]
            failure = f"exit {process.returncode}: {' '.join(last)[:100]}"
        return usage.ru_utime, out.read(), failure, usage.ru_maxrss


def measure(engines, kernel, rounds, timeout):
    """{engine: Series}. One round more than asked for: the first warms caches up and is dropped."""
    results = {name: Series() for name, _ in engines}
    for number in range(rounds + 1):
        for name, template in engines if number % 2 else reversed(engines):
            series = results[name]
            if series.failure:
                continue
            seconds, output, series.failure, peak = run_once(command_for(template, kernel), kernel.stdin, timeout)
            series.peak_kib = max(series.peak_kib, peak)
            if number == 0:
                series.output = output
            elif output != series.output:
                series.failure = "prints something else in each run"
            else:
                series.seconds.append(max(seconds, 1e-4))
    return results


def paired_ratio(series, baseline):
    """Median over the rounds of time / baseline's time; None where either failed."""
    if series.failure or baseline.failure:
        return None
    return statistics.median(a / b for a, b in zip(series.seconds, baseline.seconds))


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(v) for v in values)) if values else None


def show(value, digits=2):
    return "-" if value is None else f"{value:.{digits}f}"


def print_table(engines, baseline, kernels, results, ratios):
    names = [name for name, _ in engines]
    others = [name for name in names if name != baseline]
    head = ["kernel", *(f"{name} s" for name in names), *(f"{name}/{baseline}" for name in others)]
    rows = []
    for kernel in kernels:
        series = results[kernel.name]
        different = len({series[name].output for name in names if not series[name].failure}) > 1
        rows.append([kernel.name + ("!" if different else ""),
                     *("failed" if series[name].failure else f"{series[name].median:.3f}" for name in names),
                     *(show(ratios[name][kernel.name]) for name in others)])
    means = [geometric_mean([r for r in ratios[name].values() if r]) for name in others]
    rows.append(["geomean", *("" for _ in names), *(show(mean, 3) for mean in means)])
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    if any(row[0].endswith("!") for row in rows):
        print("! the engines print different things")
    for kernel in kernels:
        for name in names:
            if results[kernel.name][name].failure:
                print(f"{kernel.name}: {name}: {results[kernel.name][name].failure}")


def write_csv(path, kernels, results):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["kernel", "arguments", "engine", "round", "user_seconds"])
        for kernel in kernels:
            for name, series in results[kernel.name].items():
                for number, seconds in enumerate(series.seconds, 1):
                    writer.writerow([kernel.name, " ".join(kernel.args), name, number, f"{seconds:.4f}"])


def write_svg(path, baseline, ratios):
    """Horizontal bars, one group for each kernel and one for the geometric mean; a line where ratio is 1."""
    names = [name for name in ratios if name != baseline]
    groups = [(kernel, [ratios[name][kernel] for name in names]) for kernel in ratios[baseline]]
    groups.append(("geometric mean", [geometric_mean([r for r in ratios[name].values() if r]) for name in names]))
    bar, gap, left, width = 14, 10, 120, 560
    most = max([1.0, *(value for _, values in groups for value in values if value)]) * 1.08
    step = bar * len(names) + gap
    height = 60 + step * len(groups)
    one = left + width / most
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{height}" '
             'font-family="sans-serif" font-size="12">', '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="{left}" y="18">CPU time relative to {escape(baseline)} (shorter is faster)</text>']
    for i, name in enumerate(names):
        x = left + 110 * i
        parts.append(f'<rect x="{x}" y="26" width="10" height="10" fill="{COLOURS[i % len(COLOURS)]}"/>'
                     f'<text x="{x + 14}" y="35">{escape(name)}</text>')
    for row, (label, values) in enumerate(groups):
        top = 48 + row * step
        parts.append(f'<text x="{left - 8}" y="{top + step / 2}" text-anchor="end">{escape(label)}</text>')
        for i, value in enumerate(values):
            if value:
                length = width * value / most
                y = top + i * bar
                parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" '
                             f'fill="{COLOURS[i % len(COLOURS)]}"/>'
                             f'<text x="{left + length + 4:.1f}" y="{y + bar - 4}">{value:.2f}</text>')
    parts.append(f'<line x1="{one:.1f}" y1="42" x2="{one:.1f}" y2="{height - 8}" stroke="#444" '
                 'stroke-dasharray="4 3"/>')
    path.write_text("\n".join([*parts, "</svg>\n"]))


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def handler_bytes(program):
    """Machine code of all handlers in a program, from its symbols; None where that cannot be found."""
    nm = shutil.which("nm")
    if nm is None:
        return None
    symbols = subprocess.run([nm, "-S", program], capture_output=True, text=True, check=False).stdout
    words = [line.split() for line in symbols.splitlines() if "14ModuleInstanceEPSt4bytemPK" in line]
    return sum(int(word[1], 16) for word in words if len(word) == 4)


def measure_engine(options):
    """What tests/bench/measure.cpp finds, as a table; returns it for bench.json."""
    program = options.build / "tests/bench/skerry_measure"
    if not program.exists():
        print(f"no {program}: build skerry_measure for load times and the cost of calls")
        return {}
    done = subprocess.run([program, *options.load], capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    figures["handler_bytes"] = handler_bytes(options.build / "skerry")
    print(f"\nhost calls wasm {figures['host_to_wasm_ns']} ns, wasm calls host {figures['wasm_to_host_ns']} ns, "
          f"engine {figures['engine_us']} us, store and instance {figures['store_and_instance_us']} us, "
          f"handlers {(figures['handler_bytes'] or 0) / 1e6:.2f} MB of code")
    for row in figures["load"]:
        print(f"{row['file']}: {row['bytes'] / 1e6:.2f} MB, decode + validate {row['load_ms']} ms "
              f"({row['load_mb_per_s']} MB/s), translate everything {row['translate_ms']} ms "
              f"({row['translate_mb_per_s']} MB/s), {row['code_per_body_byte']} bytes of code for a byte of body")
    return figures


def recorded_baseline():
    """The engine whose time the recorded ratios were divided by: its own ratios are 1."""
    return next(name for name, kernels in json.loads(RECORD.read_text()).items()
                if all(ratio in (1.0, None) for ratio in kernels.values()))


def check_baseline(path, ratios, tolerance):
    """Names what is slower than the recorded ratios by more than the noise; True when nothing is."""
    recorded = json.loads(path.read_text())
    slower = []
    for name, kernels in ratios.items():
        for kernel, ratio in kernels.items():
            before = recorded.get(name, {}).get(kernel)
            if ratio and before and ratio > before * (1 + tolerance):
                slower.append(f"{kernel}: {name} was {before:.2f}, is {ratio:.2f}")
    print("\n".join(slower) if slower else f"nothing is slower than {path.name} by more than {tolerance:.0%}")
    return not slower


def pin_to_one_core(core):
    """This process and so all engines; where the system has no such call, it goes without."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {allowed[-1] if core is None else core})


def parse_engine(text):
    name, equals, template = text.partition("=")
    if not equals or "{wasm}" not in template:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME='COMMAND {{wasm}} {{args}}'")
    program = shlex.split(template)[0]
    if shutil.which(program) is None:
        raise argparse.ArgumentTypeError(f"no such program: {program}")
    return name, template


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--engine", action="append", type=parse_engine, metavar="NAME='COMMAND {wasm} {args}'",
        help="an engine to measure; give several (default: skerry of the release build)")
    add("--baseline", metavar="NAME", help="whose time the others' are divided by (default: the last --engine)")
    add("--kernels", type=Path, metavar="DIR",
        help="folder of .wasm files (default: SKERRY_BENCH_KERNELS, else the kernels of this project)")
    add("--only", nargs="+", metavar="KERNEL", help="only these")
    add("--without", nargs="+", default=[], metavar="FEATURE", help="leave out kernels that need these (simd)")
    add("--runs", type=int, default=5, metavar="N", help="rounds, at least 5 unless --quick (default: 5)")
    add("--quick", action="store_true", help="allow fewer rounds than 5")
    add("--timeout", type=float, default=120, metavar="S", help="seconds for a run (default: 120)")
    add("--core", type=int, metavar="N", help="the core to run on (default: the last one)")
    add("--programs", type=Path, metavar="MANIFEST", help="run the programs of this list instead of kernels")
    add("--load", type=Path, nargs="*", default=[], metavar="FILE", help="modules to measure loading with")
    add("--build", type=Path, default=ROOT / "build/release", metavar="DIR",
        help="where skerry_measure is (default: build/release)")
    add("--check", action="store_true", help="compare the ratios with tests/bench/baseline.json; status 1 when slower")
    add("--record", action="store_true", help="write the ratios to tests/bench/baseline.json")
    add("--tolerance", type=float, default=0.1, metavar="X", help="noise that --check allows (default: 0.1)")
    add("--out", type=Path, default=ROOT / "build/bench", metavar="DIR",
        help="where bench.csv and bench.svg go (default: build/bench)")
    options = parser.parse_args()
    if options.runs < 5 and not options.quick:
        parser.error("--runs must be at least 5 (or give --quick)")
    options.engine = options.engine or [parse_engine("=".join(DEFAULT_ENGINE))]
    names = [name for name, _ in options.engine]
    if len(set(names)) != len(names):
        parser.error("two engines have the same name")
    options.baseline = options.baseline or names[-1]
    if options.baseline not in names:
        parser.error(f"--baseline {options.baseline} is not one of the engines")
    if options.check and options.baseline != recorded_baseline():
        parser.error(f"--check compares with ratios of {recorded_baseline()}'s time, so it needs that engine: "
                     f"--engine {recorded_baseline()}='COMMAND {{wasm}} {{args}}' --baseline {recorded_baseline()}")
    if not options.kernels:
        default = ROOT / "build/release/tests/bench/kernels"
        options.kernels = Path(os.environ.get("SKERRY_BENCH_KERNELS", default))
    return options


def main():
    options = parse_options()
    table = json.loads((HERE / "kernels.json").read_text())
    found = read_programs(options.programs, options.only) if options.programs \
        else read_kernels(options.kernels, options.only, table)
    kernels = [kernel for kernel in found if not set(kernel.features) & set(options.without)]
    if not kernels:
        sys.exit(f"bench: no kernels in {options.kernels} (./dev build makes the project's own)")
    pin_to_one_core(options.core)

    results = {}
    for number, kernel in enumerate(kernels, 1):
        print(f"[{number}/{len(kernels)}] {kernel.name}", file=sys.stderr, flush=True)
        results[kernel.name] = measure(options.engine, kernel, options.runs, options.timeout)

    ratios = {name: {kernel.name: paired_ratio(results[kernel.name][name], results[kernel.name][options.baseline])
                     for kernel in kernels} for name, _ in options.engine}
    print_table(options.engine, options.baseline, kernels, results, ratios)
    options.out.mkdir(parents=True, exist_ok=True)
    write_csv(options.out / "bench.csv", kernels, results)
    write_svg(options.out / "bench.svg", options.baseline, ratios)
    figures = measure_engine(options) if options.load else {}
    figures["ratios"] = ratios
    figures["peak_kib"] = {name: {kernel.name: results[kernel.name][name].peak_kib for kernel in kernels}
                           for name, _ in options.engine}
    (options.out / "bench.json").write_text(json.dumps(figures, indent=1))
    print(f"written: {options.out}/bench.csv, bench.svg, bench.json")
    if options.record:
        RECORD.write_text(json.dumps({name: {kernel: ratio and round(ratio, 3) for kernel, ratio in row.items()}
                                      for name, row in ratios.items()}, indent=1) + "\n")
    failed = any(series.failure for row in results.values() for series in row.values())
    return 1 if failed or (options.check and not check_baseline(RECORD, ratios, options.tolerance)) else 0


if __name__ == "__main__":
    sys.exit(main())
