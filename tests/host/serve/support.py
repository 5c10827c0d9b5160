"""What the tests of `skerry plugin serve` share: plugins, servers, and a client that speaks HTTP byte by byte.

A test file calls `run(globals())`: it runs each function whose name begins with test_, with a Workshop. The arguments
are SKERRY PLUGIN_FOLDER [PART_OF_A_NAME]. No test decides by timing: the waits below end when something happens, and
fail after `patience`, which is for the slowest machine.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

patience = 60  # seconds
# Sanitizers need more memory. The address sanitizer would also keep hundreds of megabytes that the server has freed.
memory_factor = int(os.environ.get("SKERRY_TEST_MEMORY_FACTOR", "1"))
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=4"
TOKEN = "secret"
OPERATOR = f"Authorization: Bearer {TOKEN}\r\n"

SPIN = """(module (memory (export "memory") 1)
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param i32 i32) (result i64) (loop (br 0)) (i64.const 0)))"""

# Answers its input as soon as the file "open" exists in the folder of the test.
GATE = """(module
  (import "env" "fs_check2" (func $exists (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "/gate/open")
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param $at i32) (param $size i32) (result i64)
    (i32.store (i32.const 116) (i32.const 1)) ;; the monotonic clock
    (i64.store (i32.const 124) (i64.const 5000000)) ;; 5 ms
    (block $opened (loop $again
      (br_if $opened (i32.eq (call $exists (i32.const 16) (i32.const 10)) (i32.const 1)))
      (drop (call $poll (i32.const 100) (i32.const 200) (i32.const 1) (i32.const 300)))
      (br $again)))
    (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $size)))))"""

# Writes its input to the log, and answers it.
LOUD = """(module
  (import "env" "log" (func $log (param i32 i32 i32)))
  (memory (export "memory") 2)
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32 i32))
  (func (export "execute") (param $at i32) (param $size i32) (result i64)
    (call $log (i32.const 2) (local.get $at) (local.get $size))
    (i64.or (i64.shl (i64.extend_i32_u (local.get $at)) (i64.const 32)) (i64.extend_i32_u (local.get $size)))))"""


def free_port(host="127.0.0.1"):
    """A port that is free now. The system gives such ports to other programs last."""
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        return probe.getsockname()[1]


def wait_for(condition, what):
    """Returns the first result of `condition` that is true."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


@dataclass
class Answer:
    status: int
    fields: list  # pairs of a name in lower case and a value
    body: bytes

    def field(self, name):
        values = [value for key, value in self.fields if key == name]
        assert len(values) < 2, f"{name} occurs more than once: {self.fields}"
        return values[0] if values else None

    @property
    def text(self):
        return self.body.decode()

    @property
    def code(self):
        """The code of the error."""
        return json.loads(self.body)["error"]["code"]


class Client:
    """A connection. Each wait on it ends after `patience`."""

    def __init__(self, address, source=None, receive_buffer=None):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(patience)
            self.socket.connect(address)
        else:
            self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
            self.socket.settimeout(patience)
            if receive_buffer:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            if source:
                self.socket.bind((source, 0))
            self.socket.connect(address)
        self.arrived = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *parts):
        self.socket.sendall(b"".join(part.encode("latin-1") if isinstance(part, str) else part for part in parts))

    def send_until_refused(self, block, blocks):
        """Sends a block again and again. Returns how often it was sent before the server ended the connection."""
        for count in range(blocks):
            try:
                self.socket.sendall(block)
            except OSError as error:
                assert not isinstance(error, TimeoutError), "the server neither reads nor closes"
                return count
        return blocks

    def receive_some(self):
        """Returns False at the end of the stream."""
        try:
            part = self.socket.recv(65536)
        except ConnectionResetError:
            part = b""
        self.arrived += part
        return bool(part)

    def take(self, size):
        while len(self.arrived) < size:
            assert self.receive_some(), f"the connection ended after {self.arrived!r}"
        taken, self.arrived = self.arrived[:size], self.arrived[size:]
        return taken

    def head(self):
        while b"\r\n\r\n" not in self.arrived:
            assert self.receive_some(), f"the connection ended after {self.arrived!r}"
        head = self.take(self.arrived.index(b"\r\n\r\n") + 4)
        line, *fields = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        assert re.fullmatch(r"HTTP/1\.1 \d{3} [ -~]*", line), line
        pairs = [re.fullmatch(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([ -~]*)", field) for field in fields]
        assert all(pairs), head
        return int(line[9:12]), [(pair[1].lower(), pair[2]) for pair in pairs]

    def answer(self, to_head=False):
        """Receives one answer; `to_head`: to a HEAD request, which has no body."""
        status, fields = self.head()
        lengths = [value for name, value in fields if name == "content-length"]
        if status == 100:
            return Answer(status, fields, b"")
        assert len(lengths) == 1, fields
        return Answer(status, fields, b"" if to_head else self.take(int(lengths[0])))

    def ask(self, *parts):
        self.send(*parts)
        return self.answer()

    def rest(self):
        """Returns all that arrives until the server closes the connection."""
        while self.receive_some():
            pass
        rest, self.arrived = self.arrived, b""
        return rest

    def close_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Closes the connection as a client does that crashes."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.socket.close()


def post(path, body=b"", fields="", length=None):
    """A request. `length` differs from that of the body in tests of wrong lengths."""
    body = body.encode() if isinstance(body, str) else body
    size = len(body) if length is None else length
    return f"POST {path} HTTP/1.1\r\nHost: x\r\n{fields}Content-Length: {size}\r\n\r\n".encode("latin-1") + body


def get(path, fields=""):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n".encode("latin-1")


SHOUT = "/plugins/shout/execute"


class Server:
    """A server with the configuration of the keywords. `first`: words that the command begins with. `command`: all of
    its words. A `with` block begins when the server listens, and ends it; it fails if the server crashed, or if a
    sanitizer found something."""

    def __init__(self, workshop, first=(), command=None, environment=None, drain=None, stderr=None, **config):
        self.folder = workshop.folder
        self.file = workshop.folder / "plugins.json"
        defaults = {"port": 0, "token": TOKEN, "plugins": ["shout.json"]}
        self.file.write_text(json.dumps({**defaults, **config}))
        words = [*first, workshop.skerry, "plugin", "serve", "--config", str(self.file)]
        words += ["--drain", drain] if drain else []
        self.process = subprocess.Popen(command or words, stderr=stderr or subprocess.PIPE, text=not stderr, errors="replace",
                                        env={**os.environ, **(environment or {})}, close_fds=not first)
        self.lines = []
        self.clients = []
        self.may_fail = False
        if stderr is None:
            self.reader = threading.Thread(target=self.read_lines, daemon=True)
            self.reader.start()

    def read_lines(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def logged(self, pattern):
        """The first line that matches, or None."""
        return next((found for line in list(self.lines) if (found := re.search(pattern, line))), None)

    def wait_for_line(self, pattern):
        def look():
            ended = self.process.poll() is not None
            if ended:
                self.reader.join(timeout=patience)  # the last lines may still be on their way
            found = self.logged(pattern)
            assert found or not ended, f"the server ended; its log: {self.lines}"
            return found
        return wait_for(look, f"a line {pattern!r}")

    def find(self, event):
        """The address of a listener."""
        found = self.wait_for_line(event + r'(?:: |","text":")(?:http://(?:\[(.*)\]|([0-9.]+)):(\d+)|unix:([^"]+))')
        return found[4] or (found[1] or found[2], int(found[3]))

    @property
    def address(self):
        return self.find("listening")

    @property
    def admin(self):
        return self.find("listening for operators")

    def connect(self, address=None, source=None, **options):
        self.clients.append(Client(address or self.address, source, **options))
        return self.clients[-1]

    def ask(self, *parts, address=None):
        """Sends one request on a connection of its own."""
        with Client(address or self.address) as client:
            return client.ask(*parts)

    def metric(self, name, address=None):
        text = self.ask(get("/metrics"), address=address).text
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        assert found, f"no {name} in {text}"
        return float(found[1])

    def wait_for_metric(self, name, value, address=None):
        wait_for(lambda: self.metric(name, address) == value, f"{name} {value}")

    def wait_until_running(self, plugin, calls=1):
        self.wait_for_metric(f'skerry_plugin_busy_instances{{plugin="{plugin}"}}', calls)

    def memory(self):
        """Bytes of memory in use."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found, "the server has ended"
        return int(found[1]) << 10

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def signal(self, number=signal.SIGTERM):
        self.process.send_signal(number)

    def wait(self):
        """Waits for the end of the process, and returns its status."""
        return self.process.wait(timeout=patience)

    def end(self):
        """Ends the server as an operator does; a crash, or what a sanitizer has found, fails the test."""
        for client in self.clients:
            client.socket.close()
        if self.process.poll() is None:
            self.signal()
        status = self.wait()
        if self.process.stderr:
            self.reader.join(timeout=patience)
        assert not self.logged(r"Sanitizer|runtime error"), "\n".join(self.lines)
        assert self.may_fail or status == 0, f"the server ended with status {status}: {self.lines}"

    def __enter__(self):
        if self.process.stderr:
            try:
                self.wait_for_line("listening")
            except AssertionError:
                self.process.kill()
                raise
        return self

    def __exit__(self, failure, *_):
        try:
            if failure is None:
                self.end()
            else:
                print("the server's log:\n  " + "\n  ".join(self.lines), file=sys.stderr)
        finally:
            self.process.kill()


class Workshop:
    """A folder with plugins, made once for each test file."""

    def __init__(self, skerry, plugins, folder):
        self.skerry, self.plugins, self.folder = skerry, plugins, folder
        shutil.copy(plugins / "shout-wat.wasm", folder / "shout.wasm")
        self.manifest("shout", capabilities={"maxMemoryMB": 64, "maxOutputKB": 4096}, timeout=600_000,
                      pool={"size": 4, "maxWait": 600_000, "maxWaiting": 100_000})
        for name, text in {"spin": SPIN, "gate": GATE, "loud": LOUD}.items():
            (folder / f"{name}.wat").write_text(text)
            subprocess.run([skerry, "wat2wasm", f"{folder}/{name}.wat", "-o", f"{folder}/{name}.wasm"], check=True)
        self.manifest("spin", timeout=1000)
        self.manifest("loud", capabilities={"maxLogLines": 100000, "maxLogKB": 100000}, timeout=600_000)
        self.gate()

    def manifest(self, name, wasm=None, **keys):
        """Writes a manifest, and returns its name."""
        (self.folder / f"{name}.json").write_text(
            json.dumps({"meta": {"name": name}, "wasmPath": f"{wasm or name}.wasm", **keys}))
        return f"{name}.json"

    def gate(self, name="gate", size=1, maxWait=60000, maxWaiting=1000, **keys):
        """Writes the manifest of a plugin whose calls end when `open_gate` is called."""
        (self.folder / "gate").mkdir(exist_ok=True)
        grants = {"allowFileSystem": True, "allowedPaths": [{"host": "gate", "guest": "/gate"}],
                  "maxHostCalls": 4_000_000_000}
        return self.manifest(name, "gate", capabilities=grants, **{"timeout": 60000, **keys},
                             pool={"size": size, "maxWait": maxWait, "maxWaiting": maxWaiting})

    def open_gate(self):
        (self.folder / "gate/open").write_text("")

    def close_gate(self):
        (self.folder / "gate/open").unlink(missing_ok=True)

    def serve(self, **options):
        return Server(self, **options)


@contextlib.contextmanager
def workshop(arguments):
    with tempfile.TemporaryDirectory() as scratch:
        yield Workshop(os.path.abspath(arguments[1]), Path(arguments[2]).resolve(), Path(scratch))


class Skipped(Exception):
    """This machine lacks what the test needs."""


def run(names):
    """Runs the tests and exits: 0 if all passed, 77 (which is "skipped" for CTest) if none failed and some could not
    run, else 1."""
    failed = skipped = 0
    part = sys.argv[3] if len(sys.argv) > 3 else ""
    tests = {name: test for name, test in names.items() if name.startswith("test_") and part in name}
    with workshop(sys.argv) as shop:
        for name, test in tests.items():
            start = time.monotonic()
            shop.close_gate()
            try:
                test(shop)
                print(f"{name}: passed in {time.monotonic() - start:.1f} s", flush=True)
            except Skipped as why:
                skipped += 1
                print(f"{name}: skipped: {why}", flush=True)
            except Exception:
                failed += 1
                traceback.print_exc()
                print(f"{name}: FAILED", flush=True)
    print(f"{len(tests) - failed - skipped} of {len(tests)} passed, {skipped} were skipped")
    sys.exit(1 if failed or not tests else 77 if skipped else 0)
