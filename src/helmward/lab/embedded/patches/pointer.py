"""JSON Patch, RFC 6902, over JSON Pointer, RFC 6901."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from helmward.lab.embedded.bodies import decode, encode

_INDEX = re.compile(r"0|[1-9][0-9]*")


class PatchError(ValueError):
    """An operation that cannot be done; the whole patch is then without effect."""


def json_patch(document: Any, operations: Sequence[Any]) -> Any:
    """`document` after every operation in turn; itself unchanged. Raises PatchError, also where a `test` fails."""
    # In a box, so that the root is an element like any other.
    box = {"": decode(encode(document))}
    for operation in operations:
        if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
            raise PatchError("a JSON Patch operation needs 'op' and 'path'")
        _apply(box, operation)
    return box[""]


def _apply(box: dict[str, Any], operation: dict[str, Any]) -> None:
    path = _steps(operation["path"])
    match operation.get("op"):
        case "add":
            _add(box, path, _value(operation))
        case "remove":
            _remove(box, path)
        case "replace":
            _replace(box, path, _value(operation))
        case "test":
            _test(box, path, operation)
        case "move":
            _move(box, _steps(str(operation.get("from", "?"))), path)
        case "copy":
            _add(box, path, decode(encode(_get(box, _steps(str(operation.get("from", "?")))))))
        case other:
            raise PatchError(f"Unexpected kind: {other}")


def _value(operation: dict[str, Any]) -> Any:
    if "value" not in operation:
        raise PatchError(f"{operation['op']} operation for path {operation['path']} has no 'value'")
    return operation["value"]


def _steps(pointer: str) -> list[str]:
    if pointer and not pointer.startswith("/"):
        raise PatchError(f"'{pointer[:80]}' is not a JSON Pointer")
    if re.search(r"~(?![01])", pointer):
        raise PatchError(f"'{pointer[:80]}' holds a '~' that escapes nothing")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")]


def _index(items: list[Any], step: str, limit: int) -> int:
    if not _INDEX.fullmatch(step):
        raise PatchError(f"'{step[:40]}' is not an array index")
    if int(step) >= limit:
        raise PatchError(f"Unable to access invalid index: {step[:40]}: the array has {len(items)} items")
    return int(step)


def _child(parent: Any, step: str) -> Any:
    if isinstance(parent, dict):
        if step in parent:
            return parent[step]
        raise PatchError(f"Missing key: '{step[:80]}'")
    if isinstance(parent, list):
        return parent[_index(parent, step, len(parent))]
    raise PatchError(f"'{step[:80]}' is sought in a value that is no object and no array")


def _get(box: dict[str, Any], path: Sequence[str]) -> Any:
    value: Any = box
    for step in path:
        value = _child(value, step)
    return value


def _add(box: dict[str, Any], path: Sequence[str], value: Any) -> None:
    parent, last = _get(box, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[last] = value
    elif isinstance(parent, list):
        parent.insert(len(parent) if last == "-" else _index(parent, last, len(parent) + 1), value)
    else:
        raise PatchError(f"'{last[:80]}' cannot be added to a value that is no object and no array")


def _remove(box: dict[str, Any], path: Sequence[str]) -> Any:
    parent, last = _get(box, path[:-1]), path[-1]
    removed = _child(parent, last)
    if isinstance(parent, list):
        parent.pop(int(last))
    else:
        parent.pop(last)
    return removed


def _replace(box: dict[str, Any], path: Sequence[str], value: Any) -> None:
    parent, last = _get(box, path[:-1]), path[-1]
    _child(parent, last)
    parent[int(last) if isinstance(parent, list) else last] = value


def _move(box: dict[str, Any], source: list[str], path: list[str]) -> None:
    if path[: len(source)] == source and len(path) > len(source):
        raise PatchError("a value cannot be moved into itself")
    _add(box, path, _remove(box, source))


def _test(box: dict[str, Any], path: Sequence[str], operation: dict[str, Any]) -> None:
    if not same(_get(box, path), _value(operation)):
        raise PatchError(f"testing value {operation['path'][:200]} failed")


def same(one: Any, other: Any) -> bool:
    """JSON equality (RFC 6902, 4.6): numbers by value, and true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return bool(one == other)
