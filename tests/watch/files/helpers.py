"""Reads made-up files for tests: a folder from a mapping, without masks and with a fixed clock where one is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from helmward.watch.files import Read, read
from helmward.world.store import World


def plain(text: str) -> str:
    """A mask that hides nothing."""
    return text


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below `folder`, which is returned."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read_files(folder: Path, files: Mapping[str, str | bytes], now: datetime | None = None) -> Read:
    """Write and read them."""
    return read([write(folder, files)], None, mask=plain, now=now)


def read_stdin(data: str | bytes, now: datetime | None = None) -> Read:
    """Read them as standard input."""
    return read([], data if isinstance(data, bytes) else data.encode(), mask=plain, now=now)


def names(world: World) -> list[tuple[str, str, str]]:
    """(kind, namespace, name) of everything in a world."""
    return sorted((item.kind.name, item.namespace, item.name) for kind in world.kinds() for item in world.all(kind))


def values(view: Any) -> Any:
    """A view as plain values; unset fields and empty values are the same."""
    if isinstance(view, msgspec.Struct):
        fields = {name: values(getattr(view, name)) for name in view.__struct_fields__}
        return {name: value for name, value in fields.items() if value not in (None, "", {}, [], 0, False)}
    if isinstance(view, msgspec.Raw):
        return None
    if isinstance(view, dict):
        return {key: values(value) for key, value in view.items()}
    return [values(item) for item in view] if isinstance(view, tuple) else view
