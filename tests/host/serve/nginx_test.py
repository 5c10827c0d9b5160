#!/usr/bin/env python3
"""TLS by nginx, with the file of examples/serve. Usage: nginx_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

from support import SHOUT, Client, Skipped, free_port, get, patience, post, run, wait_for

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/serve/nginx.conf"


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "skerry.key", "-out",
                    "skerry.crt", "-days", "2", "-subj", "/CN=plugins.example.org", "-addext",
                    "subjectAltName=DNS:plugins.example.org"], cwd=folder, check=True, capture_output=True)


def replaced(text, pattern, by):
    """The file must contain what the test replaces."""
    new, count = re.subn(pattern, by, text)
    assert count == 1, f"{pattern} occurs {count} times in {EXAMPLE.name}"
    return new


def configuration(folder, port, upstream):
    text = EXAMPLE.read_text()
    text = replaced(text, r"listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = replaced(text, r"server 127\.0\.0\.1:8080;", f"server 127.0.0.1:{upstream};")
    text = replaced(text, r"/etc/nginx/skerry\.crt", f"{folder}/skerry.crt")
    text = replaced(text, r"/etc/nginx/skerry\.key", f"{folder}/skerry.key")
    (folder / "skerry.conf").write_text(text)
    scratch = "\n".join(f"{kind}_temp_path {folder}/nginx-{kind};"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    # As root, nginx would change to a user who cannot enter the folder of the test.
    user = "user root;\n" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\n"
        f"events {{ worker_connections 256; }}\n"
        f"http {{\naccess_log off;\n{scratch}\ninclude {folder}/skerry.conf;\n}}\n")
    return folder / "nginx.conf"


@contextlib.contextmanager
def nginx(folder, upstream):
    """Yields the port of a running nginx."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if not program or not shutil.which("openssl"):
        raise Skipped("nginx or openssl is not installed")
    make_certificate(folder)
    port = free_port()
    config = configuration(folder, port, upstream)
    command = [program, "-p", str(folder), "-e", f"{folder}/nginx.log", "-c", str(config)]
    check = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=patience)
    assert check.returncode == 0 and "warn" not in check.stderr, check.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        def listens():
            assert process.poll() is None, (folder / "nginx.log").read_text()
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=patience).close()
                return True
        wait_for(listens, "nginx to listen")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=patience)
        finally:
            process.kill()


def connect(workshop, port):
    trust = ssl.create_default_context(cafile=f"{workshop.folder}/skerry.crt")
    client = Client(("127.0.0.1", port))
    client.socket = trust.wrap_socket(client.socket, server_hostname="plugins.example.org")
    return client


def test_proxy(workshop):
    with workshop.serve(admin="127.0.0.1:0") as server, nginx(workshop.folder, server.address[1]) as port:
        client = connect(workshop, port)
        for i in range(50):
            assert client.ask(post(SHOUT, f"a{i}")).text == f"A{i}"
        body = b"a" * 100_000
        assert client.ask(post(SHOUT, body)).body == body.upper()
        assert client.ask(post("/plugins/no/execute", b"x")).code == "not_found"
        # nginx keeps its connections to the server. One of the two is that of the metrics.
        assert server.metric("skerry_server_accepted_connections_total", server.admin) <= 3
        for request in (get("/healthz"), get("/metrics"), get("/plugins"), post("/plugins/shout/reload"),
                        post("/plugins/shout/reload?x=/execute"), post("/plugins/a%0ab/execute")):
            with connect(workshop, port) as other:
                assert other.ask(request).status in (403, 404), request
        with connect(workshop, port) as other:
            assert other.ask(get(SHOUT)).status == 403
        with connect(workshop, port) as other:
            assert other.ask(post(SHOUT, length=2 << 20)).status == 413
        # What nginx lets pass is not smuggled.
        with connect(workshop, port) as other:
            smuggled = "POST " + SHOUT + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
            assert other.ask(smuggled, "0\r\n\r\n").status == 400
        metrics = {line.split()[0]: line.split()[1] for line in server.ask(get("/metrics"), address=server.admin)
                   .text.splitlines() if not line.startswith("#")}
        assert metrics['skerry_plugin_calls_total{plugin="shout"}'] == "51", metrics


def test_configuration_of_the_example(workshop):
    """plugins.json of examples/serve is accepted."""
    shutil.copy(EXAMPLE.parent / "plugins.json", workshop.folder / "example.json")
    (workshop.folder / "token").write_text("a secret\n")
    assert json.loads((workshop.folder / "example.json").read_text())["plugins"] == ["shout.json"]
    done = subprocess.run([workshop.skerry, "plugin", "serve", "--config", str(workshop.folder / "example.json"),
                           "--check"], capture_output=True, text=True, timeout=patience)
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    run(globals())
