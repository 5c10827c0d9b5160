#!/usr/bin/env python3
"""Calls and the operator's requests over HTTP. Usage: calls_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import json
import shutil
import subprocess

from support import OPERATOR, SHOUT, free_port, get, post, run, wait_for

GATE = "/plugins/gate/execute"


def operate(server, method, path, body=b""):
    return server.ask(post(path, body, OPERATOR).replace(b"POST", method.encode(), 1))


def expect(answer, status, part=""):
    assert answer.status == status and part in answer.text, f"expected {status} with {part!r}, got {answer}"


def test_calls(workshop):
    with workshop.serve(plugins=["shout.json", "spin.json"], maxRequestKB=2) as server:
        expect(server.ask(post(SHOUT, "hello")), 200, "HELLO")
        expect(server.ask(post(SHOUT, "")), 200)
        expect(server.ask(post("/plugins/shut/execute", "x")), 404, '"code":"not_found"')
        expect(server.ask(post("/plugins/spin/execute", "x")), 504, '"code":"timeout"')
        plugins = json.loads(server.ask(get("/plugins")).body)["plugins"]
        assert [plugin["name"] for plugin in plugins] == ["shout", "spin"], plugins
        assert plugins[0]["meta"]["version"] == "1.0.0" and plugins[0]["metrics"]["call_count"] == 2, plugins


def test_metrics(workshop):
    with workshop.serve() as server:
        for _ in range(2):
            server.ask(post(SHOUT, "hello"))
        assert server.metric('skerry_plugin_calls_total{plugin="shout"}') == 2
        assert server.metric("skerry_server_accepted_connections_total") == 4
        text = server.ask(get("/metrics")).text
        if promtool := shutil.which("promtool"):
            check = subprocess.run([promtool, "check", "metrics"], input=text, text=True, capture_output=True)
            assert check.returncode == 0, check.stdout + check.stderr
        else:
            print("skipped promtool, which is not installed")
        assert all(line.startswith(("#", "skerry_")) for line in text.splitlines()), text


def test_operator(workshop):
    with workshop.serve() as server:
        manifest = json.dumps({"manifest": str(workshop.plugins / "json-transformer-wat.json")})
        expect(server.ask(post("/plugins", manifest)), 401)
        expect(operate(server, "POST", "/plugins", "{}"), 400)
        expect(operate(server, "POST", "/plugins", "[" * 1000), 400)
        expect(operate(server, "POST", "/plugins", manifest), 201)
        expect(operate(server, "POST", "/plugins", manifest), 409, "duplicate")
        expect(server.ask(post("/plugins/json-transformer-wat/execute", "{}")), 200)
        expect(operate(server, "POST", "/plugins/shout/reload"), 200, "unchanged")
        expect(operate(server, "POST", "/plugins/shout/reload?force=true"), 200, '"reloaded":true')
        expect(operate(server, "POST", "/plugins/shout/rollback"), 409, "reload.no_version")
        expect(operate(server, "DELETE", "/plugins/json-transformer-wat"), 200)
        expect(operate(server, "DELETE", "/plugins/json-transformer-wat"), 404)
        for name in ("no", "%00", "a%0ab", "..", "a" * 5000):
            expect(operate(server, "POST", f"/plugins/{name}/reload"), 404)


def changing(workshop):
    """A plugin whose module the test changes. Returns the module's file."""
    workshop.manifest("changing")
    shutil.copy(workshop.folder / "shout.wasm", workshop.folder / "changing.wasm")
    (workshop.folder / "changing.json").write_text(json.dumps({"meta": {"name": "shout"}, "wasmPath": "changing.wasm"}))
    return workshop.folder / "changing.wasm"


def test_versions(workshop):
    wasm = changing(workshop)
    good = wasm.read_bytes()
    with workshop.serve(plugins=["changing.json"]) as server:
        wasm.write_bytes(good[:-20])
        expect(operate(server, "POST", "/plugins/shout/reload"), 422, "malformed")
        expect(server.ask(post(SHOUT, "still")), 200, "STILL")
        wasm.write_bytes(good + b"\0\2\1x")  # a custom section: another version
        expect(operate(server, "POST", "/plugins/shout/reload"), 200, '"reloaded":true')
        expect(operate(server, "POST", "/plugins/shout/rollback"), 200, '"rolled_back":true')
        expect(operate(server, "POST", "/plugins/shout/reload"), 409, "reload.known_bad")
        expect(server.ask(post(SHOUT, "still")), 200, "STILL")


def test_commands(workshop):
    """What operators do, by the command line."""
    wasm = changing(workshop)
    with workshop.serve(plugins=["changing.json"]) as server:
        def command(*words):
            done = subprocess.run([workshop.skerry, "plugin", *words, "--config", str(server.file)],
                                  capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout + done.stderr

        def expect_command(got, status, part):
            assert got[0] == status and part in got[1], f"expected {status} with {part!r}, got {got}"

        at = ("--server", "%s:%d" % server.address)
        expect_command(command("reload", "shout"), 1, "port 0")
        expect_command(command("reload", "shout", *at), 0, "unchanged")
        expect_command(command("reload", "shout", "--force", *at), 0, '"reloaded":true')
        expect_command(command("reload", "shut", *at), 1, "not_found")
        wasm.write_bytes(wasm.read_bytes() + b"\0\2\1z")
        expect_command(command("reload", "shout", *at), 0, '"reloaded":true')
        expect_command(command("rollback", "shout", *at), 0, '"rolled_back":true')
        expect_command(command("rollback", "shout", *at), 1, "reload.no_version")
        expect_command(command("reload", "a/b", *at), 2, "not a plugin name")
        expect_command(command("reload", "shout", "--server", "127.0.0.1:1"), 1, "no server listens")


def test_commands_with_a_listener_of_operators(workshop):
    """The commands use the listener that the configuration names for operators."""
    with workshop.serve(port=free_port(), admin=f"127.0.0.1:{free_port()}") as server:
        done = subprocess.run([workshop.skerry, "plugin", "reload", "--config", str(server.file), "shout"],
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and "unchanged" in done.stdout, done


def test_watch(workshop):
    """A plugin with reload.watch follows its file."""
    shutil.copy(workshop.folder / "spin.wasm", workshop.folder / "watched.wasm")
    workshop.manifest("watched", reload={"watch": True, "settle": 20})
    with workshop.serve(plugins=["watched.json"]) as server:
        new = workshop.folder / "watched.wasm.new"
        new.write_bytes((workshop.folder / "spin.wasm").read_bytes() + b"\0\2\1y")
        new.rename(workshop.folder / "watched.wasm")
        wait_for(lambda: '"swapped":1' in server.ask(get("/plugins")).text, "the swap")
        server.wait_for_line("reloaded: watched")


def answers_so_far(clients):
    """The answers that have arrived, without waiting."""
    arrived = []
    for client in clients:
        client.socket.settimeout(0.001)
        try:
            client.receive_some()
        except TimeoutError:
            pass
        client.socket.settimeout(60)
        if b"\r\n\r\n" in client.arrived:
            arrived.append(client)
    return arrived


def test_waiting_calls(workshop):
    """pool.maxWaiting calls wait for the plugin's only instance; another one is refused at once."""
    workshop.gate(maxWaiting=3)
    with workshop.serve(plugins=["gate.json"]) as server:
        first = server.connect()
        first.send(post(GATE, b"first"))
        server.wait_until_running("gate")
        others = [server.connect() for _ in range(8)]
        for client in others:
            client.send(post(GATE, b"other"))
        refused = wait_for(lambda: len(found := answers_so_far(others)) == 5 and found, "the refusals")
        for client in refused:
            answer = client.answer()
            assert (answer.status, answer.code) == (503, "busy") and answer.field("retry-after"), answer
            limit = json.loads(answer.body)["error"]["limit"]
            assert limit["key"] == "pool.maxWaiting" and limit["allowed"] == 3, answer
        workshop.open_gate()
        assert first.answer().body == b"first"
        assert [client.answer().body for client in others if client not in refused] == [b"other"] * 3


def test_waiting_time(workshop):
    """A call that has waited for pool.maxWait fails, while the call before it still runs."""
    workshop.gate(maxWait=100)
    with workshop.serve(plugins=["gate.json"]) as server:
        first = server.connect()
        first.send(post(GATE, b"first"))
        server.wait_until_running("gate")
        answer = server.ask(post(GATE, b"late"))
        assert (answer.status, answer.code) == (503, "busy"), answer
        assert json.loads(answer.body)["error"]["limit"]["key"] == "pool.maxWait", answer
        assert answers_so_far([first]) == []
        workshop.open_gate()
        assert first.answer().body == b"first"
        assert server.ask(post(GATE, b"again")).body == b"again"


def test_slow_plugins_delay_no_others(workshop):
    """A plugin with more calls than the server has threads leaves threads to other plugins."""
    workshop.gate(size=2)
    with workshop.serve(plugins=["gate.json", "shout.json"], threads=4) as server:
        slow = [server.connect() for _ in range(50)]
        for client in slow:
            client.send(post(GATE, b"slow"))
        server.wait_until_running("gate", 2)
        for i in range(50):
            assert server.ask(post(SHOUT, f"a{i}")).text == f"A{i}"
        assert operate(server, "POST", "/plugins/shout/reload?force=true").status == 200
        assert answers_so_far(slow) == []
        workshop.open_gate()
        assert [client.answer().body for client in slow] == [b"slow"] * 50


def test_calls_wait_in_their_order(workshop):
    workshop.gate()
    with workshop.serve(plugins=["gate.json"]) as server:
        clients = []
        for i in range(10):
            clients.append(server.connect())
            clients[-1].send(post(GATE, f"{i}"), get("/healthz"))
        workshop.open_gate()
        for i, client in enumerate(clients):
            assert client.answer().text == f"{i}" and client.answer().text == "ok\n"


def test_reload_while_calls_run(workshop):
    """No call fails while a plugin is reloaded again and again."""
    with workshop.serve() as server:
        clients = [server.connect() for _ in range(4)]
        for round_ in range(20):
            for client in clients:
                client.send(*[post(SHOUT, f"r{round_}")] * 10)
            assert operate(server, "POST", "/plugins/shout/reload?force=true").status == 200
            for client in clients:
                assert [client.answer().text for _ in range(10)] == [f"R{round_}"] * 10


def test_unload_while_calls_run(workshop):
    workshop.gate()
    with workshop.serve(plugins=["gate.json"]) as server:
        clients = [server.connect() for _ in range(5)]
        clients[0].send(post(GATE, b"0"))
        server.wait_until_running("gate")
        for client in clients[1:]:
            client.send(post(GATE, b"1"))
        unload = server.connect()
        unload.send(post("/plugins/gate", b"", OPERATOR).replace(b"POST", b"DELETE", 1))
        for client in clients[1:]:
            answer = client.answer()
            assert answer.code == "unloaded", answer
        assert answers_so_far([clients[0], unload]) == []
        workshop.open_gate()
        assert clients[0].answer().body == b"0" and unload.answer().status == 200
        assert server.ask(post(GATE, b"x")).status == 404


if __name__ == "__main__":
    run(globals())
