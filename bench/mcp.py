"""MCP calls of a tool that does nothing: token, policy, schema and audit, beside the SDK's bare server in the same run.

Servers and callers have processes of their own. The callers speak plain HTTP: the SDK's client would be measured instead."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.measure import child, row
from bench.startup import lab

CALLERS = 16
SECONDS, _ROUNDS = 3.0, 3
REVISIONS = ("2026-07-28", "2025-11-25")


class _Server(NamedTuple):
    """A server that runs: where, what it takes to come in, its process."""

    url: str
    token: str
    pid: int


def run() -> None:
    """Both servers side by side, called in turn in each revision; the medians of several rounds."""
    found: dict[tuple[str, str], list[dict[str, float]]] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        kubeconfig = stack.enter_context(lab(Path(folder) / "lab"))
        servers = {name: stack.enter_context(_served(name, folder, kubeconfig)) for name in ("bare", "helmward")}
        for _ in range(_ROUNDS):
            for revision in REVISIONS:
                for name, server in servers.items():
                    found.setdefault((revision, name), []).append(_called(server, revision))
    row(f"{CALLERS} callers", "calls/s", "per CPU second", "CPU ms/call", "p50 ms", "p99 ms")
    for revision in REVISIONS:
        bare = _row(f"bare SDK server, {revision}", found[revision, "bare"])
        ours = _row(f"Helmward, {revision} (≥ 600/s)", found[revision, "helmward"])
        row("ratio Helmward / bare", f"{ours / bare:.2f}")


def _called(server: _Server, revision: str) -> dict[str, float]:
    before = _cpu(server.pid)
    figures = child("bench.mcp_calls:called", server.url, server.token, revision).said
    return {**figures, "cpu": (_cpu(server.pid) - before) / figures["calls"]}


def _row(title: str, runs: list[dict[str, float]]) -> float:
    """The medians as a line; that of the calls a second."""
    median = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    times = (f"{median[name] * 1000:.2f}" for name in ("cpu", "p50", "p99"))
    row(title, f"{median['rate']:.0f}", f"{1 / median['cpu']:.0f}", *times)
    return median["rate"]


@contextmanager
def _served(name: str, folder: str, kubeconfig: str) -> Iterator[_Server]:
    words = [sys.executable, "-m", "bench.mcp_servers", name, folder, kubeconfig]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        if len(said) != 2:
            raise SystemExit(f"The server {name} did not start.")
        yield _Server(said[0], said[1], process.pid)
    finally:
        process.terminate()
        process.wait()


def _cpu(pid: int) -> float:
    """CPU seconds of all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
