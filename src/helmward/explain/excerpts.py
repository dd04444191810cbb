"""How the value of a field reads in one line: what it says first, and no bare value without its name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

Fields = Mapping[str, Any]

_INDEX = re.compile(r"\[(?:\d+|\*)\]$")
_NAMED = re.compile(r"\[([^\[\]]+)\]$")
_NONE = "(none)"
_TIMES = ("Time", "At")  # a condition's and a state's: when, never what


def excerpt(path: str, value: object) -> str:
    """`value`, as it stands at `path` (kubectl's jsonpath, or words in parentheses).

    What holds a message says it (`ErrImagePull: …`, as an Event is written), a mapping its fields (`port: 80, targetPort:
    http`), and what is a mere value stands behind its field's name (`replicas: 0`). Fields at their defaults are left out.
    """
    plain = _plain(value)
    if isinstance(plain, dict) and plain:
        return _mapping(plain)
    if isinstance(plain, list) and any(isinstance(item, dict) for item in plain):
        return "; ".join(_mapping(item) if isinstance(item, dict) else _inner(item) for item in plain)
    shown = ", ".join(map(_inner, plain)) or _NONE if isinstance(plain, list) else _inner(plain)
    name = _name(path)
    return f"{name}: {shown}" if name and shown else shown


def _mapping(fields: Fields) -> str:
    said, code = fields.get("message"), fields.get("exitCode")
    if said:
        why = fields.get("reason") or fields.get("type")
        told = f"{why}: {said}" if why else str(said)
        return told if code is None else f"exitCode: {code}, {told}"
    timeless = {name: part for name, part in fields.items() if not name.endswith(_TIMES)} or fields
    if "type" in timeless and "status" in timeless:  # a condition
        rest = {name: part for name, part in timeless.items() if name not in ("type", "status")}
        return _pairs({str(fields["type"]): fields["status"], **rest})
    return _pairs(timeless)


def _pairs(fields: Fields) -> str:
    return ", ".join(f"{name}: {_inner(value)}" for name, value in fields.items() if value not in (None, ""))


def _inner(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"{{{_pairs(value)}}}" if value else _NONE
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_inner, value))}]" if value else _NONE
    return "" if value is None else str(value)


def _name(path: str) -> str:
    """The field's own name: `TIMEOUT` of `.data[TIMEOUT]`, `backendRefs` of `.spec.rules[0].backendRefs[0]`, `env URL` of
    `(env URL of container web)`."""
    if not path.startswith("."):
        return path.strip("()").partition(" of ")[0]
    path = _INDEX.sub("", path)
    named = _NAMED.search(path)
    return named.group(1) if named else path.rpartition(".")[2]


def _plain(value: object) -> Any:
    """A view as the API would write it: fields at their defaults left out."""
    if isinstance(value, msgspec.Struct):
        defaults = _defaults(type(value))
        return {name: part for name, part in msgspec.to_builtins(value).items() if part != defaults.get(name)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


@cache
def _defaults(kind: type[msgspec.Struct]) -> dict[str, Any]:
    built: dict[str, Any] = msgspec.to_builtins(kind())
    return built
