#!/usr/bin/env python3
"""Connections are not threads: slow clients, deadlines and limits. Usage: connections_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import socket
import subprocess

from support import SHOUT, TOKEN, Skipped, free_port, get, post, run, wait_for

UNFINISHED = {
    "idle": b"",
    "half": f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\n".encode(),
    "keep": get("/healthz"),
    "drip": f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode(),
    "chunks": f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1".encode(),
    "hello": b"\x16\x03\x01",
}
PATIENT = {"timeout": 3_600_000, "headTimeout": 3_600_000, "idleTimeout": 3_600_000}  # no deadline ends these tests


def test_slow_clients(workshop):
    """However many connections wait for their clients, other clients are served, without more threads."""
    with workshop.serve(threads=2, **PATIENT) as server:
        server.ask(post(SHOUT, b"a"))
        slow = []
        for kind, begin in UNFINISHED.items():
            for count in (8, 16, 64):
                slow += [(kind, server.connect()) for _ in range(count)]
                for other, client in slow[-count:]:
                    client.send(begin)
                    if other == "keep":
                        assert client.answer().status == 200
                for path, body in (("/healthz", "ok\n"), ("/plugins", "shout"), ("/metrics", "skerry_plugin_calls_total")):
                    answer = server.ask(get(path))
                    assert answer.status == 200 and body in answer.text, f"{kind} x {count}: {answer}"
                assert server.ask(post(SHOUT, b"abc")).body == b"ABC"
                for other, client in slow:
                    if other == "drip":
                        client.send(b"a")
        assert server.metric("skerry_server_connections") == len(slow) + 1
        assert server.threads() <= 20, server.threads()


def test_slow_readers(workshop):
    """Clients that do not read their answers stop neither other clients nor calls."""
    size = 1 << 20
    with workshop.serve(threads=2, **PATIENT) as server:
        slow = []
        for _ in range(30):
            client = server.connect()
            client.send(post(SHOUT, b"a" * size))
            slow.append(client)
        for i in range(20):
            assert server.ask(post(SHOUT, f"a{i}")).text == f"A{i}"
        for client in slow:
            answer = client.answer()
            assert answer.status == 200 and answer.body == b"A" * size


def test_clients_that_disconnect(workshop):
    """At any point of a request."""
    request = post(SHOUT, b"abc", "A: b\r\n")
    with workshop.serve() as server:
        for end in list(range(0, len(request), 5)) + [len(request)]:
            for leave in ("reset", "close"):
                client = server.connect()
                client.send(request[:end])
                client.reset() if leave == "reset" else client.socket.close()
        for _ in range(20):
            client = server.connect()
            client.send(post(SHOUT, b"a" * 500_000))
            client.reset()
        server.wait_for_metric("skerry_server_connections", 1)
        wait_for(lambda: server.metric("skerry_server_held_bytes") < 100_000, "the bytes of clients that are gone")
        assert server.ask(post(SHOUT, b"still")).body == b"STILL"


def test_time_for_the_head(workshop):
    """A client has headTimeout for the head, however often it sends a byte of it."""
    with workshop.serve(headTimeout=300, timeout=3_600_000, idleTimeout=3_600_000) as server:
        for kind, status in (("half", 408), ("hello", 400)):
            client = server.connect()
            client.send(UNFINISHED[kind])
            answer = client.answer()
            assert (answer.status, answer.code) == (status, "request") and client.rest() == b"", answer
        client = server.connect()
        client.send("GET /healthz HTTP/1.1\r\nA: ")

        def drip():
            try:
                client.send("b")
            except OSError:
                return True
            client.socket.settimeout(0.02)
            try:
                return client.receive_some() or True
            except TimeoutError:
                return False
        wait_for(drip, "the end of a head that never ends")
        assert client.arrived.startswith(b"HTTP/1.1 408 ") or client.arrived == b"", client.arrived
        # The second request of a connection has the same time, and an idle connection is not affected.
        idle = server.connect()
        client = server.connect()
        assert client.ask(get("/healthz")).status == 200
        client.send("GET /")
        assert client.answer().status == 408
        assert idle.ask(get("/healthz")).status == 200


def test_time_for_the_request(workshop):
    with workshop.serve(timeout=300, headTimeout=3_600_000, idleTimeout=3_600_000) as server:
        for kind in ("drip", "chunks", "half"):
            client = server.connect()
            client.send(UNFINISHED[kind])
            answer = client.answer()
            assert (answer.status, answer.code) == (408, "request") and client.rest() == b"", f"{kind}: {answer}"
        client = server.connect()
        client.send(UNFINISHED["drip"])

        def drip():
            client.socket.settimeout(0.02)
            try:
                client.send("b")
                client.receive_some()
                return True
            except TimeoutError:
                return False
            except OSError:
                return True
        wait_for(drip, "the end of a body that never ends")


def test_time_for_the_answer(workshop):
    """A client that reads nothing has `timeout` for its answer."""
    with workshop.serve(timeout=1000, idleTimeout=3_600_000) as server:
        client = server.connect()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.send_until_refused(post(SHOUT, b"a" * (1 << 20)), 16)
        server.wait_for_metric("skerry_server_connections", 1)
        assert server.metric("skerry_server_held_bytes") < 100_000


def test_calls_have_their_own_time(workshop):
    """The time of the server does not end a call: the plugin's timeout does."""
    with workshop.serve(timeout=100, headTimeout=100, idleTimeout=3_600_000, plugins=["spin.json"]) as server:
        answer = server.ask(post("/plugins/spin/execute", b"x"))
        assert (answer.status, answer.code) == (504, "timeout"), answer


def test_time_of_idle_connections(workshop):
    with workshop.serve(idleTimeout=300, timeout=3_600_000, headTimeout=3_600_000) as server:
        client = server.connect()
        assert client.rest() == b""
        client = server.connect()
        assert client.ask(get("/healthz")).status == 200
        assert client.rest() == b""
        assert server.metric("skerry_server_connections") == 1


def test_connections_of_an_address(workshop):
    with workshop.serve(host="0.0.0.0", maxConnectionsPerAddress=5, **PATIENT) as server:
        address = ("127.0.0.1", server.address[1])
        first = [server.connect(address, "127.0.0.2") for _ in range(5)]
        for client in first:
            assert client.ask(get("/healthz")).status == 200
        sixth = server.connect(address, "127.0.0.2")
        answer = sixth.answer()  # without a request
        assert answer.status == 429 and answer.code == "request" and sixth.rest() == b"", answer
        for source in ("127.0.0.3", "127.0.0.4"):  # other addresses are not affected
            assert server.connect(address, source).ask(get("/healthz")).status == 200
        assert all(client.ask(get("/healthz")).status == 200 for client in first)
        first[0].socket.close()
        server.wait_for_metric("skerry_server_connections", 4 + 2 + 1, address)
        assert server.connect(address, "127.0.0.2").ask(get("/healthz")).status == 200
        assert server.metric("skerry_server_refused_connections_total", address) == 1


def test_ipv6(workshop):
    try:
        port = free_port("::1")
    except OSError:
        raise Skipped("this machine has no IPv6") from None
    with workshop.serve(host="::1", port=port, maxConnectionsPerAddress=3, **PATIENT) as server:
        assert server.address == ("::1", port)
        clients = [server.connect() for _ in range(3)]
        assert all(client.ask(post(SHOUT, b"a")).body == b"A" for client in clients)
        assert server.connect().answer().status == 429
    second = workshop.folder / "both.json"
    second.write_text('{"port": 0, "host": "::", "plugins": []}')
    assert subprocess.run([workshop.skerry, "plugin", "serve", "--config", str(second), "--check"],
                          timeout=60).returncode == 0


def test_connections_in_total(workshop):
    """The connection that has been idle longest makes room; without an idle one, the new one is refused."""
    with workshop.serve(maxConnections=6, **PATIENT) as server:
        clients = [server.connect() for _ in range(6)]
        for client in clients:
            assert client.ask(get("/healthz")).status == 200
        assert clients[0].ask(get("/healthz")).status == 200  # now clients[1] has been idle longest
        late = []

        def is_admitted():  # as soon as a connection has been idle for a second
            late.append(server.connect())
            return late[-1].ask(get("/healthz")).status == 200

        wait_for(is_admitted, "room for a seventh connection")
        seventh = late[-1]
        assert clients[1].rest() == b""
        busy = clients[2:] + [clients[0], seventh]
        for client in busy:
            client.send(post(SHOUT, fields="Expect: 100-continue\r\n", length=1))
            assert client.answer().status == 100
        answer = server.ask(get("/healthz"))
        assert answer.status == 503 and answer.code == "limit.process" and answer.field("retry-after"), answer
        assert [client.ask("a").body for client in busy] == [b"A"] * 6
        wait_for(lambda: server.ask(get("/metrics")).status == 200, "room for a connection that asks for metrics")
        counts = {name: server.metric(f"skerry_server_{name}_total") for name in ("evicted_connections",
                                                                                  "refused_connections")}
        assert counts["refused_connections"] >= len(late) and counts["evicted_connections"] >= 2, counts


def test_few_descriptors(workshop):
    """A process that may have few descriptors serves fewer connections, and keeps some for plugins."""
    limited = ["sh", "-c", 'ulimit -n 600; exec "$@"', "sh"]
    with workshop.serve(first=limited, **PATIENT) as server:
        idle = [server.connect() for _ in range(1000)]
        assert server.ask(post(SHOUT, b"abc")).body == b"ABC"
        assert 300 <= server.metric("skerry_server_connections") <= 600
        assert server.metric("skerry_server_evicted_connections_total") > 0
        answer = server.ask(post("/plugins/shout/reload?force=true", fields=f"Authorization: Bearer {TOKEN}\r\n"))
        assert answer.status == 200, answer
        assert idle[-1].ask(get("/healthz")).status == 200


def test_ports_are_not_shared(workshop):
    """A second server on the same port fails, and says why."""
    with workshop.serve() as server:
        config = workshop.folder / "second.json"
        config.write_text('{"port": %d, "plugins": ["shout.json"]}' % server.address[1])
        second = subprocess.run([workshop.skerry, "plugin", "serve", "--config", str(config)], capture_output=True,
                                text=True, timeout=60)
        assert second.returncode == 1 and "cannot listen" in second.stderr and "in use" in second.stderr, second
        assert server.ask(post(SHOUT, b"still")).body == b"STILL"


def test_a_port_is_free_after_the_end(workshop):
    """A server can be started again although connections of the one before have just ended."""
    with workshop.serve() as server:
        port = server.address[1]
        clients = [server.connect() for _ in range(5)]
        for client in clients:
            client.ask(get("/healthz"))
        server.signal()
        assert server.wait() == 0
    with workshop.serve(port=port) as server:
        assert server.address[1] == port and server.ask(get("/healthz")).status == 200


def statuses(server, address):
    """The status of each path on a listener."""
    asked = {"healthz": get("/healthz"), "plugins": get("/plugins"), "metrics": get("/metrics"),
             "execute": post(SHOUT, b"a"), "execute unknown": post("/plugins/no/execute", b"a"),
             "reload": post("/plugins/shout/reload", fields=f"Authorization: Bearer {TOKEN}\r\n"),
             "reload without token": post("/plugins/shout/reload")}
    return {name: server.ask(request, address=address).status for name, request in asked.items()}


def test_listener_of_operators(workshop):
    """With a second listener, the first one serves calls only, and the second one everything else."""
    with workshop.serve(admin="127.0.0.1:0") as server:
        assert statuses(server, server.address) == {
            "healthz": 404, "plugins": 404, "metrics": 404, "execute": 200, "execute unknown": 404, "reload": 404,
            "reload without token": 404}
        assert statuses(server, server.admin) == {
            "healthz": 200, "plugins": 200, "metrics": 200, "execute": 404, "execute unknown": 404, "reload": 200,
            "reload without token": 401}
    with workshop.serve() as server:
        assert statuses(server, server.address) == {
            "healthz": 200, "plugins": 200, "metrics": 200, "execute": 200, "execute unknown": 404, "reload": 200,
            "reload without token": 401}


def test_unix_socket(workshop):
    path = workshop.folder / "admin.sock"
    with workshop.serve(admin=f"unix:{path}") as server:
        assert server.admin == str(path)
        assert path.stat().st_mode & 0o777 == 0o600, oct(path.stat().st_mode)
        assert statuses(server, str(path))["reload"] == 200 and statuses(server, server.address)["reload"] == 404
        clients = [server.connect(str(path)) for _ in range(20)]
        assert all(client.ask(get("/healthz")).status == 200 for client in clients)
        # A socket that another process listens on is not taken away.
        config = workshop.folder / "second.json"
        config.write_text('{"port": 0, "plugins": [], "admin": "unix:%s"}' % path)
        second = subprocess.run([workshop.skerry, "plugin", "serve", "--config", str(config)], capture_output=True,
                                text=True, timeout=60)
        assert second.returncode == 1 and "cannot listen" in second.stderr, second
        assert server.ask(get("/healthz"), address=str(path)).status == 200
        server.may_fail = True
        server.process.kill()  # leaves the socket
        server.wait()
    with socket.socket(socket.AF_UNIX) as stale:
        try:
            stale.connect(str(path))
            raise AssertionError("a process still listens")
        except (ConnectionRefusedError, FileNotFoundError):
            pass
    with workshop.serve(admin=f"unix:{path}") as server:
        assert server.admin and server.ask(get("/healthz"), address=str(path)).status == 200
    # Only a socket is replaced.
    path.unlink(missing_ok=True)
    path.write_text("precious")
    run_ = subprocess.run([workshop.skerry, "plugin", "serve", "--config", str(config)], capture_output=True, text=True,
                          timeout=60)
    assert run_.returncode == 1 and path.read_text() == "precious", run_
    path.unlink()


def test_commands_over_a_unix_socket(workshop):
    """The configuration names the socket by a path that starts at its folder, wherever the programs run."""
    def command(word):
        return subprocess.run([workshop.skerry, "plugin", word, "--config", str(workshop.folder / "plugins.json"),
                               "shout"], capture_output=True, text=True, timeout=60, cwd="/")

    with workshop.serve(admin="unix:own.sock") as server:
        assert server.admin == str(workshop.folder / "own.sock")
        done = command("reload")
        assert done.returncode == 0 and done.stdout == '{"reloaded":false,"unchanged":true}\n', done
        refused = command("rollback")
        assert refused.returncode == 1 and "no_version" in refused.stderr, refused
    gone = command("reload")
    assert gone.returncode == 1 and "own.sock: no server listens there" in gone.stderr, gone


if __name__ == "__main__":
    run(globals())
