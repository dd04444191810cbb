"""Labelled texts: `bench/labelled/<guard>-<set>.jsonl`, and the little language in which they are written.

A line is `{"text", "role": "user" (default) | "assistant" | "tool" | "system", "rule": the rule that must find something,
"times": how many variants}`. `<<kind>>` in a text plants a made-up find of that rule, `<<kind:variant>>` one of a certain
form, `<<~kind>>` something that only looks like one. So no file holds what looks like a secret. A text without `rule` and
without plants must stay as it is: whatever is found in it is a false positive. A set whose name ends in `held` was written
before the rules were tuned, and nothing was tuned on it;
one in `seen` was such a set until its misses were looked at.
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.plants import DECOYS, PLANTS

FOLDER = Path(__file__).with_name("labelled")
_PLACE = re.compile(r"<<(~?)([a-z0-9-]+)(?::([a-z0-9-]+))?>>")
_TIMES = 5


class Planted(NamedTuple):
    """What must be found: the rule without its guard's name, and where."""

    rule: str
    start: int
    end: int


class Labelled(NamedTuple):
    """One text. `rule` where the whole text is labelled ("" where it is not)."""

    name: str
    text: str
    role: str
    rule: str
    planted: tuple[Planted, ...]

    @property
    def clean(self) -> bool:
        """Nothing may be found in it."""
        return not self.rule and not self.planted


def sets() -> dict[str, list[Labelled]]:
    """Every set by its name, the file's without its ending."""
    return {file.stem: list(_read(file)) for file in sorted(FOLDER.glob("*.jsonl"))}


def _read(file: Path) -> Iterator[Labelled]:
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if line.strip():
            entry = json.loads(line)
            varied = _PLACE.search(entry["text"]) is not None
            for time in range(entry.get("times", _TIMES) if varied else 1):
                source = random.Random(zlib.crc32(f"{file.stem} {number} {time}".encode()))
                text, planted = _filled(entry["text"], source)
                name = f"{file.stem}:{number}.{time}"
                yield Labelled(name, text, entry.get("role", "user"), entry.get("rule", ""), tuple(planted))


def _filled(template: str, source: random.Random) -> tuple[str, list[Planted]]:
    text, at = "", 0
    planted: list[Planted] = []
    for match in _PLACE.finditer(template):
        text += template[at : match.start()]
        at = match.end()
        decoy, kind, variant = match.groups()
        made = DECOYS[kind](source) if decoy else PLANTS[kind](source, variant or "")
        if not decoy:
            planted.append(Planted(kind, len(text), len(text) + len(made)))
        text += made
    return text + template[at:], planted
