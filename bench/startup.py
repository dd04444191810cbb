"""How soon the command line answers and the server serves."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

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
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"HELMWARD_DATA_DIR": str(folder / "lab"), "HELMWARD_KEY_DIR": str(folder / "keys")}
    lab = subprocess.Popen([helmward, "lab", "up"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert lab.stdout is not None
        while "kubeconfig" not in (line := lab.stdout.readline()):
            if not line:
                raise SystemExit("The lab did not start.")
        kubeconfig = line.split("--kubeconfig ")[1].split()[0]
        environment["HELMWARD_DATA_DIR"] = str(folder / "server")
        up = [helmward, "up", "--plain", "--kubeconfig", kubeconfig, "--port", "18431"]
        _time_to_serve("", [], 0, {})
        bare = _time_to_serve(
            "bare FastAPI + uvicorn", [sys.executable, "-c", _BARE_SERVER, "18432"], 18432, environment
        )
        _time_to_serve("helmward up, first start (makes its state)", up, 18431, environment)
        warm = _time_to_serve("helmward up, warm start", up, 18431, environment)
        row("ratio warm / bare", f"{warm / bare:.1f}")
    finally:
        lab.terminate()
        lab.wait()


def _time_to_serve(name: str, words: list[str], port: int, environment: dict[str, str]) -> float:
    if not words:
        row("to serving", "wall ms", "CPU ms", "resident MiB")
        return 0.0
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
        row(name, f"{wall * 1000:.0f}", f"{cpu * 1000:.0f}", f"{resident:.0f}")
        return wall
    finally:
        server.terminate()
        server.wait()
