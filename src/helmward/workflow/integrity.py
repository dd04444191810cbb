"""Holds what the workflows' file says of runs against the signed log. The file permits nothing; this tells who wrote into it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from helmward.core.text import one_line
from helmward.door.actions import action_ids
from helmward.door.integrity import Mismatch
from helmward.door.ledger import Ledger

FILE = "workflows.db"
_PORTABLE = "portable_json"
_QUEUES = (None, "_dbos_internal_queue")
"""DBOS puts a run into a queue of its own when it takes it up after a crash."""


def workflow_mismatches(ledger: Ledger, path: Path) -> list[Mismatch]:
    """Every run that the log knows nothing of, or that says what the log does not. Blocks; call it before DBOS runs."""
    if not path.exists():
        return []
    try:
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True) as raw:
            raw.row_factory = sqlite3.Row
            found = [*_runs(ledger, raw), *_outputs(ledger, raw)]
        raw.close()
    except sqlite3.Error as error:
        found = [("workflows.db", f"cannot be read ({error})")]
    return [
        Mismatch(table="workflows", id=one_line(str(identity), 60), text=text) for identity, text in dict(found).items()
    ]


def _runs(ledger: Ledger, raw: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    if not _has(raw, "workflow_status"):
        return
    for row in raw.execute("SELECT * FROM workflow_status"):
        identity, given = row["workflow_uuid"], _arguments(raw, row)
        if not isinstance(identity, str) or not ledger.may_run(identity):
            yield identity, "has a run, and nothing ever permitted it"
        elif row["serialization"] != _PORTABLE:
            yield identity, f"has a run that is written as {one_line(str(row['serialization']), 30)}, which we never do"
        elif row["name"] != "change" or row["queue_name"] not in _QUEUES or given != [identity]:
            yield identity, "has a run of something else"
        elif row["status"] == "SUCCESS" and identity not in ledger.closed and identity not in ledger.voided:
            yield identity, "has a run that ended, and the log does not say so"


def _outputs(ledger: Ledger, raw: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    if not _has(raw, "operation_outputs"):
        return
    rows = raw.execute("SELECT * FROM operation_outputs ORDER BY workflow_uuid, function_id")
    for identity, steps in groupby(rows, key=lambda row: row["workflow_uuid"]):
        text = _misfit(ledger, identity, list(steps))
        if text:
            yield identity, text


def _misfit(ledger: Ledger, plan: str, steps: Sequence[sqlite3.Row]) -> str:
    """What the steps of a run say that the log does not, in the order in which procedure.py asks them."""
    known = ledger.proposed.get(plan)
    own = iter(action_ids(plan, len(known.tools))) if known else iter(())
    action, undoing = "", False
    for step in steps:
        name, said = step["function_name"], _first(step["output"])
        if step["serialization"] not in (_PORTABLE, None):
            return f"has a step that is written as {one_line(str(step['serialization']), 30)}, which we never do"
        if name == "take_back":
            action, undoing = action_ids(str(said), 1)[0], True
        elif name == "act" and not undoing:
            action = next(own, "")
        if name in ("act", "check") and not _fits(ledger, name, action, said):
            return f"has a step that says of {action or 'an action'} what the log does not"
    return ""


def _fits(ledger: Ledger, name: str, action: str, said: Any) -> bool:
    intent, verdict = ledger.intents.get(action), ledger.verdicts.get(action)
    if name == "check":
        return bool(said == "failed" or (said == "done" and verdict == "done"))
    written = intent is not None and intent.outcome == "done"
    return bool(said == ("acted" if written else "failed"))


def _first(output: Any) -> Any:
    try:
        found = json.loads(output)
    except (ValueError, TypeError):
        return None
    return found[0] if isinstance(found, list) and found else found


def _arguments(raw: sqlite3.Connection, row: sqlite3.Row) -> Any:
    text = row["inputs"]
    if text is None and _has(raw, "workflow_input"):
        other = raw.execute(
            "SELECT inputs FROM workflow_input WHERE workflow_uuid = ?", (row["workflow_uuid"],)
        ).fetchone()
        text = other["inputs"] if other else None
    try:
        return json.loads(text)["positionalArgs"]
    except (ValueError, TypeError, LookupError):
        return None


def _has(raw: sqlite3.Connection, table: str) -> bool:
    return raw.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone() is not None
