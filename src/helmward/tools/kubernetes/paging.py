"""What a READ tool found, in pages of bounded size: the cursor names the last thing that was given away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from pydantic import Field

from helmward.core.errors import UsageError
from helmward.door.tool import OUTPUT_LIMIT, Page
from helmward.tools.kubernetes.objects import Document

PLACE = r"^[A-Za-z0-9.-]{0,63}/[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$"
"""NAMESPACE/NAME."""

MOST_ITEMS = 500
"""Objects of one page."""

_LONGEST = 2048  # characters of one string in an object that is too large for a page
_MARGIN = 1024  # bytes of a page for what stands around its items


def place_cursor() -> Any:
    """The field of a cursor through objects."""
    return Field(default=None, pattern=PLACE, description="The cursor of the page before: what follows is given.")


def line_cursor() -> Any:
    """The field of a cursor through lines."""
    return Field(default=None, pattern=r"^[0-9]{1,9}$", description="The cursor of the page before.")


def limit_field(most: int = MOST_ITEMS) -> Any:
    """The field of how many objects a page has."""
    return Field(default=100, ge=1, le=most, description="At most so many objects in one page.")


def page_of(
    documents: Iterable[Document],
    show: Callable[[Document], dict[str, Any]],
    cursor: str | None,
    limit: int,
    key: Callable[[Document], str] | None = None,
) -> Page:
    """The objects after `cursor`, in the order of `key` (by default namespace and name), as `show` shows them."""
    key = key or _key
    rest = sorted((document for document in documents if cursor is None or key(document) > cursor), key=key)
    items: list[dict[str, Any]] = []
    size, last = 0, None
    for document in rest[:limit]:
        item = _fitting(show(document))
        size += _size(item) + 1
        if items and size > OUTPUT_LIMIT - _MARGIN:
            break
        items.append(item)
        last = key(document)
    return Page(items=tuple(items), cursor=last if len(items) < len(rest) else None)


def text_page(lines: list[str], cursor: str | None) -> Page:
    """The lines after `cursor` (a number of lines). Raises UsageError for one beyond the end."""
    start = int(cursor or 0)
    if start and start >= len(lines):
        raise UsageError(f"cursor: there are {len(lines)} lines, none after {start}.")
    taken = fitting_lines(lines[start:])
    end = start + len(taken)
    return Page(text="\n".join(taken), cursor=str(end) if end < len(lines) else None)


def fitting_lines(lines: list[str]) -> list[str]:
    """As many of the first lines as a page holds, at least one; a longer line is cut."""
    size = 0
    for count, line in enumerate(lines):
        size += len(line[:OUTPUT_LIMIT].encode()) + 1
        if count and size > OUTPUT_LIMIT - _MARGIN:
            return lines[:count]
    return [line[: OUTPUT_LIMIT // 4] for line in lines] if len(lines) == 1 else lines


def _key(document: Document) -> str:
    meta = document.get("metadata", {})
    return f"{meta.get('namespace', '')}/{meta.get('name', '')}"


def _fitting(item: dict[str, Any]) -> dict[str, Any]:
    """An object larger than a page loses the ends of its long strings, and then all but its name."""
    if _size(item) <= OUTPUT_LIMIT - _MARGIN:
        return item
    cut: dict[str, Any] = _cut(item)
    if _size(cut) <= OUTPUT_LIMIT - _MARGIN:
        return {**cut, "truncated": f"strings of more than {_LONGEST} characters"}
    meta = item.get("metadata", {})
    named = {key: meta[key] for key in ("name", "namespace", "uid") if key in meta}
    kept: dict[str, Any] = {key: item[key] for key in ("apiVersion", "kind") if key in item}
    return {**kept, "metadata": named, "truncated": "everything but its name: it is larger than a page"}


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
    if isinstance(value, dict):
        return {key: _cut(inner) for key, inner in value.items()}
    return [_cut(inner) for inner in value] if isinstance(value, list) else value


def _size(item: Any) -> int:
    return len(msgspec.json.encode(item))
