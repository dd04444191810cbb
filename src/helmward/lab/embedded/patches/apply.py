"""Server-side apply: a merge in which every field has its managers, and a conflict is told, not overwritten."""

from __future__ import annotations

from typing import Any

from helmward.lab.embedded.bodies import Body, clone, decode, now
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.patches.fieldsets import Path, item_step, leaves, shown
from helmward.lab.embedded.patches.listkeys import ATOMIC, SETS, key_value, list_keys
from helmward.lab.embedded.patches.managers import Manager, Managers, Owned, read, without, write
from helmward.lab.embedded.patches.pointer import same


def apply(live: Body | None, config: Body, manager: Manager, force: bool) -> Body:
    """`live` with the applied configuration merged in and its managedFields kept.

    What the manager applied before and leaves out now goes, unless somebody else owns it too.
    Raises ApiFailure 409 when another manager owns a field with another value and `force` is not set.
    """
    current = clone(live) if live else {}
    wanted, managers = leaves(config), read(current)
    disputed = _disputes(leaves(current), wanted, managers, manager)
    if disputed and not force:
        raise _conflict(disputed, managers)
    given_up = managers.get(manager, Owned()).paths - set(wanted)
    managers = without(managers, {path for _, path in disputed}, but=manager)
    managers.pop(manager, None)
    owned_by_others = {path for owned in managers.values() for path in owned.paths}
    merged: Body = _merge(current, config, "")
    for path in sorted(given_up - owned_by_others, key=len):
        _prune(merged, path, owned_by_others | set(wanted))
    managers[manager] = Owned(frozenset(wanted), _time(current, manager, wanted))
    write(merged, managers)
    return merged


def _time(current: Body, manager: Manager, wanted: dict[Path, Any]) -> str:
    before, have = read(current).get(manager), leaves(current)
    unchanged = all(path in have and same(have[path], value) for path, value in wanted.items())
    return before.time if before and before.paths == set(wanted) and unchanged else now()


def _disputes(
    have: dict[Path, Any], wanted: dict[Path, Any], managers: Managers, manager: Manager
) -> list[tuple[Manager, Path]]:
    changes = [path for path, value in wanted.items() if path in have and not same(have[path], value)]
    return [
        (other, path)
        for other, owned in managers.items()
        if other != manager
        for path in changes
        if path in owned.paths
    ]


def _conflict(disputed: list[tuple[Manager, Path]], managers: Managers) -> ApiFailure:
    told = [(other.words(managers[other].time), shown(path)) for other, path in disputed]
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {words}", "field": path} for words, path in told
    ]
    if len(told) == 1:
        text = f"1 conflict: conflict with {told[0][0]}: {told[0][1]}"
    else:
        lines = [
            "\n".join([f"conflicts with {words}:", *(f"- {path}" for other, path in told if other == words)])
            for words in sorted({words for words, _ in told})
        ]
        text = f"{len(told)} conflicts: " + "\n".join(lines)
    return ApiFailure(409, "Conflict", f"Apply failed with {text}", {"causes": causes})


def _merge(current: Any, config: Any, parent: str) -> Any:
    if not isinstance(config, dict) or parent in ATOMIC:
        return config
    merged = dict(current) if isinstance(current, dict) else {}
    for name, value in config.items():
        keys = list_keys(parent, name)
        before = merged.get(name)
        if isinstance(value, list) and isinstance(before, list) and (keys or name in SETS):
            merged[name] = _merge_list(before, value, name, keys)
        else:
            merged[name] = _merge(before, value, name)
    return merged


def _merge_list(before: list[Any], config: list[Any], name: str, keys: tuple[str, ...]) -> list[Any]:
    if not keys:
        return [*before, *(item for item in config if item not in before)]
    places = {item_step(item, keys): place for place, item in enumerate(before)}
    merged = list(before)
    for item in config:
        place = places.get(item_step(item, keys))
        if place is None:
            merged.append(item)
        else:
            merged[place] = _merge(merged[place], item, name)
    return merged


def _prune(body: Body, path: Path, kept: set[Path]) -> None:
    """Remove what `path` names, and the containers that are empty then; an item with a kept field in it stays."""
    if any(other[: len(path)] == path for other in kept) or _is_key(path):
        return
    trail: list[tuple[Any, str]] = []
    value: Any = body
    for step in path:
        if value is None:
            return
        trail.append((value, step))
        value = _step(value, step)
    holder, last = trail.pop()
    _drop(holder, last)
    while trail and not holder:
        holder, last = trail.pop()
        _drop(holder, last)


def _is_key(path: Path) -> bool:
    """Whether the path is a key field of a list item: the item goes as a whole or keeps it."""
    return len(path) > 1 and path[-2].startswith("k:") and path[-1][2:] in decode(path[-2][2:])


def _step(value: Any, step: str) -> Any:
    sign, _, rest = step.partition(":")
    if sign == "f":
        return value.get(rest) if isinstance(value, dict) else None
    return next((item for item in value if _is(item, sign, rest)), None) if isinstance(value, list) else None


def _is(item: Any, sign: str, rest: str) -> bool:
    wanted = decode(rest)
    if sign == "v":
        return bool(item == wanted)
    return isinstance(item, dict) and all(key_value(item, key) == value for key, value in wanted.items())


def _drop(holder: Any, step: str) -> None:
    sign, _, rest = step.partition(":")
    if isinstance(holder, dict):
        holder.pop(rest, None)
    elif isinstance(holder, list):
        holder[:] = [item for item in holder if not _is(item, sign, rest)]
