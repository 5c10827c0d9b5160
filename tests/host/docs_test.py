#!/usr/bin/env python3
"""Runs the ```sh blocks of a page, in their order, in one folder that looks like the project's after a build.

Comments before a block, in this order: `<!-- needs: COMMAND -->` says what must succeed for the block to be run.
`<!-- beside: COMMAND -->` starts a server that runs while the block does. `<!-- serves -->` says that the block is the
command of a server, which runs until the page ends. Servers must end in order when they are asked to. A
```text block after the block is what it prints. With --without WORD, blocks whose need contains WORD are skipped, as on
a machine that lacks it.

usage: docs_test.py SKERRY BUILD_FOLDER SOURCE_FOLDER PAGE [--without WORD]
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"(?:^<!-- needs: (?P<needs>[^\n]*) -->\n)?(?:^<!-- beside: (?P<beside>[^\n]*) -->\n)?"
                   r"(?P<serves>^<!-- serves -->\n)?"
                   r"^```sh\n(?P<commands>.*?)^```\n(?:^```text\n(?P<output>.*?)^```\n)?", re.MULTILINE | re.DOTALL)


@dataclass
class Block:
    line: int
    needs: str
    beside: str
    serves: bool
    commands: str
    output: str  # or None


def blocks(page):
    text = page.read_text()
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("commands")) + 1
        yield Block(line, found["needs"], found["beside"], bool(found["serves"]), found["commands"], found["output"])


@dataclass
class Done:
    status: int
    stdout: str
    stderr: str


def shell(commands, folder, path):
    """Runs them; what they leave running is ended."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(["bash", "-e", "-o", "pipefail", "-c", commands], cwd=folder,
                                   env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   start_new_session=True)
        try:
            status = process.wait(timeout=200)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        out.seek(0)
        err.seek(0)
        return Done(status, out.read(), err.read())


@contextlib.contextmanager
def beside(command, folder, path):
    """A server, from the time when it listens."""
    if not command:
        yield
        return
    process = subprocess.Popen(["bash", "-c", "exec " + command], cwd=folder, env={**os.environ, "PATH": path},
                               stderr=subprocess.PIPE, text=True)
    try:
        log = []
        for line in process.stderr:
            log.append(line)
            if "listening" in line:
                break
        else:
            raise AssertionError(f"{command} does not listen: {log}")
        threading.Thread(target=lambda: log.extend(process.stderr), daemon=True).start()
        yield
        process.terminate()
        status = process.wait(timeout=60)
        assert status == 0, f"{command} ended with status {status}: {log}"
    finally:
        process.kill()


def run(block, folder, path, lacking, servers):
    """"passed", or why not. Servers that stay are left to `servers`, an ExitStack."""
    if block.needs and (lacking in block.needs.split() or shell(block.needs, folder, path).status != 0):
        return "skipped: this machine lacks what `" + block.needs + "` looks for"
    if block.serves:
        servers.enter_context(beside(block.commands, folder, path))
        return "passed"
    with beside(block.beside, folder, path):
        done = shell(block.commands, folder, path)
    if done.status != 0:
        return f"FAILED with status {done.status}: {done.stderr}"
    if block.output is not None and done.stdout.strip() != block.output.strip():
        return f"FAILED: it printed {done.stdout!r} instead of {block.output!r}"
    return "passed"


def like_the_project(folder, skerry, build, source):
    (folder / "examples").symlink_to(source / "examples")
    (folder / "build/release").mkdir(parents=True)
    (folder / "build/release/skerry").symlink_to(skerry)
    (folder / "build/release/examples").symlink_to(build / "examples")


def main():
    skerry, build, source, page = (Path(argument).resolve() for argument in sys.argv[1:5])
    lacking = sys.argv[6] if sys.argv[5:] else None
    results = []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as servers:
        folder = Path(name)
        like_the_project(folder, skerry, build, source)
        path = f"{folder}/build/release:{os.environ['PATH']}"
        for block in blocks(page):
            results.append(run(block, folder, path, lacking, servers))
            print(f"{page.name}:{block.line}: {results[-1]}")
    passed = results.count("passed")
    print(f"{passed} of {len(results)} blocks run")
    return 0 if passed > 2 and not any(result.startswith("FAILED") for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
