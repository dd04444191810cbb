"""The values key of a Helm release that a field came from, named only when it stands there literally."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from helmward.tools.kubernetes.ownership.fields import same
from helmward.tools.kubernetes.ownership.pointers import steps

# The chart that `helm create` makes names the field spec.replicas so; every other field must have its own name.
_NAMES = {"replicas": ("replicas", "replicaCount")}
_DEEPEST = 60


def values_key(values: Mapping[str, Any], path: str, before: Any) -> str | None:
    """The key of `values` that sets the field at the pointer `path` to `before`, as `--set` writes it: web.image.

    It is named if exactly one key has the field's own name as its last part and `before` as its value; for an image also
    a mapping of repository and tag (and registry) that spells it out. None: there is no such key, or more than one.
    """
    name = next(iter(steps(path)[-1:]), "")
    if not name:
        return None
    found = [
        key for key, last, value in _keys(values) if last in _NAMES.get(name, (name,)) and _sets(value, before, name)
    ]
    return found[0] if len(found) == 1 else None


def _sets(value: Any, before: Any, name: str) -> bool:
    if name == "image" and isinstance(value, Mapping):
        return isinstance(before, str) and before in _images(value)
    return not isinstance(value, (Mapping, list)) and same(value, before)


def _images(value: Mapping[str, Any]) -> Iterator[str]:
    registry, repository, tag = (value.get(key) for key in ("registry", "repository", "tag"))
    if isinstance(repository, str) and isinstance(tag, str) and repository and tag:
        yield f"{registry}/{repository}:{tag}" if isinstance(registry, str) and registry else f"{repository}:{tag}"


def _keys(values: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Every key with its full name as `--set` writes it, its own name and its value."""
    waiting: list[tuple[str, Any, int]] = [("", values, 0)]
    while waiting:
        prefix, value, depth = waiting.pop()
        for name, below in _children(value):
            full = f"{prefix}{name}" if name.startswith("[") or not prefix else f"{prefix}.{name}"
            yield full, name.replace("\\.", "."), below
            if isinstance(below, (Mapping, list)) and depth < _DEEPEST:
                waiting.append((full, below, depth + 1))


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((name.replace(".", "\\."), below) for name, below in value.items() if isinstance(name, str))
    elif isinstance(value, list):
        yield from ((f"[{place}]", below) for place, below in enumerate(value))
