"""Strategic merge patch: a merge patch that merges lists of named items, with its `$` directives."""

from __future__ import annotations

from typing import Any

from helmward.lab.embedded.bodies import Body
from helmward.lab.embedded.failures import bad_request
from helmward.lab.embedded.patches.listkeys import SETS, list_keys

_ORDER = "$setElementOrder/"
_DROP = "$deleteFromPrimitiveList/"


def strategic_patch(current: Body, patch: Body, parent: str = "") -> Body:
    """`current` with `patch` merged in (api-conventions: strategic-merge-patch.md). Neither is changed."""
    directive = patch.get("$patch")
    if directive == "replace":
        return {name: value for name, value in patch.items() if name != "$patch"}
    if directive == "delete":
        return {}
    merged = _retained(current, patch.get("$retainKeys"))
    for name, value in patch.items():
        if not name.startswith("$"):
            _set(merged, name, value, parent)
    _drop_and_order(merged, patch, parent)
    return merged


def _retained(current: Body, keys: Any) -> Body:
    return dict(current) if keys is None else {name: value for name, value in current.items() if name in keys}


def _set(merged: Body, name: str, value: Any, parent: str) -> None:
    if value is None:
        merged.pop(name, None)
    elif isinstance(value, dict):
        before = merged.get(name)
        merged[name] = strategic_patch(before if isinstance(before, dict) else {}, value, name)
    elif isinstance(value, list):
        merged[name] = _list(merged.get(name), value, name, list_keys(parent, name))
    else:
        merged[name] = value


def _list(current: Any, patch: list[Any], name: str, keys: tuple[str, ...]) -> list[Any]:
    before = current if isinstance(current, list) else []
    if name in SETS:
        return [*before, *(item for item in patch if item not in before)]
    if not keys:
        return patch
    if any(isinstance(item, dict) and item.get("$patch") == "replace" for item in patch):
        return [item for item in patch if item.get("$patch") != "replace"]
    return _merged_items(before, patch, name, keys[0])


def _merged_items(before: list[Any], patch: list[Any], name: str, key: str) -> list[Any]:
    merged = list(before)
    for item in patch:
        if not isinstance(item, dict) or key not in item:
            raise bad_request(f"map: {item!r:.80} does not contain declared merge key: {key}")
        places = [place for place, other in enumerate(merged) if other.get(key) == item[key]]
        if item.get("$patch") == "delete":
            merged = [other for other in merged if other.get(key) != item[key]]
        elif places:
            merged[places[0]] = strategic_patch(merged[places[0]], item, name)
        else:
            merged.append(strategic_patch({}, item, name))
    return merged


def _drop_and_order(merged: Body, patch: Body, parent: str) -> None:
    for name, value in patch.items():
        if name.startswith(_DROP) and name[len(_DROP) :] in merged:
            field = name[len(_DROP) :]
            merged[field] = [item for item in merged[field] if item not in value]
        elif name.startswith(_ORDER) and isinstance(merged.get(name[len(_ORDER) :]), list):
            field = name[len(_ORDER) :]
            merged[field] = _ordered(merged[field], value, list_keys(parent, field))


def _ordered(items: list[Any], order: list[Any], keys: tuple[str, ...]) -> list[Any]:
    key = keys[0] if keys else ""
    wanted = [item.get(key) if isinstance(item, dict) else item for item in order]

    def place(item: Any) -> int:
        value = item.get(key) if isinstance(item, dict) else item
        return wanted.index(value) if value in wanted else len(wanted)

    return sorted(items, key=place)
