#!/usr/bin/env python3
"""Service managers: sockets that they pass, and what they are told. Usage: service_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from support import SHOUT, Skipped, free_port, get, patience, post, run, wait_for

# Executes a command as a service manager does that passes the sockets given as the numbers in the first argument.
PASS = """
import os, sys
numbers = [int(number) for number in sys.argv[1].split(",")]
copies = [os.dup(number) for number in numbers]
for place, copy in enumerate(copies, 3):
    os.dup2(copy, place, inheritable=True)
for copy in copies:
    if copy >= 3 + len(copies):
        os.close(copy)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(numbers)))
if sys.argv[2]:
    os.environ["LISTEN_FDNAMES"] = sys.argv[2]
os.execv(sys.argv[3], sys.argv[3:])
"""


@contextlib.contextmanager
def listeners(count):
    """Listening sockets with numbers that a process with few descriptors does not use itself."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    for one in sockets:
        os.set_inheritable(one.fileno(), True)
    yield sockets
    for one in sockets:
        one.close()


def passing(sockets, names):
    return [sys.executable, "-c", PASS, ",".join(str(one.fileno()) for one in sockets), names]


def test_passed_sockets(workshop):
    """The socket called admin is for operators; all others serve calls."""
    for count, names, admin in ((1, "", None), (1, "http", None), (2, "http:admin", 1), (2, "admin:http", 0),
                                (3, "a::admin", 2)):
        with listeners(count) as sockets:
            # Clients that connect before the server runs are served as soon as it does.
            early = socket.create_connection(sockets[0].getsockname(), timeout=patience)
            early.sendall(get("/nowhere"))
            with workshop.serve(first=passing(sockets, names)) as server:
                assert early.recv(12) == b"HTTP/1.1 404"
                early.close()
                for place, one in enumerate(sockets):
                    address = one.getsockname()
                    called = server.ask(post(SHOUT, b"a"), address=address).status
                    report = server.ask(get("/metrics"), address=address).status
                    expected = (404, 200) if place == admin else (200, 200 if admin is None else 404)
                    assert (called, report) == expected, f"{names}, {place}: {called}, {report}"
                assert not server.logged("http://"), "the configured port must not be used"


def test_passed_unix_socket(workshop):
    path = str(workshop.folder / "passed.sock")
    with socket.socket(socket.AF_UNIX) as one, listeners(1) as sockets:
        one.bind(path)
        one.listen()
        one.set_inheritable(True)
        with workshop.serve(first=passing([*sockets, one], "http:admin")) as server:
            assert server.ask(get("/healthz"), address=path).status == 200
            assert server.ask(post(SHOUT, b"a"), address=sockets[0].getsockname()).body == b"A"
    os.unlink(path)


def test_passed_socket_and_configured_admin(workshop):
    with listeners(1) as sockets:
        with workshop.serve(first=passing(sockets, "http"), admin="127.0.0.1:0") as server:
            assert server.ask(get("/metrics"), address=server.admin).status == 200
            assert server.ask(get("/metrics"), address=sockets[0].getsockname()).status == 404


def test_sockets_of_another_process(workshop):
    """LISTEN_PID names the process that the sockets are for."""
    with listeners(1):
        environment = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}  # of this process, not of the server
        with workshop.serve(environment=environment) as server:
            assert server.ask(post(SHOUT, b"a")).body == b"A"
            assert server.logged("http://")
    for count in ("-1", "x", "99999999", ""):
        with workshop.serve(environment={"LISTEN_PID": "1", "LISTEN_FDS": count}) as server:
            assert server.ask(post(SHOUT, b"a")).body == b"A"


class Notified:
    """What a service manager is told."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        self.socket.settimeout(patience)

    def next(self):
        """The next message, as a dictionary."""
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().splitlines())


def test_notifications(workshop):
    for name in (str(workshop.folder / "notify"), "\0skerry-test-%d" % os.getpid()):
        manager = Notified(name)
        with manager.socket, workshop.serve(environment={"NOTIFY_SOCKET": name.replace("\0", "@")}) as server:
            assert manager.next()["READY"] == "1"
            assert server.ask(get("/healthz")).status == 200
            before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            server.signal(signal.SIGHUP)
            reloading = manager.next()
            after = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            assert reloading["RELOADING"] == "1" and before <= int(reloading["MONOTONIC_USEC"]) <= after, reloading
            assert manager.next()["READY"] == "1"
            server.signal()
            assert manager.next()["STOPPING"] == "1"
            assert server.wait() == 0


def test_ready_means_listening(workshop):
    """A service that is started after this one can connect."""
    names = [workshop.manifest(f"many{i}", "spin") for i in range(50)]
    manager = Notified(str(workshop.folder / "ready"))
    with manager.socket, workshop.serve(plugins=names,
                                        environment={"NOTIFY_SOCKET": str(workshop.folder / "ready")}) as server:
        assert manager.next()["READY"] == "1"
        assert server.ask(get("/healthz")).status == 200


def test_no_manager(workshop):
    for name in ("", "/nowhere/socket", "x" * 500, "@"):
        with workshop.serve(environment={"NOTIFY_SOCKET": name}) as server:
            assert server.ask(get("/healthz")).status == 200


def need(program):
    if not shutil.which(program):
        raise Skipped(f"{program} is not installed")


def test_systemd_socket_activate(workshop):
    """systemd's own program passes the sockets and starts the server at the first connection."""
    need("systemd-socket-activate")
    port = free_port()
    config = workshop.folder / "activated.json"
    config.write_text('{"plugins": ["shout.json"]}')
    process = subprocess.Popen(["systemd-socket-activate", f"--listen=127.0.0.1:{port}", "--fdname=http",
                                workshop.skerry, "plugin", "serve", "--config", str(config)], stderr=subprocess.PIPE,
                               text=True)
    try:
        def shout():
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=patience) as client:
                    client.sendall(post(SHOUT, b"abc", "Connection: close\r\n"))
                    return b"".join(iter(lambda: client.recv(4096), b""))
            except ConnectionRefusedError:
                return None
        answer = wait_for(shout, "systemd-socket-activate to listen")
        assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"ABC"), answer
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=patience) == 0
        assert "listening: the service manager's socket http" in process.stderr.read()
    finally:
        process.kill()


def test_unit_files(workshop):
    """systemd accepts the unit files of examples/serve."""
    need("systemd-analyze")
    source = Path(__file__).resolve().parents[3] / "examples/serve"
    units = workshop.folder / "units"
    units.mkdir()
    for unit in source.glob("skerry*.s*"):
        text = unit.read_text()
        (units / unit.name).write_text(re.sub(r"/usr/(local/)?bin/skerry\b", workshop.skerry, text))
    names = sorted(unit.name for unit in units.iterdir())
    assert {"skerry.service", "skerry.socket"} <= set(names), names
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=yes",
                           *[str(units / name) for name in names]], capture_output=True, text=True, timeout=patience,
                          env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"})
    ours = [line for line in done.stderr.splitlines() if "skerry" in line]
    assert done.returncode == 0 and not ours, f"{done.returncode}: {done.stderr}"


if __name__ == "__main__":
    run(globals())
