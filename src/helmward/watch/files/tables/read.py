"""A whole table file to drafts: which kind each row is, in which namespace, and Events beside the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from helmward.watch.files import events
from helmward.watch.files.ages import time_of
from helmward.watch.files.aliases import kind_called
from helmward.watch.files.drafts import Draft, Rank
from helmward.watch.files.refusal import Refused
from helmward.watch.files.shapes import integer
from helmward.watch.files.tables.columns import Row, is_table, rows
from helmward.watch.files.tables.rows import build_for, metadata
from helmward.world.kinds import Kind

_NOTHING = ("No resources found", "No events found")
_DETAILED = {"IP", "NODE", "IMAGES", "SELECTOR", "LABELS", "INTERNAL-IP", "SUBOBJECT"}


def says_nothing(text: str) -> bool:
    """True for the sentence that kubectl prints in place of an empty table."""
    return text.strip().startswith(_NOTHING)


def read_table(text: str, file: str, kind: Kind | None, namespace: str | None, now: datetime) -> Iterator[Draft]:
    """The rows of a file. Raises Refused where it is no table or nothing says of which kind."""
    if not is_table(text):
        raise Refused("it is no table that `kubectl get` prints")
    for row in rows(text):
        if "REASON" in row.cells and "OBJECT" in row.cells:
            yield _event(row, file, namespace, now)
            continue
        called, _, name = row.cells.get("NAME", "").rpartition("/")
        of = kind_called(called) if called else kind
        if of is None:
            raise Refused(f"line {row.line}: nothing says of which kind its rows are; name the file after the resource")
        if name:
            yield _object(row, of, name, file, namespace, now)


def _object(row: Row, kind: Kind, name: str, file: str, namespace: str | None, now: datetime) -> Draft:
    namespace = (row.cells.get("NAMESPACE") or namespace or "default") if kind.namespaced else ""
    built = build_for(kind.name)(row, now)
    document: dict[str, Any] = {"apiVersion": kind.api, "kind": kind.name, **built}
    document["metadata"] = {**metadata(row, name, namespace, now), **built.get("metadata", {})}
    rank = Rank.WIDE if _DETAILED & row.cells.keys() else Rank.TABLE
    return Draft(kind, namespace, name, rank, file, row.line, b"", document)


def _event(row: Row, file: str, namespace: str | None, now: datetime) -> Draft:
    namespace = row.cells.get("NAMESPACE") or namespace or "default"
    last = time_of(row.get("LAST SEEN"), now)
    first = time_of(row.get("FIRST SEEN"), now) or last
    document = events.event(
        events.about(row.get("OBJECT"), namespace),
        namespace,
        row.get("TYPE"),
        row.get("REASON"),
        row.get("MESSAGE"),
        row.get("SOURCE"),
        (first, last, integer(row.get("COUNT")) or 1),
    )
    return events.draft(document, Rank.WIDE if "SUBOBJECT" in row.cells else Rank.TABLE, file, row.line)
