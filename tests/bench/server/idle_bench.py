#!/usr/bin/env python3
"""Measures how much idle and slow connections delay the calls of other clients.

usage: idle_bench.py BUILD_FOLDER [--idle 10000] [--slow 1000] [--calls 5000]

The idle and slow clients are spread over 127.0.0.0/8. Prints percentiles of the latency of single calls without them and
with them.
"""

import argparse
import http.client
import json
import re
import resource
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


def connect(port, number, slow):
    connection = socket.socket()
    connection.bind((f"127.{1 + number // 60000}.{number // 200 % 250}.{1 + number % 200}", 0))
    connection.connect(("127.0.0.1", port))
    if slow:
        connection.sendall(b"POST /plugins/shout/execute HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
    return connection


def latencies(port, calls, slow):
    client = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for number in range(calls):
        if slow and number % 10 == 0:
            slow[number // 10 % len(slow)].sendall(b"a")
        begin = time.perf_counter()
        client.request("POST", "/plugins/shout/execute", body="hello")
        answer = client.getresponse().read()
        times.append((time.perf_counter() - begin) * 1000)
        assert answer == b"HELLO", answer
    cuts = statistics.quantiles(times, n=100)
    return f"50 %: {cuts[49]:.2f} ms, 99 %: {cuts[98]:.2f} ms, at most {max(times):.2f} ms"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=Path)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--slow", type=int, default=1_000)
    parser.add_argument("--calls", type=int, default=5_000)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    module = options.build.resolve() / "examples/plugins/shout-wat.wasm"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "shout.json").write_text(json.dumps({"meta": {"name": "shout"}, "wasmPath": str(module)}))
        (folder / "config.json").write_text(
            json.dumps({"port": 0, "plugins": ["shout.json"], "timeout": 600_000, "idleTimeout": 600_000}))
        server = subprocess.Popen([options.build / "skerry-plugin", "serve", "--config", folder / "config.json"],
                                  stderr=subprocess.PIPE, text=True)
        try:
            for line in server.stderr:
                if found := re.search(r"listening: http://.*:(\d+)", line):
                    break
            port = int(found[1])
            latencies(port, 200, [])
            print("no other clients:", latencies(port, options.calls, []))
            idle = [connect(port, number, False) for number in range(options.idle)]
            slow = [connect(port, options.idle + number, True) for number in range(options.slow)]
            print(f"{len(idle)} idle, {len(slow)} slow:", latencies(port, options.calls, slow))
            status = Path(f"/proc/{server.pid}/status").read_text()
            print("memory of the server:", re.search(r"VmRSS:\s+(\d+ kB)", status)[1])
        finally:
            server.kill()


if __name__ == "__main__":
    main()
