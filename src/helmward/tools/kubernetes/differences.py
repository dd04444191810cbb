"""The smallest changes that turn one value into another, as JSON pointers with before and after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from helmward.core.plans import Anchor, FieldChange
from helmward.core.pointers import pointer, step_into, steps_of


def changes_between(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    """What must change at `path`. Lists whose items keep their names in order are gone into; other lists change whole."""
    if _same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from changes_between(path + pointer(key), before.get(key), after.get(key))
    elif named(before) and named(after) and [item["name"] for item in before] == [item["name"] for item in after]:
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from changes_between(path + pointer(index), old, new)
    else:
        yield FieldChange(path=path, before=before, after=after)


def anchors_of(document: Any, changes: tuple[FieldChange, ...]) -> tuple[Anchor, ...]:
    """The names of the list items that the changes go through: an index alone may come to mean another container."""
    found: dict[str, Any] = {}
    for change in changes:
        value, path = document, ""
        for step in steps_of(change.path):
            inside_list = named(value)
            value = step_into(value, step)
            path += pointer(step)
            if inside_list and path != change.path and isinstance(value, dict):
                found[path + "/name"] = value["name"]
    return tuple(Anchor(path=path, value=value) for path, value in sorted(found.items()))


def change_at(document: dict[str, Any], steps: tuple[str, ...], after: Any) -> FieldChange:
    """Set the value at these steps; where parents are missing, the change begins at the first of them."""
    value: Any = document
    for depth, step in enumerate(steps):
        inner = value.get(step) if isinstance(value, dict) else None
        if inner is None:
            for missing in reversed(steps[depth + 1 :]):
                after = {missing: after}
            return FieldChange(path=pointer(*steps[: depth + 1]), before=None, after=after)
        value = inner
    return FieldChange(path=pointer(*steps), before=value, after=after)


def named(value: Any) -> bool:
    """True for a list of objects that all have a name."""
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and "name" in item for item in value)


def _same(before: Any, after: Any) -> bool:
    """Equal as JSON: for Python true is 1."""
    return bool(before == after) and _canonical.encode(before) == _canonical.encode(after)


_canonical = msgspec.json.Encoder(order="deterministic")
