#!/usr/bin/env python3
"""The log cannot be forged, and does not stop the server. Usage: log_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import json
import os
import re
import socket
import threading

from support import OPERATOR, SHOUT, free_port, get, post, run, wait_for

FORGED = "skerry: rolled back: shout 2.0\x1b[31m"
NAMES = ("a%0askerry:%20rolled%20back:%20shout%202.0%1b[31m", "%0d%0aa", "%c2%85%e2%80%a8a", "%ff%fe", "%00", "%7f",
         "%1b]0;title%07")


def provoke(server):
    """Requests whose texts come from a client, and reach the log where possible."""
    for name in NAMES:
        for request in (post(f"/plugins/{name}/execute", b"x"), post(f"/plugins/{name}/reload", fields=OPERATOR),
                        post(f"/plugins/{name}", fields=OPERATOR).replace(b"POST", b"DELETE", 1),
                        post("/plugins", json.dumps({"manifest": "/no\n" + FORGED}),
                             OPERATOR)):
            answer = server.ask(request)
            assert answer.status in (404, 422), answer
            assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\n.", answer.body), answer
    for text in ("\n" + FORGED, "\r" + FORGED, "a\x1b[2Jb", "\xc2\x85", '"}\n{"event":"rolled back"}', "\x00\x08\x7f"):
        assert server.ask(post("/plugins/loud/execute", text)).status == 200


def test_lines_of_text(workshop):
    """Each line of the log begins with what the server itself says; control characters are escaped."""
    with workshop.serve(plugins=["shout.json", "loud.json"]) as server:
        provoke(server)
        server.ask(post("/plugins/loud/execute", "the last line"))
        server.wait_for_line("the last line")
        for line in server.lines:
            assert re.match(r"skerry: (loaded|listening|not loaded|not reloaded|call failed): |guest loud: info: ", line), f"who says this? {line!r}"
            assert not line.startswith("skerry: rolled back"), line
            assert not re.search(r"[\x00-\x1f\x7f\x80-\x9f\u2028]", line), f"a control character in {line!r}"
        assert any("rolled back" in line for line in server.lines), server.lines


def test_lines_of_json(workshop):
    with workshop.serve(plugins=["shout.json", "loud.json"], log="json") as server:
        provoke(server)
        server.ask(post("/plugins/loud/execute", "the last line"))
        server.wait_for_line("the last line")
        for line in server.lines:
            assert isinstance(json.loads(line), dict), line
            assert not re.search(r"[\x00-\x1f\x7f\x80-\x9f\u2028]", line), f"a control character in {line!r}"
        events = [json.loads(line).get("event") for line in server.lines]
        assert "rolled back" not in events and {"loaded", "listening", "not loaded"} <= set(events), events


def full_pipe():
    """A pipe that takes nothing more. Returns its ends."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        pass
    try:
        while True:
            os.write(write, b"x")
    except BlockingIOError:
        pass
    os.set_blocking(write, True)
    return read, write


def test_full_pipe(workshop):
    """With a standard error that takes nothing, calls, reports, reloads and SIGTERM work as ever."""
    read, write = full_pipe()
    port = free_port()
    with workshop.serve(plugins=["shout.json", "spin.json"], port=port, stderr=write) as server:
        address = ("127.0.0.1", port)
        wait_for(lambda: connects(address), "the server to listen")
        unknown = post("/plugins", json.dumps({"manifest": "/none" * 200}), OPERATOR)
        client = server.connect(address)
        for _ in range(20):
            client.send(unknown * 100)
            assert [client.answer().status for _ in range(100)] == [422] * 100
        dropped = server.metric("skerry_server_dropped_log_lines_total", address)
        assert dropped > 0, "nothing was dropped"
        assert server.ask(post(SHOUT, b"a"), address=address).body == b"A"
        assert server.ask(get("/plugins"), address=address).status == 200
        assert server.ask(post("/plugins/spin/execute", b"a"), address=address).status == 504
        assert server.ask(post("/plugins/shout/reload?force=true", fields=OPERATOR), address=address).status == 200
        # A reader that comes later learns how many lines are missing.
        os.close(write)
        log = []
        reader = threading.Thread(target=lambda: log.append(read_all(read)))
        reader.start()
        server.signal()
        assert server.wait() == 0
        reader.join(timeout=60)
        text = log[0].lstrip(b"x").decode(errors="replace")
        told = sum(int(count) for count in re.findall(r"skerry: (\d+) log lines? w", text))
        assert told >= dropped, f"{dropped} lines were dropped, {told} are reported"


def test_full_pipe_and_guests(workshop):
    """What a guest logs is dropped, too, and its calls do not wait for a reader."""
    read, write = full_pipe()
    port = free_port()
    with workshop.serve(plugins=["loud.json"], port=port, stderr=write) as server:
        address = ("127.0.0.1", port)
        wait_for(lambda: connects(address), "the server to listen")
        client = server.connect(address)
        for _ in range(200):
            assert client.ask(post("/plugins/loud/execute", b"a" * 20000)).status == 200
        assert server.metric("skerry_server_dropped_log_lines_total", address) > 0
        os.close(read)
        os.close(write)


def test_closed_pipe(workshop):
    """A standard error without a reader does not end the server."""
    read, write = os.pipe()
    port = free_port()
    with workshop.serve(plugins=["loud.json"], port=port, stderr=write) as server:
        os.close(read)
        os.close(write)
        address = ("127.0.0.1", port)
        wait_for(lambda: connects(address), "the server to listen")
        for _ in range(20):
            assert server.ask(post("/plugins/loud/execute", b"a" * 1000), address=address).status == 200
        server.signal()
        assert server.wait() == 0


def connects(address):
    try:
        socket.create_connection(address, timeout=10).close()
        return True
    except ConnectionRefusedError:
        return False


def read_all(descriptor):
    parts = []
    while part := os.read(descriptor, 65536):
        parts.append(part)
    return b"".join(parts)


if __name__ == "__main__":
    run(globals())
