#!/usr/bin/env python3
"""Hostile and healthy clients at once, against one server. Usage: storm.py SKERRY PLUGIN_FOLDER SECONDS [SEED]

Each hostile client repeats one kind of misuse; the list is HOSTILE. Healthy clients call plugins and check each answer.
The storm fails if a healthy answer is wrong or missing, if the server's memory exceeds its bound, if the server crashes
or reports an error of a sanitizer, or if connections or bytes remain when all clients are gone.
"""

import asyncio
import contextlib
import multiprocessing
import random
import re
import resource
import sys
import time
from collections import Counter

from support import OPERATOR, SHOUT, get, memory_factor, patience, post, workshop

MIB = 1 << 20
GROWTH = 80 * MIB * memory_factor  # for maxBufferedMB, and instances with their inputs and results
CONFIG = {"timeout": 2000, "headTimeout": 1000, "idleTimeout": 3000, "maxBufferedMB": 16, "maxConnections": 300,
          "maxConnectionsPerAddress": 60, "admin": "127.0.0.1:0", "host": "127.0.0.1", "threads": 8}
MOST_LATE = 1 / 20  # of the healthy answers; a server that loses requests must not pass for a slow machine
SHORTEST_DEADLINE = min(CONFIG["timeout"], CONFIG["headTimeout"], CONFIG["idleTimeout"]) / 1000
CHUNKED = f"POST {SHOUT} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()


class Storm:
    """What the clients of one process share."""

    def __init__(self, address, admin, end, seed):
        self.address, self.admin, self.end = address, admin, end
        self.random = random.Random(seed)
        self.counts = Counter()
        self.failures = []

    @property
    def over(self):
        return time.monotonic() >= self.end or bool(self.failures)

    def fail(self, what):
        self.failures.append(what)

    @contextlib.asynccontextmanager
    async def connection(self, source, address=None):
        host, port = address or self.address
        reader, writer = await asyncio.open_connection(host, port, local_addr=(source, 0), limit=4 * MIB)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


# --- hostile clients: each function is one attempt, which the server may end at any point

async def half_heads(storm, reader, writer):
    request = post(SHOUT, b"abc", "A: b\r\n")
    writer.write(request[:storm.random.randrange(len(request))])
    await reader.read(1000)


async def drips(storm, reader, writer):
    for byte in post(SHOUT, b"a" * 1000)[storm.random.randrange(20):]:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def idlers(storm, reader, writer):
    await reader.read(1)


async def connectors(storm, reader, writer):
    """Connects and leaves at once."""


async def garbage(storm, reader, writer):
    writer.write(storm.random.randbytes(storm.random.randrange(1, 20000)))
    await writer.drain()
    await reader.read(1000)


async def changed_requests(storm, reader, writer):
    request = bytearray(post(SHOUT, b"abc", OPERATOR) * 3)
    for _ in range(storm.random.randrange(1, 4)):
        request[storm.random.randrange(len(request))] = storm.random.randrange(256)
    writer.write(request)
    await asyncio.wait_for(reader.read(1000), 5)


async def huge_bodies(storm, reader, writer):
    writer.write(storm.random.choice((post(SHOUT, length=1 << 40), post(SHOUT, length=MIB), CHUNKED + b"fffffff\r\n")))
    for _ in range(64):
        writer.write(b"a" * MIB)
        await writer.drain()


async def full_bodies(storm, reader, writer):
    """As large as a body may be, but without its last byte."""
    writer.write(post(SHOUT, b"a" * (MIB - 1), length=MIB))
    await writer.drain()
    await reader.read(1000)


async def endless_heads(storm, reader, writer):
    writer.write(b"GET /healthz HTTP/1.1\r\n")
    for i in range(20000):
        writer.write(b"X-%d: %s\r\n" % (i, b"a" * 1000))
        await writer.drain()


async def chunk_bombs(storm, reader, writer):
    writer.write(CHUNKED)
    for _ in range(20000):
        writer.write(storm.random.choice((b"1\r\na\r\n", b"1;" + b"x" * 10000 + b"\r\na\r\n")) * 10)
        await writer.drain()


async def slow_readers(storm, reader, writer):
    writer.transport.pause_reading()
    for _ in range(20):
        writer.write(post(SHOUT, b"a" * 500_000))
        await writer.drain()
    await asyncio.sleep(1)


async def pipeliners(storm, reader, writer):
    """Sends many requests and leaves before the answers."""
    writer.write(post(SHOUT, b"abc") * 500 + get("/metrics") * 20)
    await writer.drain()


async def breakers(storm, reader, writer):
    """Disconnects while its calls run."""
    writer.write(post("/plugins/spin/execute", b"x") * 3)
    await writer.drain()
    await asyncio.sleep(storm.random.random() / 10)


async def intruders(storm, reader, writer):
    writer.write(post("/plugins/shout", fields="Authorization: Bearer x\r\n").replace(b"POST", b"DELETE") * 20 +
                 post("/plugins/a%0askerry:%20loaded/execute", b"x") * 20)
    await writer.drain()
    await reader.read(10000)


HOSTILE = (half_heads, drips, idlers, connectors, garbage, changed_requests, huge_bodies, full_bodies, endless_heads,
           chunk_bombs, slow_readers, pipeliners, breakers, intruders)


async def hostile(storm, kind, source):
    while not storm.over:
        with contextlib.suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            async with storm.connection(source) as (reader, writer):
                storm.counts[kind.__name__] += 1
                await asyncio.wait_for(kind(storm, reader, writer), 10)
        await asyncio.sleep(0)


async def flood(storm, source):
    """More connections than an address may have."""
    while not storm.over:
        held = []
        with contextlib.suppress(OSError):
            for _ in range(80):
                held.append(await asyncio.open_connection(*storm.address, local_addr=(source, 0)))
        storm.counts["flood"] += len(held)
        await asyncio.sleep(0.5)
        for _, writer in held:
            writer.transport.abort()


# --- healthy clients, from addresses of their own

async def read_answer(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"\r\nContent-Length: (\d+)", head)[1])
    return int(head[9:12]), await reader.readexactly(length)


class Late(Exception):
    """The machine was so slow that a deadline of the server may have passed."""


async def ask(storm, reader, writer, request, since):
    """Sends a request and returns its answer. A connection that the server ends is a failure, unless a deadline of
    the server has passed since the time `since`, when the client last heard from it."""
    try:
        writer.write(request)
        await writer.drain()
        status, body = await asyncio.wait_for(read_answer(reader), patience)
    except (ConnectionError, asyncio.IncompleteReadError):
        if time.monotonic() - since < SHORTEST_DEADLINE:
            raise
        status, body = 408, b""
    if status == 408 and time.monotonic() - since >= SHORTEST_DEADLINE:
        storm.counts["late"] += 1
        raise Late
    took = int((time.monotonic() - since) * 1000)
    storm.counts["longest ms"] = max(storm.counts["longest ms"], took)
    return status, body


async def healthy(storm, source, number, make):
    """Asks over connections that it keeps, and checks each answer. `make` returns a request and what must answer it."""
    while not storm.over:
        since = time.monotonic()
        try:
            async with storm.connection(source) as (reader, writer):
                for i in range(storm.random.randrange(1, 50)):
                    request, right = make(storm, f"n{number}-{i}")
                    status, body = await ask(storm, reader, writer, request, since)
                    since = time.monotonic()
                    storm.counts["healthy"] += 1
                    if not right(status, body):
                        return storm.fail(f"{request[:200]} was answered with {status} {body[:300]}")
                    if storm.over:
                        return
                    if status == 503:  # a refused body: the server closes the connection after the answer
                        break
                    await asyncio.sleep(0.01)
        except Late:
            pass
        except Exception as error:
            return storm.fail(f"a healthy client got {error!r} {time.monotonic() - since:.3f} s after the last answer")


def small_call(storm, text):
    return post(SHOUT, text), lambda status, body: (status, body) == (200, text.upper().encode())


def chunked_call(storm, text):
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(text), text.encode()) for _ in range(20))
    return CHUNKED + chunks + b"0\r\n\r\n", lambda status, body: (status, body) == (200, text.upper().encode() * 20)


def large_call(storm, text):
    """Too large to be served while the hostile clients use up maxBufferedMB; the answer must then say so."""
    body_text = text * 3000
    return post(SHOUT, body_text), lambda status, body: (
        (status, body) == (200, body_text.upper().encode()) or status == 503 and b'"limit.process"' in body)


def unknown_call(storm, text):
    return post(f"/plugins/{text}/execute"), lambda status, body: status == 404 and b"not_found" in body


async def watcher(storm):
    """An operator: health, metrics and reloads on the listener for operators."""
    while not storm.over:
        since = time.monotonic()
        try:
            async with storm.connection("127.0.0.1", storm.admin) as (reader, writer):
                for request, part in ((get("/healthz"), b"ok\n"), (get("/metrics"), b"skerry_server_held_bytes"),
                                      (get("/plugins"), b'"shout"'),
                                      (post("/plugins/shout/reload?force=true", fields=OPERATOR), b'"reloaded":true')):
                    status, body = await ask(storm, reader, writer, request, since)
                    since = time.monotonic()
                    storm.counts["operator"] += 1
                    if status != 200 or part not in body:
                        return storm.fail(f"{request} was answered with {status} {body[:300]}")
        except Late:
            pass
        except Exception as error:
            return storm.fail(f"the operator got {error!r} {time.monotonic() - since:.3f} s after the last answer")
        await asyncio.sleep(0.2)


async def measure(storm, server, bound):
    while not storm.over:
        try:
            memory = server.memory() >> 20
        except (AssertionError, OSError):
            return storm.fail("the server has ended")
        storm.counts["most MiB"] = max(storm.counts["most MiB"], memory)
        if memory > bound >> 20:
            return storm.fail(f"the server uses {memory} MiB, more than {bound >> 20} MiB")
        await asyncio.sleep(0.1)


async def run_hostile(storm):
    tasks = [flood(storm, "127.0.2.1"), flood(storm, "127.0.2.2")]
    for i, kind in enumerate(HOSTILE):
        tasks += [hostile(storm, kind, f"127.0.3.{i + 1}") for _ in range(6)]
    await asyncio.gather(*tasks)


async def run_healthy(storm, server, bound):
    makers = (small_call, small_call, chunked_call, large_call, unknown_call)
    await asyncio.gather(measure(storm, server, bound), watcher(storm),
                         *[healthy(storm, f"127.0.1.{i + 1}", i, make) for i, make in enumerate(makers)])


def in_other_process(storm, results):
    """Hostile clients have a process of their own, so that their work does not delay the healthy ones."""
    try:
        asyncio.run(run_hostile(storm))
        results.put((storm.counts, []))
    except BaseException as error:
        results.put((storm.counts, [f"the hostile clients failed: {error!r}"]))


def rage(server, seconds, seed):
    """Lets a storm loose on the server. Returns the counts and the failures."""
    bound = server.memory() + GROWTH
    end = time.monotonic() + seconds
    storm = Storm(server.address, server.admin, end, seed)
    results = multiprocessing.Queue()
    other = multiprocessing.Process(target=in_other_process,
                                    args=(Storm(server.address, server.admin, end, seed + 1), results))
    other.start()
    try:
        asyncio.run(run_healthy(storm, server, bound))
        counts, failures = results.get(timeout=patience) if not storm.failures else (Counter(), [])
    finally:
        other.kill()
        other.join()
    return storm.counts + counts, storm.failures + failures


def main():
    seconds = float(sys.argv[3])
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else time.time_ns() % 1_000_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with workshop(sys.argv) as shop:
        shop.manifest("spin", timeout=50)
        with shop.serve(plugins=["shout.json", "spin.json"], **CONFIG) as server:
            server.ask(post(SHOUT, b"a" * MIB))
            begin = server.memory()
            counts, failures = rage(server, seconds, seed)
            if failures:
                raise AssertionError(f"with seed {seed}: {failures}")
            server.wait_for_metric("skerry_server_connections", 1, server.admin)
            server.wait_for_metric("skerry_server_held_bytes", 0, server.admin)
            accepted = server.metric("skerry_server_accepted_connections_total", server.admin)
            refused = server.metric("skerry_server_refused_connections_total", server.admin)
    hostile_counts = {kind.__name__: counts[kind.__name__] for kind in (*HOSTILE, flood)}
    assert all(hostile_counts.values()) and counts["operator"], counts
    assert counts["late"] <= counts["healthy"] * MOST_LATE, counts
    print(f"{seconds:.0f} s with seed {seed}: {counts['healthy']} answers to healthy clients, all right, after at most "
          f"{counts['longest ms']} ms; {counts['operator']} answers to the operator; {counts['late']} late; {accepted:.0f} connections, "
          f"{refused:.0f} of them refused; memory {begin >> 20} MiB at first, at most {counts['most MiB']} MiB")
    print("hostile attempts:", ", ".join(f"{name} {count}" for name, count in hostile_counts.items()))


if __name__ == "__main__":
    main()
