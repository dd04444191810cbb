"""Described ConfigMap and Secret: their data is printed flush left, so it is read by lines and not as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helmward.watch.files.secrets import Reducer

_SIZE = re.compile(r"([-._a-zA-Z0-9]+):\s+(\d{1,12}) bytes")
_TOKEN = re.compile(r"([-._a-zA-Z0-9]+):\s+(\S+)")
_KEY = re.compile(r"([-._a-zA-Z0-9]+):")


def data_starts(lines: list[str]) -> int | None:
    """The index of the first line after `Data` and its `====`."""
    for index, line in enumerate(lines[:-1]):
        if line.strip() == "Data" and lines[index + 1].strip() == "====":
            return index + 2
    return None


def config_map(lines: list[str]) -> dict[str, Any]:
    """Each key stands on a line of its own with `----` below it."""
    end = next((index for index, line in enumerate(lines) if line.strip() == "BinaryData"), len(lines))
    end = min([end, *(index for index, line in enumerate(lines) if line.startswith("Events:"))])
    starts = [
        index
        for index in range(end - 1)
        if _KEY.fullmatch(lines[index].rstrip()) and lines[index + 1].strip() == "----"
    ]
    data = dict(_values(lines, starts, end))
    binary = {match.group(1): "" for line in lines[end:] if (match := _SIZE.fullmatch(line.strip()))}
    return {"data": data, **({"binaryData": binary} if binary else {})}


def secret(lines: list[str], reducer: Reducer) -> dict[str, Any]:
    """Sizes only, as kubectl prints them; a service account's token is printed in the open and reduced here."""
    data: dict[str, Any] = {}
    for line in lines:
        if (match := _SIZE.fullmatch(line.strip())) is not None:
            data[match.group(1)] = {"size": int(match.group(2)), "hash": ""}
        elif (match := _TOKEN.fullmatch(line.strip())) is not None:
            data[match.group(1)] = reducer.value(match.group(2).encode())
    return {"data": data}


def _values(lines: list[str], starts: list[int], end: int) -> Iterator[tuple[str, str]]:
    for start, following in zip(starts, [*starts[1:], end][: len(starts)], strict=True):
        value = lines[start + 2 : following]
        # kubectl ends a value with one blank line, the last one with two; more of them are the value's own.
        for _ in range(2 if following == end else 1):
            if value and not value[-1].strip():
                value.pop()
        yield lines[start].rstrip().removesuffix(":"), "\n".join(value)
