"""Events from printed text: they have no name there, so they get one from what they say."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from helmward.watch.files.aliases import kind_called
from helmward.watch.files.drafts import Draft, Rank
from helmward.world.kinds import KINDS

# Of the tables of one list (plain, wide, with labels) the same rows have the same names, so they merge.
_PRINTED = (Rank.WIDE, Rank.TABLE)


class About(NamedTuple):
    """What an Event is about."""

    kind: str
    namespace: str
    name: str


def about(printed: str, namespace: str) -> About:
    """The object of `pod/pay-abc`, as the OBJECT column prints it (its kind in lower case)."""
    resource, _, name = printed.partition("/")
    kind = kind_called(resource)
    if kind is None:
        return About(resource, namespace, name)
    return About(kind.name, namespace if kind.namespaced else "", name)


Times = tuple[str | None, str | None, int]
"""First and last time (RFC 3339, None if unknown) and count."""


def event(
    of: About, namespace: str, type_: str, reason: str, message: str, source: str, times: Times
) -> dict[str, Any]:
    """A core/v1 Event."""
    first, last, count = times
    digest = hashlib.sha256("\x1f".join((*of, reason, message)).encode("utf-8", "replace")).hexdigest()[:16]
    component, _, host = source.partition(", ")
    kind = kind_called(of.kind)
    made: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{of.name}.{digest}", "namespace": namespace},
        "involvedObject": {
            "apiVersion": kind.api if kind else "",
            "kind": of.kind,
            "namespace": of.namespace,
            "name": of.name,
        },
        "type": type_,
        "reason": reason,
        "message": message,
        "count": count,
        "source": {"component": component, **({"host": host} if host else {})},
    }
    if first:
        made["firstTimestamp"] = made["metadata"]["creationTimestamp"] = first
    if last:
        made["lastTimestamp"] = last
    return made


def draft(document: dict[str, Any], rank: Rank, file: str, line: int) -> Draft:
    """An Event as a draft."""
    metadata = document["metadata"]
    return Draft(KINDS["Event"], metadata["namespace"], metadata["name"], rank, file, line, b"", document)


def numbered(drafts: list[Draft]) -> list[Draft]:
    """The drafts of one file, with Events that say the same, but happened apart, told apart by name."""
    seen: Counter[str] = Counter()
    for item in drafts:
        if item.kind.name != "Event":
            continue
        seen[item.name] += 1
        if seen[item.name] > 1:
            item.name = f"{item.name}-{seen[item.name]}"
            item.decoded()["metadata"]["name"] = item.name
    return drafts


def drop_repeated(drafts: Iterable[Draft]) -> list[Draft]:
    """All drafts, but of an Event that several sources tell only the best source's."""
    drafts = list(drafts)
    if not any(item.kind.name == "Event" and item.rank > Rank.WRITTEN for item in drafts):
        return drafts
    drafts.sort(key=lambda item: item.rank)
    kept: list[Draft] = []
    best: dict[tuple[str, ...], Draft] = {}
    for item in drafts:
        if item.kind.name != "Event":
            kept.append(item)
            continue
        document = item.decoded()
        named = document.get("involvedObject")
        of = named if isinstance(named, dict) else {}
        said = (*(str(of.get(key) or "") for key in ("kind", "namespace", "name")), *_said(document))
        known = best.get(said)
        if known is None:
            best[said] = item
        elif item.rank == known.rank or (item.rank in _PRINTED and known.rank in _PRINTED):
            kept.append(item)
    return [*kept, *best.values()]


def _said(document: dict[str, Any]) -> tuple[str, str]:
    return str(document.get("reason") or ""), " ".join(str(document.get("message") or "").split())
