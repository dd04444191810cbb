"""`helmward lab` as its own process: it starts, is broken and mended from other processes, and ends on a signal."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_HELMWARD = [sys.executable, "-m", "helmward"]


def helmward(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command on the data folder."""
    environment = {**os.environ, "HELMWARD_DATA_DIR": str(data)}
    return subprocess.run([*_HELMWARD, *arguments], env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture(params=["embedded", pytest.param("kube", marks=pytest.mark.kube)])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A data folder whose lab runs."""
    command = [*_HELMWARD, "lab", "up", "--engine", request.param, "--data-dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    assert first.startswith(f"The lab is ready: {request.param} engine at https://127.0.0.1:"), first
    yield tmp_path
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest
    assert not (tmp_path / "lab" / "lab.json").exists()


def test_break_list_mend(data: Path) -> None:
    broke = helmward(data, "lab", "break", "selector", "port")
    assert (broke.returncode, broke.stdout) == (0, "Broke selector, port. `helmward lab mend` puts it right.\n")
    listed = json.loads(helmward(data, "lab", "list", "-o", "json").stdout)["faults"]
    assert {fault["name"] for fault in listed if fault["broken"]} == {"selector", "port"}
    mended = helmward(data, "lab", "mend")
    assert (mended.returncode, mended.stdout) == (0, "Mended port, selector.\n")
    assert helmward(data, "lab", "mend").stdout == "Nothing was broken.\n"


def test_a_second_lab_leaves_the_first_alone(data: Path) -> None:
    second = helmward(data, "lab", "up")
    assert second.returncode == 2
    assert "A lab runs in" in second.stderr and len(second.stderr.splitlines()) == 1
    assert helmward(data, "lab", "mend").returncode == 0


def test_no_lab(tmp_path: Path) -> None:
    refused = helmward(tmp_path, "lab", "break", "image")
    assert refused.returncode == 7
    assert refused.stderr == ("helmward: No lab is running: start one with 'helmward up --lab' or 'helmward lab up'.\n")


def test_a_fault_that_is_none(tmp_path: Path) -> None:
    assert helmward(tmp_path, "lab", "break").returncode == 2


@pytest.mark.parametrize("format_", ["table", "json", "yaml", "name"])
def test_list_needs_no_lab(tmp_path: Path, format_: str) -> None:
    listed = helmward(tmp_path, "lab", "list", "-o", format_)
    assert listed.returncode == 0
    assert "missing-secret" in listed.stdout
