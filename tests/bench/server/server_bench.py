#!/usr/bin/env python3
"""Measures `skerry plugin serve` beside a Node server that runs the same plugin, with wrk on the loopback device.

usage: server_bench.py BUILD_FOLDER [--seconds N] [--rounds N] [--connections 1,8,32,256]

Each server runs alone on the first processor, and wrk on the second. The servers take turns in each round; a figure is
the median of the rounds. Needs wrk and node.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPT = 'wrk.method = "POST"\nwrk.body = "hello"\n'


class Server:
    def __init__(self, command):
        self.process = subprocess.Popen(["taskset", "-c", "0", *command], stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.search(r"listening: (http://\S+)", line):
                self.address = found[1]
                return
        sys.exit(f"{command[0]} did not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def measure(command, connections, seconds, script):
    """Requests per second, and the 99th percentile of the latency."""
    with Server(command) as server:
        request = urllib.request.Request(server.address + "/plugins/shout/execute", data=b"hello", method="POST")
        answer = urllib.request.urlopen(request).read()
        if answer != b"HELLO":
            sys.exit(f"{command}: the plugin answered {answer}")
        run = subprocess.run(
            ["taskset", "-c", "1", "wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--latency", "-s",
             str(script), server.address + "/plugins/shout/execute"], capture_output=True, text=True, check=True)
    if "Non-2xx" in run.stdout or re.search(r"Socket errors: connect [1-9]|read [1-9]|write [1-9]", run.stdout):
        sys.exit(f"{command}: {run.stdout}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", run.stdout)[1]), re.search(r"99%\s+(\S+)", run.stdout)[1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=Path)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", default="1,8,32,256")
    options = parser.parse_args()
    module = options.build.resolve() / "examples/plugins/shout-wat.wasm"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "post.lua").write_text(SCRIPT)
        commands = {}
        for name, state in (("skerry, kept instance", "keep"), ("skerry, fresh state", "fresh")):
            (folder / f"{state}.json").write_text(json.dumps(
                {"meta": {"name": "shout"}, "wasmPath": str(module), "pool": {"size": 1, "state": state}}))
            (folder / f"config-{state}.json").write_text(json.dumps({"port": 0, "plugins": [f"{state}.json"]}))
            commands[name] = [str(options.build / "skerry-plugin"), "serve", "--config", str(folder / f"config-{state}.json")]
        commands["node, one instance"] = ["node", str(HERE / "node_server.mjs"), str(module)]
        commands["node, fresh instances"] = ["node", str(HERE / "node_server.mjs"), str(module), "fresh"]
        print("| connections | " + " | ".join(commands) + " |\n|---|" + "---|" * len(commands))
        for connections in map(int, options.connections.split(",")):
            runs = {name: [] for name in commands}
            for _ in range(options.rounds):
                for name, command in commands.items():
                    runs[name].append(measure(command, connections, options.seconds, folder / "post.lua"))
            cells = [f"{statistics.median(rate for rate, _ in runs[name]):,.0f} requests/s, 99 % within {runs[name][0][1]}"
                     for name in commands]
            print(f"| {connections} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
