"""Patches as people write them, worked out here: the plan shows what comes of them, value by value.

`merge` is a JSON merge patch (RFC 7386), except that the lists which Kubernetes merges by name (strategic merge patch,
patchMergeKey `name` of PodSpec and Container in the Kubernetes API) are merged by name. `json` is a JSON Patch (RFC 6902) of
add, replace and remove.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from helmward.core.errors import UsageError
from helmward.core.pointers import steps_of
from helmward.core.text import one_line
from helmward.tools.kubernetes.differences import named

_BY_NAME = frozenset({"containers", "initContainers", "env", "volumes"})


def merged(value: Any, patch: Any, key: str = "") -> Any:
    """What a merge patch makes of a value; neither is changed."""
    if isinstance(patch, Mapping):
        found = dict(value) if isinstance(value, dict) else {}
        for name, inner in patch.items():
            if inner is None:
                found.pop(name, None)
            else:
                found[name] = merged(found.get(name), inner, name)
        return found
    if key in _BY_NAME and named(patch) and named(value):
        return _merged_by_name(value, patch)
    return copy.deepcopy(patch)


def _merged_by_name(items: list[dict[str, Any]], patches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = {item["name"]: item for item in items}
    for patch in patches:
        found[patch["name"]] = merged(found.get(patch["name"]), patch)
    return list(found.values())


def patched(document: Any, operations: Sequence[Any]) -> Any:
    """What a JSON Patch makes of a document; it is not changed. Raises UsageError naming what does not fit."""
    found = copy.deepcopy(document)
    for number, operation in enumerate(operations):
        if not isinstance(operation, Mapping) or not isinstance(operation.get("path"), str):
            raise UsageError(f"patch.{number}: an operation has op, path and value.")
        try:
            found = _applied(found, operation.get("op"), steps_of(operation["path"]), operation)
        except (LookupError, ValueError, TypeError):
            raise UsageError(
                f"patch.{number}: {one_line(str(operation.get('op')), 20)} does not fit at "
                f"{one_line(operation['path'], 120)}; the operations are add, replace and remove."
            ) from None
    return found


def _applied(value: Any, op: Any, steps: list[str], operation: Mapping[str, Any]) -> Any:
    if not steps:
        raise ValueError("the whole object cannot be replaced")
    *parents, last = steps
    holder = value
    for step in parents:
        holder = holder[_index(holder, step)] if isinstance(holder, list) else holder[step]
    if op not in ("add", "replace", "remove") or (op != "remove" and "value" not in operation):
        raise ValueError("no such operation")
    if isinstance(holder, list):
        _in_list(holder, op, last, operation.get("value"))
    elif op == "add":
        _object(holder)[last] = copy.deepcopy(operation["value"])
    else:
        holder[last]  # raises where there is nothing
        holder.pop(last) if op == "remove" else holder.update({last: copy.deepcopy(operation["value"])})
    return value


def _in_list(items: list[Any], op: str, step: str, value: Any) -> None:
    if op == "add":
        items.insert(len(items) if step == "-" else _index(items, step, 1), copy.deepcopy(value))
    elif op == "remove":
        items.pop(_index(items, step))
    else:
        items[_index(items, step)] = copy.deepcopy(value)


def _index(items: list[Any], step: str, beyond: int = 0) -> int:
    if not step.isdecimal() or int(step) >= len(items) + beyond:
        raise LookupError(step)
    return int(step)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value
