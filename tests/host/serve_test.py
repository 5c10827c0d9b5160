#!/usr/bin/env python3
"""Starts `skerry plugin serve` and talks to it. Usage: serve_test.py SKERRY PLUGIN_FOLDER"""

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

SPIN = """(module (memory (export "memory") 1)
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param i32 i32) (result i64) (loop (br 0)) (i64.const 0)))"""


class Server:
    def __init__(self, skerry, folder, **config):
        self.folder = folder
        (folder / "plugins.json").write_text(json.dumps({"port": 0, "token": "secret", **config}))
        command = [skerry, "plugin", "serve", "--config", str(folder / "plugins.json")]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.lines = []
        for line in self.process.stderr:
            self.lines.append(line)
            if found := re.search(r"listening: (http://\S+)", line):
                self.address = found[1]
                break
        else:
            raise SystemExit(f"the server did not start: {self.lines}")
        threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True).start()

    def ask(self, method, path, body=None, token=None):
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(self.address + path, data=data, method=method)
        if token:
            request.add_header("Authorization", "Bearer " + token)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def expect(got, status, part=""):
    assert got[0] == status and part in got[1], f"expected {status} with {part!r}, got {got}"


def wait_for(condition, what):
    """A minute is for the slowest machine."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def check_calls(server):
    expect(server.ask("GET", "/healthz"), 200, "ok")
    expect(server.ask("POST", "/plugins/shout/execute", "hello"), 200, "HELLO")
    expect(server.ask("POST", "/plugins/shout/execute", ""), 200)
    expect(server.ask("POST", "/plugins/shut/execute", "x"), 404, '"code":"not_found"')
    expect(server.ask("POST", "/plugins/shout/execute", "x" * 3000), 413, "limit.input")
    expect(server.ask("POST", "/plugins/spin/execute", "x"), 504, '"code":"timeout"')
    expect(server.ask("GET", "/nowhere"), 404)
    plugins = json.loads(server.ask("GET", "/plugins")[1])["plugins"]
    assert [plugin["name"] for plugin in plugins] == ["shout", "spin", "watched"], plugins
    assert plugins[0]["meta"]["version"] == "1.0.0" and plugins[0]["metrics"]["call_count"] == 2, plugins


def check_metrics(server):
    status, text = server.ask("GET", "/metrics")
    assert status == 200 and 'skerry_plugin_calls_total{plugin="shout"} 2' in text, text
    if promtool := shutil.which("promtool"):
        check = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True)
        assert check.returncode == 0, check.stdout + check.stderr


def check_operator(server, manifests):
    body = json.dumps({"manifest": str(manifests / "json-transformer-wat.json")})
    expect(server.ask("POST", "/plugins", body), 401)
    expect(server.ask("POST", "/plugins", body, "wrong"), 401)
    expect(server.ask("POST", "/plugins", "{}", "secret"), 400)
    expect(server.ask("POST", "/plugins", body, "secret"), 201)
    expect(server.ask("POST", "/plugins", body, "secret"), 409, "duplicate")
    expect(server.ask("POST", "/plugins/json-transformer-wat/execute", "{}"), 200)
    expect(server.ask("POST", "/plugins/shout/reload", "", "secret"), 200, "unchanged")
    expect(server.ask("POST", "/plugins/shout/reload?force=true", "", "secret"), 200, '"reloaded":true')
    expect(server.ask("POST", "/plugins/shout/reload", ""), 401)
    expect(server.ask("POST", "/plugins/shout/rollback", ""), 401)
    expect(server.ask("POST", "/plugins/shout/rollback", "", "secret"), 409, "reload.no_version")
    wasm = server.folder / "shout.wasm"
    good = wasm.read_bytes()
    wasm.write_bytes(good[:-20])
    expect(server.ask("POST", "/plugins/shout/reload", "", "secret"), 422, "malformed")
    expect(server.ask("POST", "/plugins/shout/execute", "still"), 200, "STILL")
    wasm.write_bytes(good + b"\0\2\1x")  # a custom section: another version
    expect(server.ask("POST", "/plugins/shout/reload", "", "secret"), 200, '"reloaded":true')
    expect(server.ask("POST", "/plugins/shout/rollback", "", "secret"), 200, '"rolled_back":true')
    expect(server.ask("POST", "/plugins/shout/reload", "", "secret"), 409, "reload.known_bad")
    expect(server.ask("POST", "/plugins/shout/execute", "still"), 200, "STILL")
    wasm.write_bytes(good)
    expect(server.ask("DELETE", "/plugins/json-transformer-wat", token="secret"), 200)
    expect(server.ask("DELETE", "/plugins/json-transformer-wat", token="secret"), 404)


def check_commands(skerry, server):
    """What operators do, by the command line."""
    def command(*words):
        config = ["--config", str(server.folder / "plugins.json")]
        run = subprocess.run([skerry, "plugin", *words, *config], capture_output=True, text=True)
        return run.returncode, run.stdout + run.stderr

    at = ("--server", server.address.removeprefix("http://"))
    expect(command("reload", "shout"), 1, "port 0")
    expect(command("reload", "shout", *at), 0, "unchanged")
    expect(command("reload", "shout", "--force", *at), 0, '"reloaded":true')
    expect(command("reload", "shut", *at), 1, "not_found")
    wasm = server.folder / "shout.wasm"
    wasm.write_bytes(wasm.read_bytes() + b"\0\2\1z")
    expect(command("reload", "shout", *at), 0, '"reloaded":true')
    expect(command("rollback", "shout", *at), 0, '"rolled_back":true')
    expect(command("rollback", "spin", *at), 1, "reload.no_version")
    expect(command("reload", "a/b", *at), 2, "not a plugin name")
    expect(command("reload", "shout", "--server", "127.0.0.1:1"), 1, "no server listens")


def check_watch(server):
    """A plugin with reload.watch follows its file."""
    new = server.folder / "watched.wasm.new"
    new.write_bytes((server.folder / "spin.wasm").read_bytes() + b"\0\2\1y")
    new.rename(server.folder / "watched.wasm")
    wait_for(lambda: '"swapped":1' in server.ask("GET", "/plugins")[1], "the swap")
    wait_for(lambda: any("reloaded: watched" in line for line in server.lines), "the line about it")


def check_stop(server):
    """SIGTERM: what runs is answered, then the server ends."""
    answers = []
    caller = threading.Thread(target=lambda: answers.append(server.ask("POST", "/plugins/spin/execute", "x")))
    caller.start()
    busy = re.compile(r'busy_instances{[^}]*"spin"[^}]*} 1')
    wait_for(lambda: answers or busy.search(server.ask("GET", "/metrics")[1]), "the call to run")
    server.process.send_signal(signal.SIGTERM)
    caller.join()
    expect(answers[0], 504, '"code":"timeout"')
    assert server.process.wait(timeout=20) == 0
    wait_for(lambda: any("stopped" in line for line in server.lines), "the last line")


def main():
    skerry, manifests = sys.argv[1], Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copy(manifests / "shout-wat.wasm", folder / "shout.wasm")
        (folder / "shout.json").write_text(json.dumps({"meta": {"name": "shout"}, "wasmPath": "shout.wasm"}))
        (folder / "spin.wat").write_text(SPIN)
        subprocess.run([skerry, "wat2wasm", str(folder / "spin.wat"), "-o", str(folder / "spin.wasm")], check=True)
        shutil.copy(folder / "spin.wasm", folder / "watched.wasm")
        reload = {"watch": True, "settle": 20}
        (folder / "watched.json").write_text(
            json.dumps({"meta": {"name": "watched"}, "wasmPath": "watched.wasm", "reload": reload}))
        (folder / "spin.json").write_text(
            json.dumps({"meta": {"name": "spin"}, "wasmPath": "spin.wasm", "timeout": 1000}))
        server = Server(skerry, folder, plugins=["shout.json", "spin.json", "watched.json"],
                        maxRequestKB=2)
        try:
            check_calls(server)
            check_metrics(server)
            check_operator(server, manifests)
            check_commands(skerry, server)
            check_watch(server)
            check_stop(server)
        finally:
            server.process.kill()
        bad = folder / "bad.json"
        bad.write_text('{"plugins": [], "prot": 1}')
        run = subprocess.run([skerry, "plugin", "serve", "--config", str(bad)], capture_output=True, text=True)
        assert run.returncode == 1 and '"path":"$.prot"' in run.stderr, run.stderr
    print("ok")


if __name__ == "__main__":
    main()
