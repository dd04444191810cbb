"""A recorded bundle, and the parts of it that somebody may have sent instead of all of it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

RECORDED = Path(__file__).with_name("recorded")
_MARK = re.compile(r"^-- (\S+) --\n", re.MULTILINE)
_EVENTS = re.compile(r"^Events:.*\Z", re.MULTILINE | re.DOTALL)
_MANIFEST = "manifests/shop.yaml"
Parts = dict[str, str]


def recorded(scenario: str) -> Parts:
    """Path → text of everything that was recorded of a scenario."""
    _, *pieces = _MARK.split((RECORDED / f"{scenario}.txt").read_text())
    shared = {_MANIFEST: (RECORDED / "shop.yaml").read_text()}
    return shared | dict(zip(pieces[::2], pieces[1::2], strict=True))


def _only(*tops: str) -> Callable[[Parts], Parts]:
    return lambda parts: {path: text for path, text in parts.items() if path.startswith(tops)}


def _without_events(parts: Parts) -> Parts:
    silent = {path: _EVENTS.sub("", text) for path, text in parts.items() if path.startswith("describe/")}
    return {path: text for path, text in (parts | silent).items() if not path.endswith("/events.txt")}


SUBSETS: dict[str, Callable[[Parts], Parts]] = {
    "all": dict,
    "no-manifests": _only("get/", "describe/", "logs/", "nodes/"),
    "no-events": _without_events,
    "no-describe": _only("get/", "logs/", "manifests/", "nodes/"),
    "tables-logs": _only("get/", "logs/"),
    "tables": _only("get/"),
    "describe-logs": _only("describe/", "logs/"),
    "describe": _only("describe/"),
}


def at_random(parts: Parts, seed: int) -> Parts:
    """Each file by chance."""
    chance = random.Random(seed)
    share = chance.random()
    return {path: text for path, text in parts.items() if chance.random() < share}


def write(parts: Parts, folder: Path) -> Path:
    """The parts as files below `folder`, which is returned."""
    for path, text in parts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def scenarios() -> list[str]:
    """The names of all scenarios."""
    return sorted(path.stem for path in RECORDED.glob("*.txt"))
