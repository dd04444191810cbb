"""What Go's `omitempty` leaves out of an object: nulls, empty lists and empty maps, as a round trip through a type does."""

from __future__ import annotations

from typing import Any

from helmward.lab.embedded.bodies import Body

# Lists without omitempty, and the maps that have it; an empty struct such as emptyDir means something.
_KEPT = frozenset(["containers"])
_MAPS = frozenset(
    ["labels", "annotations", "matchLabels", "nodeSelector", "data", "binaryData", "requests", "limits", "parameters"]
)
# Shown as null by the API: the fields of these kinds have no omitempty.
_NULLABLE = {
    "EndpointSlice": frozenset(["endpoints", "ports"]),
    "Event": frozenset(["firstTimestamp", "lastTimestamp", "eventTime"]),
}


def without_empties(body: Body) -> Body:
    """The object without what its type would not write; the status stays as its writer sent it."""
    nullable = _NULLABLE.get(body.get("kind", ""), frozenset())
    kept = {name: value for name, value in body.items() if value is not None or name in nullable}
    for name, value in kept.items():
        if name != "status":
            kept[name] = _clean(value)
    return {name: value for name, value in kept.items() if name in nullable or not _empty(name, value)}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        cleaned = {name: _clean(child) for name, child in value.items()}
        return {name: child for name, child in cleaned.items() if not _empty(name, child)}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value


def _empty(name: str, value: Any) -> bool:
    return value is None or (value == [] and name not in _KEPT) or (value == {} and name in _MAPS)
