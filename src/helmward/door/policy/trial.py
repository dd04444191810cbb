"""A policy is tried in a process of its own before it is used: the engine has no time limit, and some texts end or hang it.

This side starts that process (`attempt.py`) and kills it at the deadline.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from helmward.door.policy.errors import PolicyError

DEADLINE_SECONDS = 10.0
_COMMAND = [sys.executable, "-P", "-m", "helmward.door.policy.attempt"]


def tried(modules: Mapping[str, str], inputs: Mapping[str, Any], deadline: float = DEADLINE_SECONDS) -> None:
    """Check and compile the modules, and ask them about every input (name → input). Raises PolicyError for whatever is
    wrong; takes `deadline` seconds at most."""
    _apart({"modules": dict(modules), "inputs": dict(inputs)}, deadline)


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
