"""How soon the command line answers and the server serves."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.measure import median, row

_BARE_SERVER = """
import fastapi, uvicorn
app = fastapi.FastAPI()
uvicorn.run(app, port=int(__import__('sys').argv[1]), log_config=None)
"""


def run() -> None:
    """Both, each beside its baseline."""
    helmward = str(Path(sys.executable).with_name("helmward"))
    row("", "wall ms", "CPU ms", "peak MiB")
    bare, help_ = median(7, sys.executable, "-c", "pass"), median(7, helmward, "--help")
    for name, figures in (("python -c pass", bare), ("helmward --help", help_)):
        row(name, f"{figures.wall * 1000:.0f}", f"{figures.cpu * 1000:.0f}", f"{figures.peak:.0f}")
    row("ratio", f"{help_.wall / bare.wall:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        _servers(Path(folder), helmward)


def _servers(folder: Path, helmward: str) -> None:
    environment = _environment(folder)
    with lab(folder / "lab") as kubeconfig:
        up = [helmward, "up", "--plain", "--kubeconfig", kubeconfig, "--port", "18431"]
        row("to serving", "wall ms", "CPU ms", "resident MiB")
        bare = _row(
            "bare FastAPI + uvicorn", [_serving([sys.executable, "-c", _BARE_SERVER, "18432"], 18432, environment)]
        )
        _row("helmward up, first start (makes its state)", [_serving(up, 18431, environment)])
        warm = _row("helmward up, warm start", [_serving(up, 18431, environment)])
        row("ratio warm / bare", f"{warm / bare:.1f}")


def with_changes(runs: int = 5) -> None:
    """A warm start on a lab with changes on, beside one that only observes; the median of several, in turn."""
    helmward = str(Path(sys.executable).with_name("helmward"))
    with tempfile.TemporaryDirectory() as folder, lab(Path(folder) / "lab") as kubeconfig:
        environment = _environment(Path(folder))
        up = [helmward, "up", "--plain", "--kubeconfig", kubeconfig, "--port", "18431"]
        modes = {mode: {**environment, "HELMWARD_CHANGES__MODE": mode} for mode in ("observe", "ask")}
        found: dict[str, list[_Served]] = {mode: [] for mode in modes}
        for _ in range(runs + 1):
            for mode, its in modes.items():
                found[mode].append(_serving(up, 18431, its))
        row("to serving", "wall ms", "CPU ms", "resident MiB")
        walls = {mode: _row(f"helmward up, warm, {mode} (≤ 4 s, ≤ 250 MiB)", found[mode][1:]) for mode in modes}
        row("ratio ask / observe", f"{walls['ask'] / walls['observe']:.2f}")


@contextmanager
def lab(folder: Path) -> Iterator[str]:
    """A lab of the embedded engine in a process of its own and this data folder; its kubeconfig."""
    helmward = str(Path(sys.executable).with_name("helmward"))
    words = [helmward, "lab", "up", "--engine", "embedded", "--data-dir", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        while "kubeconfig" not in (line := process.stdout.readline()):
            if not line:
                raise SystemExit("The lab did not start.")
        yield line.split("--kubeconfig ")[1].split()[0]
    finally:
        process.terminate()
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"HELMWARD_DATA_DIR": str(folder / "server"), "HELMWARD_KEY_DIR": str(folder / "keys")}


class _Served(NamedTuple):
    wall: float
    cpu: float
    resident: float


def _row(name: str, runs: Sequence[_Served]) -> float:
    """The medians of some runs as a line; that of the wall seconds."""
    wall = statistics.median(run.wall for run in runs)
    cpu, resident = statistics.median(run.cpu for run in runs), statistics.median(run.resident for run in runs)
    row(name, f"{wall * 1000:.0f}", f"{cpu * 1000:.0f}", f"{resident:.0f}")
    return wall


def _serving(words: list[str], port: int, environment: dict[str, str]) -> _Served:
    """Start it, wait until it answers, stop it. Wall and CPU in seconds, memory in MiB."""
    started = time.perf_counter()
    server = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        while time.perf_counter() - started < 30:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                    break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.01)
        wall = time.perf_counter() - started
        status = Path(f"/proc/{server.pid}/status").read_text()
        resident = int(status.split("VmRSS:")[1].split()[0]) / 1024
        fields = Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return _Served(wall, cpu, resident)
    finally:
        server.terminate()
        server.wait()
