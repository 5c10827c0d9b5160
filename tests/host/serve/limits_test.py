#!/usr/bin/env python3
"""Limits hold on every byte before it is kept. Usage: limits_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import contextlib
import subprocess
import zlib

from support import SHOUT, get, memory_factor, post, run, wait_for

MIB = 1 << 20
LINE = 8 << 10
FIELDS = 32 << 10
PUSHED = 300  # MiB that a client tries to send
BOUND = 24 * MIB * memory_factor  # how much the process may grow meanwhile


def line_of(size):
    """A request line of `size` bytes, without its CRLF."""
    rest = len("GET /healthz? HTTP/1.1")
    return "GET /healthz?" + "a" * (size - rest) + " HTTP/1.1"


def fields_of(size):
    """Fields of `size` bytes with their CRLFs."""
    host = "Host: x\r\n"
    return host + "A: " + "b" * (size - len(host) - len("A: \r\n")) + "\r\n"


def test_request_line(workshop):
    with workshop.serve() as server:
        client = server.connect()
        for _ in range(2):
            assert client.ask(line_of(LINE), "\r\nHost: x\r\n\r\n").status == 200
        answer = client.ask(line_of(LINE + 1), "\r\nHost: x\r\n\r\n")
        assert (answer.status, answer.code) == (414, "request") and client.rest() == b"", answer
        answer = server.ask("G" * (LINE + 1))  # no line end has arrived
        assert answer.status == 414, answer


def test_fields(workshop):
    with workshop.serve() as server:
        client = server.connect()
        for line in (line_of(50), line_of(LINE)):  # one limit takes nothing from the other
            assert client.ask(line, "\r\n", fields_of(FIELDS), "\r\n").status == 200
        answer = client.ask(line_of(50), "\r\n", fields_of(FIELDS + 1), "\r\n")
        assert (answer.status, answer.code) == (431, "request") and client.rest() == b"", answer
        answer = server.ask("GET / HTTP/1.1\r\nA: ", "a" * (FIELDS + 1))
        assert answer.status == 431, answer


def test_number_of_fields(workshop):
    with workshop.serve() as server:
        fields = "".join(f"X{i}: y\r\n" for i in range(99))
        client = server.connect()
        assert client.ask(get("/healthz", fields)).status == 200
        answer = client.ask(get("/healthz", fields + "Y: z\r\n"))
        assert answer.status == 431 and "100" in answer.text and client.rest() == b"", answer


def test_body(workshop):
    limit = 3 << 10
    with workshop.serve(maxRequestKB=3) as server:
        client = server.connect()
        assert client.ask(post(SHOUT, b"a" * limit)).body == b"A" * limit
        answer = client.ask(post(SHOUT, b"a" * (limit + 1)))
        assert (answer.status, answer.code) == (413, "limit.input") and client.rest() == b"", answer
        chunked = f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        client = server.connect()
        for chunk in (1, 7, 1000, limit):
            chunks = b"".join(b"%x\r\n%b\r\n" % (size, b"a" * size)
                              for at in range(0, limit, chunk) if (size := min(chunk, limit - at)))
            assert client.ask(chunked, chunks, "0\r\n\r\n").body == b"A" * limit, chunk
        answer = client.ask(chunked, chunks, "1\r\na\r\n0\r\n\r\n")
        assert (answer.status, answer.code) == (413, "limit.input") and client.rest() == b"", answer
        # The length is enough for a refusal: nothing of the body needs to arrive.
        for length in (limit + 1, 1 << 31, 1 << 32, 1 << 62, (1 << 64) - 1):
            assert server.ask(post(SHOUT, length=length)).status == 413, length
        assert server.ask(chunked, f"{limit + 1:x}\r\n").status == 413


def test_memory_while_clients_push(workshop):
    """300 MiB of each part of a request: the server refuses, and the memory does not grow."""
    block = b"a" * MIB
    lines = b"".join(b"X-%06d: %s\r\n" % (i, b"a" * 1000) for i in range(1000))
    cases = {
        "line": (b"GET /", block, 414),
        "field": (b"GET /healthz HTTP/1.1\r\nX: ", block, 431),
        "fields": (b"GET /healthz HTTP/1.1\r\n", lines, 431),
        "chunks": (f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode(),
                   b"100000\r\n" + block + b"\r\n", 413),
        "chunks, no such path": (b"POST /nosuch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
                                 b"100000\r\n" + block + b"\r\n", 404),
        "small chunks": (f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode(),
                         b"10\r\n0123456789abcdef\r\n" * 10000, 413),
        "impossible length": (b"POST /nosuch HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
                              block, 400),
        "length": (f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n".encode(), block, 413),
    }
    with workshop.serve() as server:
        assert server.ask(post(SHOUT, block)).status == 200
        before = server.memory()
        for name, (begin, more, status) in cases.items():
            client = server.connect()
            client.send(begin)
            sent = client.send_until_refused(more, PUSHED * MIB // len(more))
            assert sent < PUSHED * MIB // len(more), f"{name}: all was read"
            grown = server.memory() - before
            assert grown < BOUND, f"{name}: the memory grew by {grown >> 20} MiB"
            if answer := client.arrived or client.receive_some():
                assert answer and client.answer().status == status, name
            client.socket.close()
        assert server.ask(post(SHOUT, b"still")).body == b"STILL"


def test_refusals_arrive(workshop):
    """A client that sends its whole body before it reads gets the refusal, too, not only a reset connection."""
    with workshop.serve(maxRequestKB=1) as server:
        for path, status in ((SHOUT, 413), ("/nosuch", 404), ("/plugins", 401)):
            for size in (2000, MIB):
                client = server.connect()
                client.send(post(path, b"a" * size))
                answer = client.answer()
                assert answer.status == (413 if size > 1024 else status), f"{path}, {size}: {answer}"


def test_nothing_is_inflated(workshop):
    """970 KB that a gzip decoder would turn into 1 GB: the bytes reach the plugin as they are."""
    deflate = zlib.compressobj(9, wbits=31)
    head = deflate.compress(b"") + deflate.flush(zlib.Z_FULL_FLUSH)
    mebibyte = deflate.compress(bytes(MIB)) + deflate.flush(zlib.Z_FULL_FLUSH)
    bomb = head + mebibyte * 950  # each part is complete, so a decoder starts with all of it
    assert len(bomb) < MIB and len(zlib.decompressobj(wbits=31).decompress(bomb[:20_000])) > 10 * MIB
    with workshop.serve() as server:
        assert server.ask(post(SHOUT, bytes(len(bomb)))).status == 200
        before = server.memory()
        upper = bomb.translate(bytes.maketrans(bytes(range(97, 123)), bytes(range(65, 91))))
        for path, status in ((SHOUT, 200), ("/nosuch", 404)):
            answer = server.ask(post(path, bomb, "Content-Encoding: gzip\r\nContent-Type: application/json\r\n"))
            assert answer.status == status and (status != 200 or answer.body == upper)
        assert server.memory() - before < BOUND


def test_bytes_of_all_clients(workshop):
    """maxBufferedMB bounds what all clients together make the server keep. Small requests and operators are served."""
    with workshop.serve(maxBufferedMB=4, admin="127.0.0.1:0") as server:
        assert server.ask(post(SHOUT, b"a" * MIB)).status == 200
        before = server.memory()
        clients = [server.connect() for _ in range(40)]
        for client in clients:
            client.send(f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nContent-Length: {MIB}\r\n\r\n")
            client.send_until_refused(b"a" * 1000, 1000)
        assert server.ask(post(SHOUT, b"small")).body == b"SMALL"
        assert server.ask(get("/healthz"), address=server.admin).body == b"ok\n"
        assert server.ask(get("/plugins"), address=server.admin).status == 200
        assert server.metric("skerry_server_held_bytes", server.admin) <= 4 * MIB
        assert server.memory() - before < BOUND
        for client in clients:
            client.send_until_refused(b"a" * (MIB - 1_000_000), 1)
        answers = [client.answer() for client in clients]
        statuses = [answer.status for answer in answers]
        assert 503 in statuses and set(statuses) <= {200, 503}, statuses
        assert {answer.code for answer in answers if answer.status == 503} == {"limit.process"}
        for client in clients:
            client.socket.close()
        server.wait_for_metric("skerry_server_connections", 1, server.admin)
        assert server.ask(post(SHOUT, b"a" * MIB)).status == 200, "the bytes were not given back"


def ask_without_reading(server, source, body):
    """More than the buffers of the system take waits in the server then."""
    client = server.connect(source=source, receive_buffer=4096)
    client.send(post(SHOUT, body))
    return client


def test_clients_that_do_not_read(workshop):
    """They make room for the calls of others, and the address that has most of the room gives first."""
    body = b"a" * 4_000_000
    with workshop.serve(maxRequestKB=4096, maxBufferedMB=64, timeout=3_600_000) as server:
        slow = ask_without_reading(server, "127.0.0.3", body)
        wait_for(lambda: server.metric("skerry_server_held_bytes") >= len(body), "an answer to wait for its reader")
        for _ in range(8):
            ask_without_reading(server, "127.0.0.2", body)
        wait_for(lambda: server.ask(post(SHOUT, b"b" * 10_000)).status == 200 and
                 server.metric("skerry_server_evicted_connections_total") > 0, "room for answers")
        assert slow.answer().body == body.upper()


def test_clients_that_do_not_send(workshop):
    """The same for bodies that never end: other clients can send theirs, small or large, fast or slowly."""
    body = b"b" * 1_000_000
    with workshop.serve(maxBufferedMB=16, timeout=3_600_000) as server:
        slow = server.connect(source="127.0.0.3")
        slow.send(post(SHOUT, body)[:500_000])
        def evicted():
            return server.metric("skerry_server_evicted_connections_total")

        for _ in range(3):
            before = evicted()
            half_sent = [server.connect(source="127.0.0.2") for _ in range(20)]
            for client in half_sent:
                with contextlib.suppress(OSError):  # the server has refused it already
                    client.send(post(SHOUT, b"a" * 900_000, length=1_000_000))
            wait_for(lambda: server.ask(post(SHOUT, body)).status == 200 and evicted() > before, "room for requests")
        wait_for(lambda: server.ask(post(SHOUT, body)).status == 200 and
                 server.metric("skerry_server_held_bytes") < 4_000_000, "room for the rest of a request")
        slow.send(post(SHOUT, body)[500_000:])
        answer = slow.answer()
        assert answer.body == body.upper(), answer.body[:200]


def test_budget_that_no_body_fits(workshop):
    file = workshop.folder / "small.json"
    file.write_text('{"plugins": [], "maxRequestKB": 1024, "maxBufferedMB": 1}')
    done = subprocess.run([workshop.skerry, "plugin", "serve", "--config", str(file)], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 1 and '"path":"$.maxBufferedMB"' in done.stderr, done


def test_idle_connections_hold_no_bytes(workshop):
    with workshop.serve() as server:
        clients = [server.connect() for _ in range(50)]
        for client in clients:
            assert client.ask(post(SHOUT, b"a" * 100_000)).status == 200
        wait_for(lambda: server.metric("skerry_server_held_bytes") < 100_000, "idle connections to hold no bytes")
        assert [client.ask(post(SHOUT, b"still")).body for client in clients] == [b"STILL"] * 50


if __name__ == "__main__":
    run(globals())
