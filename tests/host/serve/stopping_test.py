#!/usr/bin/env python3
"""Signals: how the server stops and reloads. Usage: stopping_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import json
import shutil
import signal
import subprocess

from support import OPERATOR, SHOUT, TOKEN, get, post, run, wait_for

GATE = "/plugins/gate/execute"


def held_call(server):
    client = server.connect()
    client.send(post(GATE, b"held"))
    server.wait_until_running("gate")
    return client


def test_drain(workshop):
    """SIGTERM: what has begun is answered, and idle connections are closed."""
    workshop.gate()
    with workshop.serve(plugins=["gate.json", "shout.json"], drain="10m") as server:
        idle = server.connect()
        assert idle.ask(get("/healthz")).status == 200
        running = held_call(server)
        waiting = server.connect()
        waiting.send(post(GATE, b"waiting"))
        half = server.connect()
        half.send(post(SHOUT, fields="Expect: 100-continue\r\n", length=3))
        assert half.answer().status == 100
        server.signal()
        assert idle.rest() == b""
        server.wait_for_line("stopping")
        # New connections learn that the server is stopping, and calls that come now are refused.
        answer = server.connect().ask(get("/healthz"))
        assert (answer.status, answer.body, answer.field("connection")) == (503, b"draining\n", "close"), answer
        answer = server.ask(post(SHOUT, b"a"))
        assert (answer.status, answer.code) == (503, "closed") and answer.field("retry-after"), answer
        answer = server.ask(post("/plugins/shout/reload", fields=OPERATOR))
        assert (answer.status, answer.code) == (503, "closed"), answer
        assert server.ask(get("/metrics")).status == 200
        half.send("abc")
        answer = half.answer()
        assert answer.body == b"ABC" and answer.field("connection") == "close", answer
        assert server.process.poll() is None
        workshop.open_gate()
        for client, body in ((running, b"held"), (waiting, b"waiting")):
            answer = client.answer()
            assert answer.body == body and answer.field("connection") == "close" and client.rest() == b"", answer
        assert server.wait() == 0
        server.wait_for_line("stopped")


def test_drain_of_pipelined_requests(workshop):
    """Each client gets a complete answer or none; the connection says that it closes."""
    workshop.gate()
    with workshop.serve(plugins=["gate.json", "shout.json"], drain="10m") as server:
        client = server.connect()
        client.send(post(GATE, b"first"), post(SHOUT, b"second"))
        server.wait_until_running("gate")
        server.signal()
        server.wait_for_line("stopping")
        workshop.open_gate()
        answer = client.answer()
        assert answer.body == b"first" and answer.field("connection") == "close", answer
        assert client.rest() == b""
        assert server.wait() == 0


def test_end_of_the_drain(workshop):
    """What still runs after --drain is given up, and the exit status says so."""
    workshop.gate()
    with workshop.serve(plugins=["gate.json"], drain="100ms") as server:
        client = held_call(server)
        server.may_fail = True
        server.signal()
        assert server.wait() == 1
        assert client.rest() == b""
        server.wait_for_line("stopped")


def test_slow_clients_do_not_hold_the_drain(workshop):
    """A client that has sent half a request has the time of the drain."""
    with workshop.serve(drain="100ms", timeout=3_600_000, headTimeout=3_600_000) as server:
        client = server.connect()
        client.send(post(SHOUT, fields="Expect: 100-continue\r\n", length=3))
        assert client.answer().status == 100
        server.may_fail = True
        server.signal()
        assert server.wait() == 1


def test_second_signal(workshop):
    workshop.gate()
    for second in (signal.SIGTERM, signal.SIGINT):
        workshop.close_gate()
        with workshop.serve(plugins=["gate.json"], drain="10m") as server:
            client = held_call(server)
            server.may_fail = True
            server.signal()
            server.wait_for_line("stopping")
            assert server.process.poll() is None
            server.signal(second)
            assert server.wait() != 0
            assert client.rest() == b""


def test_interrupt(workshop):
    """SIGINT, from the keyboard, is like SIGTERM; without requests, both end the server at once."""
    for first in (signal.SIGINT, signal.SIGTERM):
        with workshop.serve(drain="10m") as server:
            clients = [server.connect() for _ in range(10)]
            assert clients[0].ask(get("/healthz")).status == 200
            server.signal(first)
            assert server.wait() == 0
            assert all(client.rest() == b"" for client in clients)


def test_signals_while_loading(workshop):
    """A signal before the server listens is not lost."""
    names = [workshop.manifest(f"many{i}", "spin") for i in range(300)]
    server = workshop.serve(plugins=names)
    server.wait_for_line("loaded: many0")
    server.signal()
    assert server.wait() == 0, server.lines
    server.reader.join(timeout=60)
    assert server.logged("stopp"), server.lines


def test_hangup_reloads_all(workshop):
    """SIGHUP reloads every plugin whose files have changed, and a broken one keeps its version."""
    names = []
    for name in ("one", "two", "broken"):
        shutil.copy(workshop.folder / "spin.wasm", workshop.folder / f"{name}.wasm")
        names.append(workshop.manifest(name, timeout=100))
    with workshop.serve(plugins=[*names, "shout.json"]) as server:
        for name in ("one", "two"):
            with (workshop.folder / f"{name}.wasm").open("ab") as file:
                file.write(b"\0\2\1x")
        (workshop.folder / "broken.wasm").write_bytes(b"\0asm")
        server.signal(signal.SIGHUP)
        for line in ("reloaded: one", "reloaded: two", "not reloaded: broken.*reload.compile"):
            server.wait_for_line(line)
        metrics = {plugin["name"]: plugin["metrics"] for plugin in json.loads(server.ask(get("/plugins")).body)["plugins"]}
        assert '"swapped":1' in json.dumps(metrics["one"], separators=(",", ":")), metrics["one"]
        assert '"swapped":0' in json.dumps(metrics["shout"], separators=(",", ":")), metrics["shout"]
        assert server.ask(post("/plugins/broken/execute", b"x")).code == "timeout"
        assert server.ask(post(SHOUT, b"still")).body == b"STILL"


def reload_status(server, token):
    return server.ask(post("/plugins/shout/reload", fields=f"Authorization: Bearer {token}\r\n")).status


def test_hangup_reads_the_token(workshop):
    with workshop.serve() as server:
        assert reload_status(server, TOKEN) == 200
        config = json.loads(server.file.read_text())
        server.file.write_text(json.dumps({**config, "token": "other"}))
        assert reload_status(server, TOKEN) == 200
        server.signal(signal.SIGHUP)
        wait_for(lambda: reload_status(server, "other") == 200, "the new token")
        assert reload_status(server, TOKEN) == 401
        # A configuration that cannot be read changes nothing.
        server.file.write_text("{")
        server.signal(signal.SIGHUP)
        server.wait_for_line("token not read")
        assert reload_status(server, "other") == 200 and reload_status(server, TOKEN) == 401


def test_token_file(workshop):
    secret = workshop.folder / "token"
    secret.write_text("first\n")
    with workshop.serve(token="", tokenFile="token") as server:
        assert reload_status(server, "first") == 200
        secret.write_text("second")
        server.signal(signal.SIGHUP)
        wait_for(lambda: reload_status(server, "second") == 200, "the new token")
        assert reload_status(server, "first") == 401
        secret.unlink()
        server.signal(signal.SIGHUP)
        server.wait_for_line("token not read")
        assert reload_status(server, "second") == 200


def refused(workshop, text, *options):
    file = workshop.folder / "refused.json"
    file.write_text(text if isinstance(text, str) else json.dumps(text))
    done = subprocess.run([workshop.skerry, "plugin", "serve", "--config", str(file), *options], capture_output=True,
                          text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_configurations_that_are_refused(workshop):
    (workshop.folder / "empty").write_text("\n")
    for config, part in (({"plugins": [], "prot": 1}, '"path":"$.prot"'), ({}, "plugins"), ("{", "not JSON"),
                         ({"plugins": [], "token": "a", "tokenFile": "empty"}, "tokenFile"),
                         ({"plugins": [], "tokenFile": "none"}, "tokenFile"),
                         ({"plugins": [], "tokenFile": "empty"}, "tokenFile"),
                         ({"plugins": [], "admin": "9090"}, "admin"), ({"plugins": [], "admin": "unix:"}, "admin"),
                         ({"plugins": [], "port": 65536}, "port"), ({"plugins": [], "maxConnections": 0}, "maxConnections"),
                         ({"plugins": [], "headTimeout": 0}, "headTimeout"), ({"plugins": ["none.json"]}, "none.json"),
                         ({"plugins": [7]}, "$.plugins[0]")):
        status, output = refused(workshop, config)
        assert status == 1 and part in output, f"{config}: {status} {output}"


def test_check(workshop):
    """--check reports all that is wrong, and starts nothing."""
    (workshop.folder / "bad.wasm").write_bytes(b"\0asm")
    workshop.manifest("bad")
    (workshop.folder / "worse.json").write_text('{"meta": {"name": "worse"}, "wasmPath": "shout.wasm", "timeuot": 1}')
    with workshop.serve() as server:  # its port is in use, so a server that started would fail
        good = {"port": server.address[1], "plugins": ["shout.json", "spin.json"]}
        status, output = refused(workshop, good, "--check")
        assert status == 0, output
        status, output = refused(workshop, {**good, "plugins": ["shout.json", "bad.json", "worse.json", "none.json"]},
                                 "--check")
        assert status == 1, output
        for part in ("malformed", "timeuot", "none.json"):
            assert part in output, f"{part} is missing in {output}"
        status, output = refused(workshop, {**good, "prot": 1, "idelTimeout": 1}, "--check")
        assert status == 1 and "prot" in output and "idelTimeout" in output, output
        assert server.ask(get("/healthz")).status == 200


if __name__ == "__main__":
    run(globals())
