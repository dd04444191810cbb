"""What a log's listener is told: lines, how many were left out, why there are none yet, why no more will come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from helmward.house.cluster.lines import Line, bounded


class Told(NamedTuple):
    """Something to tell: a line; that lines were left out; a notice; the end. `place` is where one may go on from."""

    what: Literal["line", "dropped", "notice", "end"]
    data: dict[str, Any]
    place: str = ""


def lines_told(lines: Sequence[Line], allowed: int, lost: bool) -> list[Told]:
    """The newest `allowed` of the lines. `lost`: before them there were others that nobody counted."""
    kept, left = lines[-allowed:], lines[:-allowed]
    told = []
    if left or lost:
        dropped = {"lines": len(left), "more": lost}
        told.append(Told("dropped", dropped, str(left[-1].place) if left else ""))
    for line in kept:
        text, cut = bounded(line.text)
        data: dict[str, Any] = {"time": line.time or None, "text": text, **({"cut": True} if cut else {})}
        told.append(Told("line", data, str(line.place) if line.time else ""))
    return told


def end(reason: str) -> Told:
    """Nothing comes after it."""
    return Told("end", {"reason": reason})
