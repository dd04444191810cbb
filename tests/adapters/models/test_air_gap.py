"""No packet of an air-gapped gateway goes anywhere but to what is listed: seen on the wire of a network namespace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .conftest import UNTESTED
from .enclosed import ALLOWED, ELSEWHERE

_ROOT = Path(__file__).parents[3]
_UNSHARE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]


def _enclosed(mode: str, folder: Path) -> dict[str, Any]:
    """What enclosed.py says, run in a network namespace of its own."""
    try:
        probe = subprocess.run([*_UNSHARE, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, timeout=30)
        refused = probe.stderr.strip() if probe.returncode else ""
    except FileNotFoundError as error:
        refused = str(error)
    if refused and os.environ.get("HELMWARD_REQUIRE_NETNS") == "1":
        pytest.fail(refused, pytrace=False)
    if refused:
        pytest.skip(f"{UNTESTED}: {refused[:200]}")
    words = [*_UNSHARE, sys.executable, "-m", f"{__package__}.enclosed", mode, str(folder)]
    done = subprocess.run(words, cwd=_ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_no_packet_goes_anywhere_else(tmp_path: Path) -> None:
    told = _enclosed("air-gapped", tmp_path)
    said = told["said"]
    assert (said["by address"], said["by name"], said["redirected"]) == ("200", "200", "307")
    assert f"'stray.test' is at {ELSEWHERE}:" in said["leads elsewhere"]
    assert "alone, and 'unknown.test' is not there" in said["not in the file"]
    assert told["seen"] == [ALLOWED] and told["elsewhere"] == 0


def test_and_such_a_packet_would_have_been_seen(tmp_path: Path) -> None:
    told = _enclosed("open", tmp_path)
    assert told["said"]["elsewhere"] == "200" and told["elsewhere"] == 1
    asked = set(told["seen"]) - {ELSEWHERE}
    assert ELSEWHERE in told["seen"] and asked, "the question to the name server is seen too"
