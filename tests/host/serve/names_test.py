#!/usr/bin/env python3
"""A name server that never answers costs a call no more than its time. Usage: names_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import json
import shutil
import socket
import subprocess
import time

from support import Skipped, patience, post, run

# Sends the HTTP request of its input, and answers with what http_request returned.
FETCH = """(module
  (import "env" "http_request" (func $request (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param $at i32) (param $size i32) (result i64)
    (i32.store8 (i32.const 16) (i32.sub (i32.const 48) (call $request (local.get $at) (local.get $size))))
    (i64.or (i64.shl (i64.const 16) (i64.const 32)) (i64.const 1))))"""

ADDRESS = "127.0.0.153"
WITH_RESOLV_CONF = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"']


def silent_name_server():
    """A socket at the port of name servers."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        server.bind((ADDRESS, 53))
    except OSError as why:
        server.close()
        raise Skipped(f"this machine does not let the test be a name server: {why}") from None
    return server


def resolv_conf(workshop):
    file = workshop.folder / "resolv.conf"
    file.write_text(f"nameserver {ADDRESS}\n")
    program = [*WITH_RESOLV_CONF, str(file)]
    if not shutil.which("unshare") or subprocess.run([*program, "true"], capture_output=True).returncode != 0:
        raise Skipped("this machine does not let the test replace /etc/resolv.conf")
    return program


def check_resolver(workshop):
    linked = subprocess.run(["ldd", workshop.skerry + "-plugin"], capture_output=True, text=True).stdout
    if "libcares" not in linked:
        raise Skipped("the system's resolver, which this build uses, decides itself how long it waits")


def test_silent_name_server(workshop):
    check_resolver(workshop)
    (workshop.folder / "fetch.wat").write_text(FETCH)
    subprocess.run([workshop.skerry, "wat2wasm", f"{workshop.folder}/fetch.wat", "-o", f"{workshop.folder}/fetch.wasm"],
                   check=True)
    workshop.manifest("fetch", timeout=1500,
                      capabilities={"allowNetwork": True, "allowedHosts": ["*.test"]})
    program = resolv_conf(workshop)
    with silent_name_server() as names, workshop.serve(first=program, plugins=["fetch.json"]) as server:
        names.settimeout(patience)
        start = time.monotonic()
        answer = server.ask(post("/plugins/fetch/execute", json.dumps({"url": "http://service.test/"})))
        took = time.monotonic() - start
        assert answer.text == "6" or answer.code == "timeout", answer  # 6: "timeout" of http_request
        assert 1.4 < took < 4.5, took  # the system's resolver waits for 5 s at least
        assert b"service\4test" in names.recv(1000)


if __name__ == "__main__":
    run(globals())
