"""`helmward` as a process of its own: `up` and its life, two on one folder, a sudden end, pipes and terminals."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import sqlite3
import stat
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ...misbehaving import Misbehaving
from ..station import Station

HELMWARD = [sys.executable, "-m", "helmward"]
Start = Callable[..., subprocess.Popen[str]]


def wait_for(true: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)


def runs(process: int) -> bool:
    """A zombie, which waits for somebody to ask how it ended, does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _heed_interrupts() -> None:
    """A suite that runs in the background has SIGINT ignored, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Place:
    """A user's own folders, and helmward run there against a cluster."""

    def __init__(self, folder: Path, proxy: Misbehaving) -> None:
        self.folder, self.proxy = folder, proxy
        self.data = folder / "data"
        self.started: list[subprocess.Popen[str]] = []
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HELMWARD_", "XDG_"))}
        self.environment = inherited | {"HOME": str(folder), "HELMWARD_DATA_DIR": str(self.data)}
        self.environment |= {"KUBECONFIG": str(proxy.kubeconfig), "PYTHONUNBUFFERED": "1"}

    def run(self, *words: str, **more: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*HELMWARD, *words], env=self.environment, capture_output=True, text=True, timeout=60, check=False, **more
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        out = (self.folder / f"out-{len(self.started)}").open("w")
        with out:
            process = subprocess.Popen(
                [*HELMWARD, *words],
                env=self.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                preexec_fn=_heed_interrupts,
            )
        self.started.append(process)
        return process

    def up(self, *words: str) -> subprocess.Popen[str]:
        """Start a server and wait until it serves."""
        process = self.start("up", "--port", "0", *words)
        wait_for(lambda: (self.data / "server.json").exists() or process.poll() is not None, "a server")
        assert process.poll() is None, self.said(-1)
        return process

    def said(self, number: int) -> str:
        return (self.folder / f"out-{range(len(self.started))[number]}").read_text()

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.terminate()
            process.wait(30)


@pytest.fixture
def place(station: Station, tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path, station.home.proxy)
    yield made
    made.end()


def incidents(place: Place) -> dict[str, str]:
    """Ids by the names of the pods."""
    done = place.run("incidents", "-o", "json")
    assert done.returncode == 0, done.stderr
    return {row["resource"]["name"]: row["id"] for row in json.loads(done.stdout)["incidents"]}


def test_up_says_first_what_it_watches_and_ends_well(place: Place, station: Station) -> None:
    station.incident("stood-before")
    server = place.up()
    wait_for(lambda: "BASELINE" in place.said(0), "the greeting")
    said = place.said(0).splitlines()
    assert re.match(rf"Helmward .* observes context test at {place.proxy.url} \(Kubernetes v1\.", said[0])
    assert "may read" in said[1]
    assert "it changes nothing" in said[1]
    assert re.match(r"Console: http://127\.0\.0\.1:\d+ .* helmward console", said[2])
    assert "API: http://127.0.0.1:" in said[3]
    assert "BASELINE (stood before Helmward came)" in place.run("incidents").stdout
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700
    for name in ("server.json", "server.log", "state.db"):
        assert stat.S_IMODE((place.data / name).stat().st_mode) == 0o600, name
    server.terminate()
    assert server.wait(30) == 0
    assert place.said(0).endswith("Stopping.\n")
    assert not (place.data / "server.json").exists()
    assert "\x1b" not in place.said(0)


def test_up_says_what_its_user_may_not_read(place: Place, station: Station) -> None:
    kubeconfig = station.home.engine.user_kubeconfig("sam", ("view",))
    place.up("--kubeconfig", str(kubeconfig))
    wait_for(lambda: "API: " in place.said(0), "the greeting")
    assert "User sam may read" in place.said(0)
    assert "It may not read Secret in the whole cluster: rights in single namespaces are not enough" in place.said(0)
    assert "helmward rbac" in place.said(0)
    assert "Not read:  Secret: forbidden in the whole cluster" in place.run("status").stdout


def test_two_servers_on_one_folder(place: Place) -> None:
    first = place.up()
    second = place.run("up", "--port", "0")
    assert (second.returncode, second.stdout) == (1, "")
    assert f"process {first.pid}" in second.stderr
    assert second.stderr.count("\n") == 1
    assert place.run("status").returncode == 0  # the first is unharmed


def test_a_port_in_use(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = place.run("up", "--port", port)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert not (place.data / "server.json").exists()


def test_killed_and_started_again(place: Place, station: Station) -> None:
    server = place.up()
    station.incident("survives-a-kill")
    wait_for(lambda: "survives-a-kill" in incidents(place), "the incident")
    before = incidents(place)["survives-a-kill"]

    def saved() -> bool:
        with sqlite3.connect(place.data / "state.db") as raw:
            found = raw.execute("SELECT count(*) FROM incidents WHERE id = ?", [before]).fetchone()
        raw.close()
        return bool(found[0])

    wait_for(saved, "the incident in the state")
    server.kill()
    server.wait()
    assert (place.data / "server.json").exists()
    stale = place.run("incidents")
    assert (stale.returncode, stale.stdout) == (7, "")
    assert f"process {server.pid}" in stale.stderr
    assert "helmward up" in stale.stderr
    place.data.joinpath("server.json").unlink()  # only so that `up` below knows when the new one is there
    place.up()
    assert incidents(place)["survives-a-kill"] == before
    tokens = json.loads(place.run("tokens", "list", "-o", "json").stdout)["tokens"]
    assert sorted(token["name"] for token in tokens) == ["administrator", "local"]


@pytest.mark.parametrize(("broken", "code"), [("down", 7), (401, 5), (403, 5)])
def test_a_cluster_that_is_no_help(place: Place, station: Station, broken: Any, code: int) -> None:
    proxy = place.proxy
    if broken == "down":
        config = json.loads(proxy.kubeconfig.read_text())
        config["clusters"][0]["cluster"]["server"] = "http://127.0.0.1:1"
        (place.folder / "config").write_text(json.dumps(config))
        words = ["--kubeconfig", str(place.folder / "config")]
    else:
        proxy.refused["*"], words = broken, []
    try:
        done = place.run("up", "--port", "0", *words)
    finally:
        proxy.refused.clear()
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("helmward: ")


def test_interrupted_while_the_cluster_is_slow(place: Place) -> None:
    place.proxy.slow = 60
    try:
        server = place.start("up", "--port", "0")
        wait_for(lambda: (place.data / "state.db").exists(), "a server that is about to look")
        server.send_signal(signal.SIGINT)
        assert server.wait(15) == 0
    finally:
        place.proxy.slow = 0
    assert place.said(0) == "Stopping.\n"


@pytest.mark.parametrize(
    ("prepare", "code", "says"),
    [
        (lambda data: (data / "state.db").write_bytes(b"no database" * 1000), 1, "damaged"),
        (lambda data: (data / "state.db").mkdir(), 1, "cannot be written"),
        (lambda data: (data / "server.lock").mkdir(), 1, "cannot be written"),
    ],
)
def test_folders_that_are_no_help(place: Place, prepare: Callable[[Path], object], code: int, says: str) -> None:
    place.data.mkdir(mode=0o700)
    prepare(place.data)
    done = place.run("up", "--port", "0")
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_made(place: Place) -> None:
    done = place.run("up", "--port", "0", "--data-dir", "/proc/helmward")
    assert (done.returncode, done.stdout) == (1, "")
    assert "/proc/helmward" in done.stderr


def test_watching_incidents(place: Place, station: Station) -> None:
    server = place.up()
    watching = place.start("incidents", "--watch", "-o", "name")
    tables = place.start("incidents", "--watch")
    wait_for(lambda: len(place.said(2)) > 0, "the list")
    station.incident("watched")
    wait_for(lambda: "watched" in incidents(place), "the incident")
    identity = incidents(place)["watched"]
    wait_for(lambda: identity in place.said(1).split(), "its line")
    wait_for(lambda: f"OPENED   {identity}" in place.said(2), "its row")
    for reason in ("looking", "still looking"):  # both are a change; a table shows another state, not another reason
        assert place.run("ack", identity, "--reason", reason).returncode == 0
    station.do(station.home.mend_pod("watched"))
    wait_for(lambda: f"RESOLVED   {identity}" in place.said(2), "its end")
    assert place.said(2).count(f"CHANGED   {identity}") == 1
    wait_for(lambda: place.said(1).split().count(identity) >= 4, "a line for each")
    watching.send_signal(signal.SIGINT)
    assert watching.wait(15) == 130
    assert "Traceback" not in place.said(1)
    server.terminate()
    assert server.wait(30) == 0
    assert tables.wait(15) == 7
    assert place.said(2).splitlines()[-1].startswith("helmward: The server at ")


def test_a_pipe_that_closes(place: Place) -> None:
    command = f"{sys.executable} -m helmward codes | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], env=place.environment, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[0].startswith("CODE")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("colour", [True, False])
def test_the_screen_on_a_terminal(place: Place, station: Station, colour: bool) -> None:
    controller, terminal = pty.openpty()
    fcntl.ioctl(controller, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    environment = place.environment | {"TERM": "xterm-256color"}
    environment |= {} if colour else {"NO_COLOR": "1", "COLUMNS": "120", "LINES": "40"}
    environment.pop("CI", None)
    server = subprocess.Popen(
        [*HELMWARD, "up", "--port", "0"], env=environment, stdout=terminal, stderr=terminal, stdin=terminal
    )
    place.started.append(server)  # type: ignore[arg-type]
    os.close(terminal)
    shown = b""

    def read() -> bytes:
        nonlocal shown
        while select.select([controller], [], [], 0)[0]:
            try:
                shown += os.read(controller, 65536)
            except OSError:  # the other end is closed
                break
        return shown

    wait_for(lambda: b"NAMESPACE" in read() and (b"wrong" in shown or b"inc-" in shown), "the screen")
    assert b"\x1b[2J" not in shown
    fcntl.ioctl(controller, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 70, 0, 0))
    if "COLUMNS" not in environment:
        wait_for(lambda: b"\x1b[2J" in read(), "a screen without the picture that the terminal wrapped")
    server.send_signal(signal.SIGINT)
    wait_for(lambda: (read(), server.poll() is not None)[1], "its end")
    assert server.returncode == 0
    assert shown.rindex(b"Stopping.") > shown.rindex(b"NAMESPACE")  # below the picture, not in it
    assert (b"\x1b[32m" in shown or b"\x1b[31m" in shown) is colour
    assert b"\x1b[?25h" in shown  # the cursor is back
    os.close(controller)


def test_a_lab_ends_with_its_server_even_if_that_is_killed(place: Place) -> None:
    words = ("--lab", "--engine", "embedded")
    server = place.up(*words)
    lab = json.loads((place.data / "lab" / "lab.json").read_text())["pid"]
    assert lab != server.pid
    assert incidents(place) == {}
    server.kill()
    server.wait()
    (place.data / "server.json").unlink()
    place.up(*words)  # waits for the orphan's end
    assert not runs(lab)
    assert json.loads((place.data / "lab" / "lab.json").read_text())["pid"] != lab


def test_the_lab_from_a_break_to_its_undo(place: Place) -> None:
    """As the README begins."""
    place.up("--lab", "--engine", "embedded")
    assert place.run("lab", "break", "image").returncode == 0
    wait_for(lambda: "WAITING plan-" in place.said(0), f"a plan that waits: {place.said(0)}", 90)
    assert "Mode ask" in place.said(0)
    (row,) = json.loads(place.run("incidents", "-o", "json").stdout)["incidents"]
    assert f"helmward approve {row['waitingFor']}" in place.said(0)
    assert place.run("plan", row["id"]).returncode == 0
    plans, actions = place.start("plan", "--list", "--watch"), place.start("actions", "-w", "-o", "name")
    wait_for(lambda: row["waitingFor"] in place.said(1), "the list of plans")
    done = place.run("approve", row["id"], "--wait")
    assert (done.returncode, "proof: the first cause is gone" in done.stdout) == (0, True), done.stderr
    wait_for(lambda: f"DONE {row['waitingFor']}" in place.said(0), "the server says so too")
    undone = place.run("undo", row["id"], "--wait")
    assert undone.returncode == 0, undone.stderr
    assert place.run("audit", "verify").returncode == 0
    wait_for(lambda: f"{row['waitingFor']}   undone" in place.said(1), "the plan's last state")
    wait_for(lambda: place.said(2).count("act-") >= 2, "both actions")
    for watching in (plans, actions):
        watching.send_signal(signal.SIGINT)
        assert watching.wait(15) == 130


def test_what_is_broken_in_the_lab_before_the_first_look_is_no_baseline(place: Place) -> None:
    """In a second terminal somebody can be quicker than the server."""
    place.start("up", "--port", "0", "--lab", "--engine", "embedded")
    wait_for((place.data / "lab" / "lab.json").exists, "the lab")
    assert place.run("lab", "break", "image").returncode == 0
    wait_for(lambda: "has no tag 2.5.0" in place.said(0), "the incident")
    assert "BASELINE" not in place.said(0)


def test_settings_of_the_user_hold_on_the_lab_too(place: Place) -> None:
    settings = place.folder / "own.yaml"
    settings.write_text("changes: {mode: observe}")
    place.up("--lab", "--engine", "embedded", "--config", str(settings))
    wait_for(lambda: "API: " in place.said(0), "the greeting")
    assert "it changes nothing" in place.said(0)
    refused = place.run("tools", "run", "rollout_restart", "namespace=production", "name=frontend")
    assert (refused.returncode, refused.stdout) == (5, "")
