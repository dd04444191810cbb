"""Follows a plan to its end, and turns how it ended into an exit code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import click

from helmward.core.errors import DeniedError, HelmwardError, WaitingError
from helmward.core.text import one_line
from helmward.faces.cli import http, planned

_PAUSE = 0.25  # seconds between two looks at one plan
_EVERY = 1.0  # seconds between two looks at all of them
_DENIED = ("refused", "denied", "expired", "void", "killed")


def follow(server: http.Server, plan: dict[str, Any]) -> dict[str, Any]:
    """The plan (as shown) once nothing more happens to it by itself."""
    from helmward.core.plans import ENDED

    while plan["state"] not in ENDED and plan["state"] != "waiting":
        time.sleep(_PAUSE)
        plan = http.get(server, f"/plans/{http.part(plan['id'])}", peek="true")
    return plan


def end(server: http.Server, plan: dict[str, Any], wait: bool, fmt: str) -> int:
    """Print what follows from a decision: the actions' ids at once, or with `wait` the outcome and the proof.

    Returns 0 for a plan that runs or is done. Raises WaitingError, DeniedError, and HelmwardError for one that failed."""
    if plan["state"] not in ("waiting", *_DENIED) and not wait:
        if fmt in ("json", "yaml"):
            planned.show(plan, fmt)
        else:
            for action in plan["actions"]:
                click.echo(action["id"])
        return 0
    plan = follow(server, plan)
    if fmt in ("json", "yaml", "name"):
        planned.show(plan, fmt)
    elif plan["state"] not in ("waiting", *_DENIED):
        for line in planned.outcome(plan):
            click.echo(line)
    return settled(plan)


def changes(look: Callable[[], list[dict[str, Any]]], known: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows that are new or in another state than when they were last looked at, until the server is gone."""
    states = {row["id"]: row["state"] for row in known}
    while True:
        time.sleep(_EVERY)
        rows = look()
        yield from (row for row in reversed(rows) if states.get(row["id"]) != row["state"])
        states = {row["id"]: row["state"] for row in rows}


def settled(plan: dict[str, Any]) -> int:
    """0 for a plan that runs or is done. Raises what its state means otherwise."""
    state, text = plan["state"], one_line(plan["text"] or plan["reason"], 500).rstrip(".")
    if state == "waiting":
        raise WaitingError(f"{plan['id']} waits for an approval: helmward approve {plan['id']}")
    if state in _DENIED:
        raise DeniedError(f"{plan['id']} is {state}: {text}.")
    if state in ("failed", "undone"):
        raise HelmwardError(f"{plan['id']} {'failed' if state == 'failed' else 'was undone'}: {text}.")
    return 0
