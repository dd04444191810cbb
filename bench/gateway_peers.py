"""LiteLLM's proxy, where it is installed, for bench/gateway.py: one worker before the bench's model server, with a key to come
in and nothing else of it switched on."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.peers import installed, offline

PATIENCE = 60.0
"""Seconds that a peer has to start."""

# What it would otherwise fetch when it starts.
_LOCAL = ("MODEL_COST_MAP", "ANTHROPIC_BETA_HEADERS", "BLOG_POSTS", "AUTOROUTER_PRESETS", "POLICY_TEMPLATES")


class Peer(NamedTuple):
    """A gateway that runs: its name with the version, where, what it takes to come in, its process."""

    name: str
    url: str
    token: str
    pid: int


@contextmanager
def litellm(upstream: str) -> Iterator[Peer | None]:
    """LiteLLM's proxy before the model server at that URL; None where it is not installed or does not start, after a line
    that says so."""
    version = installed("litellm", "litellm[proxy]==1.106.0")
    if version is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        token, port, home = f"sk-{secrets.token_hex(16)}", _free_port(), Path(folder)
        with (home / "output").open("wb") as output:
            process = subprocess.Popen(
                _command(home, upstream, token, port), env=_environment(home), stdout=output, stderr=subprocess.STDOUT
            )
        try:
            if _answers(process, f"http://127.0.0.1:{port}/health/liveliness"):
                yield Peer(f"LiteLLM {version}", f"http://127.0.0.1:{port}/v1", token, process.pid)
            else:
                print(f"  LiteLLM {version} did not start in {PATIENCE:.0f} s: {_last_line(home / 'output')}")
                yield None
        finally:
            _end(process)


def _command(home: Path, upstream: str, token: str, port: int) -> list[str]:
    model = {"model": "openai/bench", "api_base": upstream, "api_key": "none"}
    config = {
        "model_list": [{"model_name": "bench", "litellm_params": model}],
        "general_settings": {"master_key": token},
        "litellm_settings": {"telemetry": False},
    }
    (home / "config.yaml").write_text(json.dumps(config))  # JSON is YAML
    where = ["--host", "127.0.0.1", "--port", str(port), "--num_workers", "1", "--telemetry", "False"]
    return [str(Path(sys.executable).with_name("litellm")), "--config", str(home / "config.yaml"), *where]


def _environment(home: Path) -> dict[str, str]:
    local = {f"LITELLM_LOCAL_{name}": "True" for name in _LOCAL}
    return {**offline(home), **local, "LITELLM_MODE": "PRODUCTION", "LITELLM_LOG": "ERROR"}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with direct.open(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.2)
    return False


def _last_line(output: Path) -> str:
    lines = output.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else "it said nothing."


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
