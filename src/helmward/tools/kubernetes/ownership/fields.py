"""managedFields read: which managers hold a path of an object.

The encoding is FieldsV1 of k8s.io/apimachinery (meta/v1, FieldsV1) and sigs.k8s.io/structured-merge-diff (fieldpath):
`f:NAME` a field, `k:{KEYS}` a list item by its merge keys, `v:VALUE` an item of a set, `i:N` one by place, `.` the node
itself; an empty mapping is a leaf, and where a leaf stands over more, it is atomic and all below belongs to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import Any

from helmward.tools.kubernetes.ownership.nouns import Manager
from helmward.tools.kubernetes.ownership.pointers import step_into, steps, value_at
from helmward.tools.kubernetes.ownership.raw import MISSING, Raw, mapping, mappings, text


class Grasp(IntEnum):
    """How a manager holds a path, the surest last."""

    NONE = 0
    BELOW = 1  # it holds fields inside
    ABOVE = 2  # it holds a parent as one piece
    EXACT = 3


def entries(item: Raw) -> Iterator[tuple[Manager, Raw]]:
    """The entries of metadata.managedFields that can be read, each with its FieldsV1."""
    for entry in mappings(item, "metadata", "managedFields"):
        fields = mapping(entry, "fieldsV1")
        if fields and text(entry, "fieldsType") in ("", "FieldsV1"):
            yield _manager(entry), fields


def holders(item: Raw, pointer: str) -> list[tuple[Manager, Grasp]]:
    """Every manager that holds the path or a part of it, the surest and then the latest first."""
    path = steps(pointer)
    present = value_at(item, pointer) is not MISSING
    found = [(manager, grasp(fields, item, path)) for manager, fields in entries(item)]
    # An empty mapping that others have since filled is no atomic one: who holds the path itself goes before.
    closer = any(how in (Grasp.EXACT, Grasp.BELOW) for _, how in found)
    counts = (Grasp.EXACT, Grasp.BELOW) if closer else (Grasp.ABOVE,) if present else ()
    return sorted((holder for holder in found if holder[1] in counts), key=_surest, reverse=True)


def grasp(fields: Raw, value: Any, path: tuple[str, ...]) -> Grasp:
    """How the FieldsV1 `fields` of an object `value` hold `path`."""
    node = fields
    for step in path:
        if not node:
            return Grasp.ABOVE
        child = _child(node, value, step)
        if child is None:
            return Grasp.NONE
        node, value = child, step_into(value, step)
    if not node or "." in node:
        return Grasp.EXACT if path else Grasp.NONE
    return Grasp.BELOW


def _child(node: Raw, value: Any, step: str) -> Raw | None:
    if not isinstance(value, (list, tuple)):
        return _node(node.get(f"f:{step}"))
    item = step_into(value, step)
    if item is MISSING:
        return None
    keys = (key for key in node if isinstance(key, str) and _names(key, item, step))
    return next((found for key in keys if (found := _node(node[key])) is not None), None)


def _node(found: Any) -> Raw | None:
    return found if isinstance(found, Mapping) else None


def _names(key: str, item: Any, step: str) -> bool:
    """Whether a FieldsV1 key names this list item."""
    kind, _, rest = key.partition(":")
    if kind == "i":
        return rest == step
    if kind not in ("k", "v"):
        return False
    try:
        wanted = json.loads(rest)
    except (ValueError, RecursionError):
        return False
    if kind == "v":
        return same(wanted, item)
    if not isinstance(wanted, dict) or not wanted or not isinstance(item, Mapping):
        return False
    return all(name in item and same(part, item[name]) for name, part in wanted.items())


def same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _manager(entry: Raw) -> Manager:
    return Manager(
        name=text(entry, "manager"),
        operation=text(entry, "operation"),
        subresource=text(entry, "subresource"),
        time=text(entry, "time"),
    )


def _surest(holder: tuple[Manager, Grasp]) -> tuple[int, str, bool]:
    manager, how = holder
    return how, manager.time, manager.operation == "Apply"
