"""Sets of field paths, and their FieldsV1 form in managedFields (structured-merge-diff)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from helmward.lab.embedded.bodies import Body, decode, encode
from helmward.lab.embedded.patches.listkeys import ATOMIC, SETS, key_value, list_keys

# A step is "f:name" (a field), "k:{…}" (an item by its key) or "v:…" (a member of a set).
Path = tuple[str, ...]

# What the server itself keeps belongs to no manager (managedfields/internal/stripmeta.go).
_UNOWNED: frozenset[Path] = frozenset(
    [
        ("f:apiVersion",),
        ("f:kind",),
        ("f:metadata",),
        *(
            ("f:metadata", f"f:{name}")
            for name in (
                "name",
                "namespace",
                "uid",
                "resourceVersion",
                "creationTimestamp",
                "generation",
                "deletionTimestamp",
                "deletionGracePeriodSeconds",
                "selfLink",
                "clusterName",
            )
        ),
    ]
)

_ENTRIES = ("f:metadata", "f:managedFields")


def leaves(body: Body) -> dict[Path, Any]:
    """The owned paths of an object and their values; an item of a keyed list is a path of its own, with value None."""
    found = _walk(body, (), "")
    return {path: value for path, value in found if path not in _UNOWNED and path[:2] != _ENTRIES}


def _walk(value: Body, path: Path, parent: str) -> Iterator[tuple[Path, Any]]:
    for name, child in value.items():
        here = (*path, f"f:{name}")
        if isinstance(child, dict) and child and name not in ATOMIC:
            yield from _walk(child, here, name)
        elif isinstance(child, list) and child and (name in SETS or list_keys(parent, name)):
            yield from _items(child, here, name, list_keys(parent, name))
        elif name != "metadata":
            yield here, child


def _items(items: list[Any], path: Path, name: str, keys: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    for item in items:
        if isinstance(item, dict):
            here = (*path, item_step(item, keys))
            yield here, None
            yield from _walk(item, here, name)
        else:
            yield (*path, f"v:{encode(item).decode()}"), None


def item_step(item: Body, keys: tuple[str, ...]) -> str:
    """`k:{"name":"web"}`."""
    return f"k:{encode({key: key_value(item, key) for key in keys}).decode()}"


def to_fields(paths: Iterable[Path]) -> Body:
    """The FieldsV1 tree of a set of paths."""
    tree: Body = {}
    for path in sorted(paths):
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        node["."] = {}
    return _without_leaf_dots(tree)


def _without_leaf_dots(tree: Body) -> Body:
    return {
        step: {} if set(child) == {"."} else _without_leaf_dots(child) if child else {} for step, child in tree.items()
    }


def from_fields(tree: Body) -> frozenset[Path]:
    """The set of paths of a FieldsV1 tree."""
    return frozenset(_paths(tree, ()))


def _paths(tree: Body, path: Path) -> Iterator[Path]:
    for step, child in tree.items():
        if step == ".":
            yield path
        elif not child:
            yield (*path, step)
        else:
            yield from _paths(child, (*path, step))


def shown(path: Path) -> str:
    """`.spec.containers[name="web"].image`, as a conflict names it."""
    parts = []
    for step in path:
        sign, _, rest = step.partition(":")
        if sign == "f":
            parts.append(f".{rest}")
        elif sign == "k":
            pairs = (f"{name}={encode(value).decode()}" for name, value in sorted(decode(rest).items()))
            parts.append(f"[{','.join(pairs)}]")
        else:
            parts.append(f"[={rest}]")
    return "".join(parts)
