"""Text slots: every text of a message that somebody reads, with who says it and how to put another in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from helmward.gateway.wire.problems import WireError

Role = Literal["system", "user", "assistant", "tool"]
Kind = Literal["text", "reasoning", "refusal", "arguments", "fields"]


class Unreadable(msgspec.Struct, frozen=True):
    """Content that guards cannot read: an image, audio, a file, token ids. `where` is its path, `kind` its type on the wire."""

    where: str
    kind: str


class Slot:
    """One text. `kind`: `text`, `reasoning`, `refusal`; `arguments` where it is a tool call's arguments that are no JSON
    object; `fields` where it is several short values of one JSON tree, one `name: value` a line.

    `sealed`: the model signed it (thinking) or it is opaque to us (encrypted): it passes as it is or not at all.
    """

    __slots__ = ("_holder", "_key", "_owner", "changed", "kind", "role", "sealed", "text", "where")

    def __init__(
        self,
        role: Role,
        holder: Any,
        key: str | int,
        where: str,
        kind: Kind = "text",
        sealed: bool = False,
        owner: Embedded | None = None,
    ) -> None:
        self.role = role
        self.text: str = holder[key]
        self.where = where
        self.kind = kind
        self.sealed = sealed
        self.changed = False
        self._holder = holder
        self._key = key
        self._owner = owner

    def replace(self, text: str) -> None:
        """Put another text in its place; `encode` of the message then writes it. Raises WireError where it is sealed."""
        if text == self.text:
            return
        if self.sealed:
            raise WireError(f"The text of '{self.where}' is signed by the model and cannot be altered.", self.where)
        self._write(text)
        self.text = text
        self._change()

    def rewrite(self, change: Callable[[str], str]) -> None:
        """Put `change(value)` in place of each value by itself: for what may grow by lines, such as a restored mask."""
        self.replace(change(self.text))

    def _change(self) -> None:
        self.changed = True
        if self._owner is not None:
            self._owner.touched = True

    def _write(self, text: str) -> None:
        self._holder[self._key] = text


class Embedded:
    """A JSON object inside a string (OpenAI's tool-call arguments): its leaves are slots, `settle` writes the string."""

    __slots__ = ("_holder", "_key", "touched", "tree")

    def __init__(self, holder: dict[str, Any], key: str, tree: dict[str, Any]) -> None:
        self._holder = holder
        self._key = key
        self.tree = tree
        self.touched = False

    def settle(self) -> None:
        """Write the tree back as text, if one of its slots was changed."""
        if self.touched:
            self._holder[self._key] = msgspec.json.encode(self.tree).decode()
            self.touched = False
