"""The hostile models that are data: read from `hostile/*.yaml`, filled in with what only the running stage knows."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helmward.ask.loop.prompt import SYSTEM
from helmward.core.model import Reply, ToolCall, Turn

from .models import Scripted, cited

FOLDER = Path(__file__).with_name("hostile")
_HOLE = re.compile(r"\{\{([a-z]+)(?::([^}]*))?\}\}")


@dataclass
class Hostile:
    """One file. `what` it tries; the rest is what must come of it."""

    name: str
    given: dict[str, Any]

    @property
    def who(self) -> str:
        return str(self.given.get("who", "alice"))

    @property
    def asks(self) -> str:
        return str(self.given.get("asks", "Why is the notifier down?"))

    def expects(self, key: str) -> list[str]:
        found = self.given.get(key, [])
        return [str(one) for one in found]

    def model(self, known: dict[str, str]) -> Scripted:
        """The model. `known`: what the holes are filled with."""
        return Scripted(*(_reply(one, known) for one in self.given["replies"]))


def hostile() -> list[Hostile]:
    """All of them, by name."""
    return [Hostile(file.stem, yaml.safe_load(file.read_text())) for file in sorted(FOLDER.glob("*.yaml"))]


def _reply(given: dict[str, Any], known: dict[str, str]) -> Callable[[Sequence[Turn]], Reply]:
    def made(turns: Sequence[Turn]) -> Reply:
        filled = _filled(given, known, turns)
        text = filled.get("text", "") * filled.get("times", 1) + "x " * filled.get("flood", 0)
        asked = filled.get("calls", []) + [{"name": f"tool_{n}", "arguments": {}} for n in range(filled.get("many", 0))]
        calls = tuple(
            ToolCall(id=one.get("id", f"c{number}"), name=one["name"], arguments=one["arguments"])
            for number, one in enumerate(asked)
        )
        return Reply(text=text, calls=calls, stop="tools" if calls else "end")

    return made


def _filled(value: Any, known: dict[str, str], turns: Sequence[Turn]) -> Any:
    if isinstance(value, str):
        return _HOLE.sub(lambda match: _hole(match[1], match[2] or "", known, turns), value)
    if isinstance(value, list):
        return [_filled(one, known, turns) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, known, turns) for key, one in value.items()}
    return value


def _hole(name: str, form: str, known: dict[str, str], turns: Sequence[Turn]) -> str:
    if name == "cite":
        return cited(turns, form)
    if name == "prompt":
        return " ".join(SYSTEM.split())[:400]
    return _FORMS[form](known[name])


_FORMS: dict[str, Callable[[str], str]] = {
    "": str,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "reversed": lambda text: text[::-1],
    "spaced": " ".join,
    "halves": lambda text: f"{text[: len(text) // 2]} and then {text[len(text) // 2 :]}",
}
