"""One object from several sources: the best source wins, field by field; complete objects take nothing from others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from helmward.watch.files.drafts import Draft, Rank, dicts

# Lists whose items are matched by this field, as the API's own merge keys say (core/v1 and apps/v1 OpenAPI, v1.34).
_MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "containerStatuses": "name",
    "initContainerStatuses": "name",
    "volumes": "name",
    "conditions": "type",
    "ports": "port",
    "rules": "host",
}


def merged(drafts: Iterable[Draft]) -> Draft:
    """The one object that all of these (of one name) describe; its file and line are the best source's."""
    ordered = sorted(drafts, key=_order)
    best = ordered[0]
    if best.rank is Rank.LIVE or len(ordered) == 1:
        return best
    document = best.decoded()
    for other in ordered[1:]:
        if other.rank is not Rank.WRITTEN or best.rank is not Rank.WRITTEN:
            document = fill(document, other.decoded())
    return Draft(best.kind, best.namespace, best.name, best.rank, best.file, best.line, b"", document)


def fill(best: Any, other: Any, field: str = "") -> Any:
    """`best` with whatever it lacks taken from `other`; what `best` says is never overwritten."""
    if isinstance(best, dict) and isinstance(other, dict):
        if field == "state" and best:
            return best  # waiting, running and terminated exclude each other
        return {**other, **{key: fill(value, other.get(key), key) for key, value in best.items()}}
    key = _merge_key(field, best)
    if key and isinstance(best, list) and isinstance(other, list) and best:
        by_key = {str(item.get(key)): item for item in other if isinstance(item, dict)}
        return [fill(item, by_key.get(str(item.get(key)))) if isinstance(item, dict) else item for item in best]
    return other if best is None else best


def _merge_key(field: str, items: Any) -> str | None:
    if field == "ports" and any("containerPort" in item for item in dicts(items)):
        return "containerPort"
    return _MERGE_KEYS.get(field)


def _order(draft: Draft) -> tuple[int, int, bytes]:
    """Best rank first; of two versions of one object the newer, whatever order the files came in."""
    return draft.rank, -_version(draft), draft.encoded()


def _version(draft: Draft) -> int:
    if draft.rank is not Rank.LIVE:
        return 0
    metadata = draft.decoded().get("metadata") or {}
    version = metadata.get("resourceVersion") if isinstance(metadata, dict) else ""
    return int(version) if isinstance(version, str) and version.isdigit() else 0
