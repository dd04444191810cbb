"""Reading raw objects that may hold anything: what has another shape than expected counts as absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from helmward.core.nouns import Resource
from helmward.core.text import one_line

Raw = Mapping[str, Any]


class _Missing:
    """What stands where a pointer leads nowhere; None is a value."""


MISSING: Final = _Missing()


def at(item: Any, *keys: str) -> Any:
    """The value below `keys`, or None."""
    for key in keys:
        item = item.get(key) if isinstance(item, Mapping) else None
    return item


def text(item: Any, *keys: str) -> str:
    """The string below `keys`, or ""."""
    found = at(item, *keys)
    return found if isinstance(found, str) else ""


def mapping(item: Any, *keys: str) -> Raw:
    """The mapping below `keys`, or an empty one."""
    found = at(item, *keys)
    return found if isinstance(found, Mapping) else {}


def items(item: Any, *keys: str) -> Sequence[Any]:
    """The list below `keys`, or an empty one."""
    found = at(item, *keys)
    return found if isinstance(found, (list, tuple)) else ()


def mappings(item: Any, *keys: str) -> Iterator[Raw]:
    """The mappings in the list below `keys`."""
    return (entry for entry in items(item, *keys) if isinstance(entry, Mapping))


def whole(item: Any, *keys: str) -> int | None:
    """The whole number below `keys`, or None."""
    found = at(item, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def label(item: Raw, name: str) -> str:
    """The value of a label, or ""."""
    return text(item, "metadata", "labels", name)


def annotation(item: Raw, name: str) -> str:
    """The value of an annotation, or ""."""
    return text(item, "metadata", "annotations", name)


def mark(item: Raw, name: str) -> str:
    """The value of a label or annotation, lower case: Flux reads its switches from either, in any case."""
    return (annotation(item, name) or label(item, name)).lower()


def group(api_version: str) -> str:
    """The API group of an apiVersion; "" is the core group."""
    return api_version.rpartition("/")[0]


def resource(item: Raw) -> Resource:
    """The object's name, printable."""
    return Resource(
        api_version=one_line(text(item, "apiVersion"), 100),
        kind=one_line(text(item, "kind"), 100),
        namespace=one_line(text(item, "metadata", "namespace"), 100),
        name=one_line(text(item, "metadata", "name"), 253),
    )


def is_kind(item: Raw, api_group: str, *kinds: str) -> bool:
    """Whether the object is one of `kinds` of that API group, of whatever version."""
    return text(item, "kind") in kinds and group(text(item, "apiVersion")) == api_group


def title(namespace: str, name: str) -> str:
    """`namespace/name`, printable; the name alone where there is no namespace."""
    return one_line(f"{namespace}/{name}" if namespace else name, 300)
