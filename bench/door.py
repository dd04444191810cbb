"""The door: reading calls, approve → act, audit, healing, and a start with changes on. Each with its baseline."""

from __future__ import annotations

import tempfile

from bench import audit, door_calls, door_lab, door_replay, startup


def run() -> None:
    """In the order of what is asked of it. Where others use the machine, CPU time tells more than wall time."""
    door_calls.run()
    door_lab.run()
    with tempfile.TemporaryDirectory() as folder:
        audit.appending(folder, (64,))
    door_replay.run()
    startup.with_changes()
