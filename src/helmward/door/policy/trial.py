"""A policy is tried in a process of its own before it is used: the engine has no time limit, and some texts end or hang it.

This side starts that process (`attempt.py`) and kills it at the deadline.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from helmward.door.audit.durable import replace
from helmward.door.policy.errors import PolicyError

DEADLINE_SECONDS = 10.0
_COMMAND = [sys.executable, "-P", "-m", "helmward.door.policy.attempt"]


def tried(
    modules: Mapping[str, str],
    inputs: Mapping[str, Any],
    deadline: float = DEADLINE_SECONDS,
    kept: Path | None = None,
) -> None:
    """Check and compile the modules, and ask them about every input (name → input). Raises PolicyError for whatever is
    wrong; takes `deadline` seconds at most.

    `kept`: a file that remembers the last trial that was passed; the very same one is not held again. Whoever can write it
    passes any policy: it belongs beside the keys, never into the data folder."""
    work = {"modules": dict(modules), "inputs": dict(inputs)}
    passed = _seal(work) if kept else b""
    if kept is None or not _holds(kept, passed):
        _apart(work, deadline)
        if kept is not None:
            with suppress(OSError):  # then the next start tries it again
                replace(kept, passed)


def _holds(kept: Path, passed: bytes) -> bool:
    try:
        return kept.read_bytes() == passed
    except OSError:
        return False


def _seal(work: Mapping[str, Any]) -> bytes:
    """A hash over what is tried and over all that tries it: this package's own source, the engine, and Python."""
    own = {path.name: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.py"))}
    held = json.dumps([work, own, version("regopy"), sys.version], sort_keys=True)
    return hashlib.sha256(held.encode()).hexdigest().encode()


def asked(
    modules: Mapping[str, str],
    entrypoints: tuple[str, ...],
    given: Mapping[str, Any] | None = None,
    deadline: float = DEADLINE_SECONDS,
) -> dict[str, Any]:
    """What each entry point is on an input (an empty one by default); one that is undefined is absent, one that fails is the
    text of its failure. Raises PolicyError as `tried` does."""
    work = {"modules": dict(modules), "entrypoints": entrypoints, "input": dict(given or {})}
    answers: dict[str, Any] = _apart(work, deadline)
    return answers


def _apart(work: Mapping[str, Any], deadline: float) -> Any:
    """The work's result. Raises PolicyError with the problem that was found, or for a process that broke down."""
    names = ", ".join(sorted(work["modules"]))
    try:
        done = subprocess.run(_COMMAND, input=json.dumps(work), capture_output=True, text=True, timeout=deadline)
    except subprocess.TimeoutExpired:
        raise PolicyError(
            f"{names}: the policy did not answer within {deadline:g} s and was stopped; "
            "look for loops over large sets and for regular expressions that backtrack."
        ) from None
    except OSError as error:
        raise PolicyError(f"{names}: the policy could not be tried ({error.strerror}); nothing was loaded.") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise PolicyError(f"{names}: the engine broke down on this policy ({last.strip()}); make its rules simpler.")
    result = json.loads(done.stdout)
    if result["problem"]:
        raise PolicyError(result["problem"])
    return result["answers"]
