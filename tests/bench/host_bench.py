#!/usr/bin/env python3
"""What the plugin host costs, as tables; `./dev bench --host` builds what it needs and runs it.

    host_bench.py BUILD_FOLDER [--json FILE]
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# (title, key of execute_us_…)
WAYS = [("native shared object, in this process", "native"), ("Skerry, `keep`", "skerry_keep"),
        ("Skerry, `fresh`", "skerry_fresh"), ("QuickJS, one context for all calls", "quickjs"),
        ("a process behind a Unix socket", "process"), ("Lua 5.4, one state for all calls", "lua")]
SITUATIONS = [("no guest: a loop that watches the clock", "own_loop"),
              ("no guest: a sleep of the operating system's", "own_sleep"),
              ("a guest that spins", "spinning_guest"), ("a start function that spins", "start_function"),
              ("a sleep in `poll_oneoff`", "poll_oneoff"), ("a read from a pipe without a writer", "blocking_read"),
              ("an HTTP peer that does not answer", "stuck_http_peer")]


def measure(build):
    bench = build / "tests/bench"
    command = [bench / "skerry_host_measure", build / "examples/plugins", bench / "libskerry_native_transformer.so",
               HERE / "host"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def requests(figures):
    yield "| one request of 212 bytes, JSON in and out | µs | times native |", "|---|---|---|"
    for title, key in WAYS:
        time = figures.get("execute_us_" + key)
        text = f"{time:.1f} | {time / figures['execute_us_native']:.1f}" if time else "not installed | "
        yield f"| {title} | {text} |",


def host(figures):
    f = figures
    yield "| | figure | target |", "|---|---|---|"
    yield f"| empty call, `keep`, beyond the engine's own {f['empty_us_engine']:.3f} µs | " \
          f"{f['empty_us_keep'] - f['empty_us_engine']:.2f} µs | 2 µs |",
    yield f"| empty call, `fresh` | {f['empty_us_fresh']:.2f} µs | |",
    yield f"| reset after 1 page of 4 KiB was written | {f['reset_us_1']:.1f} µs | 5 µs |",
    yield f"| … 16 pages | {f['reset_us_16']:.1f} µs | 20 µs |",
    yield f"| … 256 pages | {f['reset_us_256']:.1f} µs | |",
    yield f"| `fresh` beyond `keep`, page faults included: 1 page, 16 pages | {f['fresh_minus_keep_us_1']:.1f} µs, " \
          f"{f['fresh_minus_keep_us_16']:.1f} µs | |",
    yield f"| loading and unloading the plugin in C, in the text format | {f['load_us_json-transformer'] / 1000:.2f} ms, " \
          f"{f['load_us_json-transformer-wat'] / 1000:.2f} ms | |",
    yield f"| requests a second, `fresh`, with 1 and 2 threads | {f['calls_per_second_1']:,.0f}, " \
          f"{f['calls_per_second_2']:,.0f} | |",
    yield f"| 1,000 instances of the plugin in C, each in the middle of a request | " \
          f"{f['busy_1000_instances_mb']:.0f} MB | 200 MB |",


def deadlines(figures):
    yield f"| how late a call ends that has {figures['deadline_ms']} ms | median | 99th percentile |", "|---|---|---|"
    for title, key in SITUATIONS:
        yield f"| {title} | {figures['overshoot_p50_ms_' + key]:.2f} ms | {figures['overshoot_p99_ms_' + key]:.2f} ms |",


def main():
    build = Path(sys.argv[1])
    figures = measure(build)
    if "--json" in sys.argv:
        Path(sys.argv[sys.argv.index("--json") + 1]).write_text(json.dumps(figures, indent=1) + "\n")
    for table in (requests, host, deadlines):
        print()
        for lines in table(figures):
            print("\n".join(lines))
    for title, pause_ms in [("Reloads", "100"), ("Reloads in a loop", "0")]:
        print(f"\n{title} beside the calls of two threads:", flush=True)
        subprocess.run([build / "tests/bench/skerry_reload_measure", build / "examples/plugins/json-transformer.json", "20",
                        pause_ms], check=True)


if __name__ == "__main__":
    main()
