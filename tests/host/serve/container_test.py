#!/usr/bin/env python3
"""The image of examples/serve/Dockerfile, without a container engine: its command runs as process 1 in a root that has
the libraries of the packages that the file names, and no others. Usage: container_test.py SKERRY PLUGIN_FOLDER [TEST]"""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from support import SHOUT, Skipped, get, patience, post, run

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/serve/Dockerfile"
BASE = ["libc6", "libstdc++6", "apt"]  # what every image of Debian has
NEW_ROOT = ["unshare", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"]


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def packages_of(text):
    found = re.search(r"apt-get install (.*?) &&", text)
    return [word for word in found[1].split() if not word.startswith("-")]


def dependencies():
    """What each installed package depends on."""
    table = output("dpkg-query", "-W", "-f", "${Package}\\t${Pre-Depends}, ${Depends}\\n")
    return {package: re.findall(r"(?:^|, |\| )([a-z0-9][^ :,(|]*)", names)
            for package, names in (line.split("\t") for line in table.splitlines())}


def with_dependencies(packages):
    """The packages, and all that they depend on, as far as they are installed here."""
    table, known, pending = dependencies(), set(), list(packages)
    while pending:
        package = pending.pop()
        if package in table and package not in known:
            known.add(package)
            pending += table[package]
    return known


def libraries_of(program):
    """File names of the libraries that a program is linked with."""
    text = output("ldd", program)
    assert "not found" not in text, text
    return set(re.findall(r"(?:=> |^\s*)(/\S+) \(0x", text, re.MULTILINE))


def owned_by(packages):
    """The files of the packages, by name. The same folder may be listed with and without /usr."""
    names = output("dpkg-query", "-L", *sorted(packages)).split("\n")
    return {name.removeprefix("/usr") for name in names}


def copy_into(root, path, target):
    to = root / target.lstrip("/")
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, to)


def make_root(workshop, text):
    """Does what the lines COPY of the Dockerfile say, and copies the libraries that its packages have."""
    root = Path(tempfile.mkdtemp(dir=workshop.folder))
    programs = [workshop.skerry, str(Path(workshop.skerry).with_name("skerry-plugin"))]
    assert "COPY skerry skerry-plugin /usr/local/bin/\n" in text
    assert "COPY plugins.json *.wasm *.json /etc/skerry/\n" in text
    for program in programs:
        copy_into(root, program, f"/usr/local/bin/{Path(program).name}")
    for file in ("plugins.json", "shout.json", "shout.wasm"):
        copy_into(root, workshop.folder / file, f"/etc/skerry/{file}")
    owned = owned_by(with_dependencies(BASE + packages_of(text)))
    for library in set().union(*map(libraries_of, programs)):
        if library.removeprefix("/usr") in owned:
            copy_into(root, library, library)
    return root


def check_machine(workshop):
    for tool in ("dpkg-query", "unshare", "chroot", "ldd"):
        if not shutil.which(tool):
            raise Skipped(f"{tool} is not installed")
    if subprocess.run([*NEW_ROOT, f"--mount-proc={workshop.folder}", "true"], capture_output=True).returncode != 0:
        raise Skipped("this machine does not allow namespaces of users, mounts and processes")
    if subprocess.run(["ldd", workshop.skerry], capture_output=True).returncode != 0:
        raise Skipped("the programs are made for another processor")


def in_root(root, *command):
    """The words that run a command as process 1 in a root of its own, which has /proc."""
    (root / "proc").mkdir(exist_ok=True)
    return [*NEW_ROOT, f"--mount-proc={root}/proc", "chroot", str(root), *command]


def entry_point(text):
    return json.loads(re.search(r"^ENTRYPOINT (.*)$", text, re.MULTILINE)[1])


def process_one(unshare):
    children = Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text().split()
    assert len(children) == 1, children
    return int(children[0])


def test_image(workshop):
    check_machine(workshop)
    text = EXAMPLE.read_text()
    (workshop.folder / "plugins.json").write_text(json.dumps({"port": 0, "plugins": ["shout.json"]}))
    root = make_root(workshop, text)
    with workshop.serve(command=in_root(root, *entry_point(text))) as server:
        assert server.ask(post(SHOUT, b"abc")).text == "ABC"
        assert server.ask(get("/healthz")).text == "ok\n"
        os.kill(process_one(server.process), signal.SIGTERM)
        assert server.wait() == 0
        assert server.logged("stopped")


def test_missing_package(workshop):
    """What test_image finds out: the command does not start without the package of one of its libraries."""
    check_machine(workshop)
    text = EXAMPLE.read_text().replace("libcurl4", "")
    root = make_root(workshop, text)
    done = subprocess.run(in_root(root, "/usr/local/bin/skerry-plugin", "--version"), capture_output=True,
                          text=True, timeout=patience)
    assert done.returncode != 0 and "libcurl" in done.stderr, done


if __name__ == "__main__":
    run(globals())
