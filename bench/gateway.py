"""The gateway before a mock model server, beside calling that directly in the same run, and beside LiteLLM where it is installed:
rate, CPU, added latency, streams, memory. Server, model server and callers have processes of their own."""

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

from bench import intents, mcp
from bench.gateway_peers import litellm
from bench.measure import child, row
from bench.startup import lab

CALLERS = 16
SECONDS, ROUNDS = 4.0, 3
CHUNKS = 20
GROWTH = int(os.environ.get("HELMWARD_BENCH_REQUESTS", "200000"))
"""Requests over which the memory is watched."""


class Server(NamedTuple):
    """A server that runs: where, what it takes to come in, its process."""

    url: str
    token: str
    pid: int


def run() -> None:
    """What is asked: ≥ 2,500 requests/s at c=16 with ≤ 0.4 ms CPU; added p50 ≤ 1 ms and p99 ≤ 5 ms at half load; ≤ 60 µs CPU a
    streamed chunk; growth ≤ 5 % RSS over 200,000 requests."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        kubeconfig = stack.enter_context(lab(Path(folder) / "lab"))
        mock = stack.enter_context(_started("bench.mock_upstream", str(CHUNKS)))
        home = Path(folder) / "home"
        home.mkdir()
        ours = stack.enter_context(_started("bench.gateway_servers", str(home), kubeconfig, mock.url, suffix="/v1"))
        _call(ours, 4.0)  # the guards' tables are compiled meanwhile
        row(f"{CALLERS} callers, 0.6 KB", "requests/s", "CPU ms", "p50 ms", "p99 ms")
        direct = _row("direct", [_call(mock, SECONDS) for _ in range(ROUNDS)])
        full = _row("Helmward (≥ 2500/s, ≤ 0.4 ms)", [_call(ours, SECONDS) for _ in range(ROUNDS)])
        row("ratio Helmward / direct", f"{full['rate'] / direct['rate']:.2f}")
        half = full["rate"] / 2
        before = _row("direct at that rate", [_call(mock, SECONDS, half) for _ in range(ROUNDS)])
        after = _row("Helmward at half load", [_call(ours, SECONDS, half) for _ in range(ROUNDS)])
        added = [f"{(after[name] - before[name]) * 1000:.2f}" for name in ("p50", "p99")]
        row("added (≤ 1, ≤ 5 ms)", "", "", *added)
        streamed = _row(
            f"Helmward, streams of {CHUNKS} chunks", [_call(ours, SECONDS, stream=True) for _ in range(ROUNDS)]
        )
        row("CPU µs a chunk (≤ 60)", "", f"{(streamed['cpu'] - full['cpu']) / CHUNKS * 1e6:.1f}")
        _growth(ours)
        _beside(mock, full, streamed)
    intents.run()
    mcp.run()


def _beside(mock: Server, full: dict[str, float], streamed: dict[str, float]) -> None:
    """A peer that answers wrongly spoils its own rows alone."""
    with litellm(mock.url) as peer:
        if peer is None:
            return
        server = Server(peer.url, peer.token, peer.pid)
        try:
            _call(server, 1.0)
            for title, ours, stream in (("", full, False), (f", streams of {CHUNKS} chunks", streamed, True)):
                theirs = _row(peer.name + title, [_call(server, SECONDS, stream=stream) for _ in range(ROUNDS)])
                ratios = (f"{ours[name] / theirs[name]:.3f}" for name in ("cpu", "p50", "p99"))
                row("ratio Helmward / LiteLLM", f"{ours['rate'] / theirs['rate']:.1f}", *ratios)
        except SystemExit:  # the callers have said why
            print(f"  {peer.name} does not answer as it should.")


def _growth(server: Server) -> None:
    done, first = 0.0, 0
    while done < GROWTH:
        done += _call(server, 8.0)["calls"]
        first = first or _resident(server.pid)
    last = _resident(server.pid)
    row(f"RSS after {done:.0f} requests (≤ 5 %)", f"{last / 1024:.0f} MiB", f"{(last / first - 1) * 100:+.1f} %")


def _call(server: Server, seconds: float, rate: float = 0.0, stream: bool = False) -> dict[str, float]:
    before = _cpu(server.pid)
    given = (str(CALLERS), str(seconds), str(rate), "stream" if stream else "whole")
    figures = child("bench.gateway_calls:called", server.url, server.token, *given).said
    return {**figures, "cpu": (_cpu(server.pid) - before) / figures["calls"]}


def _row(title: str, runs: list[dict[str, float]]) -> dict[str, float]:
    median = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    row(title, f"{median['rate']:.0f}", *(f"{median[name] * 1000:.2f}" for name in ("cpu", "p50", "p99")))
    return median


@contextmanager
def _started(module: str, *words: str, suffix: str = "") -> Iterator[Server]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        if not said:
            raise SystemExit(f"{module} did not start.")
        yield Server(said[0] + suffix, said[1] if len(said) > 1 else "none", process.pid)
    finally:
        process.terminate()
        process.wait()


def _cpu(pid: int) -> float:
    """CPU seconds of all threads of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> int:
    """KiB of memory."""
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1])
