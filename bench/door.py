"""The door: reading calls, approve → act, audit, healing, and a start with changes on. Each with its baseline."""

from __future__ import annotations

from bench import door_calls, door_lab


def run() -> None:
    """In the order of issue 4."""
    door_calls.run()
    door_lab.run()
