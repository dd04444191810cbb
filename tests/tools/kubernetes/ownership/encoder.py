"""Random objects with random owners: what each manager holds is drawn first, and written as FieldsV1 from that.

The encoder knows nothing of the reader: it keeps, beside the FieldsV1 it writes, the plain pointers that each manager holds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

Json = dict[str, Any]
_NAMES = ("a", "name", "spec", "app.kubernetes.io/name", "x~y", "~1", "k:v", "ü", "0", "")
_SCALARS: tuple[Any, ...] = (None, True, 1, 0, "text", "1", "")


@dataclass
class Drawn:
    """An object, its managedFields, every pointer into it, and what each manager holds."""

    item: Json
    managers: tuple[str, ...]
    pointers: list[str] = field(default_factory=list)
    held: dict[str, set[str]] = field(default_factory=dict)


def draw(random: Random) -> Drawn:
    """One object with up to four managers."""
    managers = tuple(f"manager-{number}" for number in range(random.randint(0, 4)))
    drawn = Drawn({}, managers, held={name: set() for name in managers})
    fields: dict[str, Json] = {name: {} for name in managers}
    body = _map(random, drawn, fields, "", 0)
    entries = [
        {"manager": name, "operation": "Update", "time": f"2026-01-0{place + 1}T00:00:00Z", "fieldsV1": fields[name]}
        for place, name in enumerate(managers)
    ]
    random.shuffle(entries)
    drawn.item = body | {"metadata": {"managedFields": entries}}
    return drawn


def _node(random: Random, drawn: Drawn, fields: dict[str, Json], pointer: str, depth: int) -> Any:
    """A value at `pointer`; `fields` are the nodes of the managers' FieldsV1 that stand for it."""
    drawn.pointers.append(pointer)
    kind = random.choice(("scalar", "atomic") if depth > 3 else ("scalar", "atomic", "map", "map", "keyed", "set"))
    if kind == "map":
        value: Any = _map(random, drawn, fields, pointer, depth)
    elif kind == "keyed":
        value = _keyed(random, drawn, fields, pointer, depth)
    elif kind == "set":
        value = _set(random, drawn, fields, pointer)
    else:
        value = random.choice(_SCALARS) if kind == "scalar" else _atomic(drawn, pointer)
    _hold(random, drawn, fields, pointer)
    return value


def _map(random: Random, drawn: Drawn, fields: dict[str, Json], pointer: str, depth: int) -> Json:
    value = {}
    for name in random.sample(_NAMES, random.randint(0, 3)):
        below: dict[str, Json] = {manager: {} for manager in fields}
        at = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        value[name] = _node(random, drawn, below, at, depth + 1)
        _join(drawn, fields, below, f"f:{name}", at)
    return value


def _keyed(random: Random, drawn: Drawn, fields: dict[str, Json], pointer: str, depth: int) -> list[Json]:
    value = []
    for place in range(random.randint(0, 3)):
        keys: Json = {"name": f"n{place}"} if random.random() < 0.5 else {"port": place, "protocol": "TCP"}
        below: dict[str, Json] = {manager: {} for manager in fields}
        at = f"{pointer}/{place}"
        drawn.pointers.append(at)
        value.append(keys | {"more": _map(random, drawn, more := {m: {} for m in fields}, f"{at}/more", depth + 1)})
        drawn.pointers.append(f"{at}/more")
        _hold(random, drawn, more, f"{at}/more")
        _join(drawn, below, more, "f:more", f"{at}/more")
        _hold(random, drawn, below, at)
        _join(drawn, fields, below, "k:" + json.dumps(keys, separators=(",", ":")), at)
    return value


def _set(random: Random, drawn: Drawn, fields: dict[str, Json], pointer: str) -> list[Any]:
    value = random.sample(("x", "y", 1, True), random.randint(0, 3))
    for place, element in enumerate(value):
        below: dict[str, Json] = {manager: {} for manager in fields}
        at = f"{pointer}/{place}"
        drawn.pointers.append(at)
        _hold(random, drawn, below, at)
        _join(drawn, fields, below, f"v:{json.dumps(element)}", at)
    return value


def _atomic(drawn: Drawn, pointer: str) -> Json:
    drawn.pointers += [f"{pointer}/inside", f"{pointer}/inside/0"]
    return {"inside": [1]}


def _hold(random: Random, drawn: Drawn, fields: dict[str, Json], pointer: str) -> None:
    """Some managers hold the value itself: a leaf, or `.` where they hold something inside as well."""
    for manager, node in fields.items():
        if random.random() < 0.3:
            drawn.held[manager].add(pointer)
            if node:
                node["."] = {}


def _join(drawn: Drawn, fields: dict[str, Json], below: dict[str, Json], key: str, pointer: str) -> None:
    for manager, node in below.items():
        if node or pointer in drawn.held[manager]:
            fields[manager][key] = node
