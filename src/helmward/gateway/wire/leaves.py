"""The texts of a JSON tree whose shape is not ours (arguments, schemas, metadata, unknown fields) as few slots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from helmward.gateway.wire.known_words import OPAQUE, PLAIN_NAMES, PLAIN_WORDS, SMALL
from helmward.gateway.wire.problems import WireError
from helmward.gateway.wire.slots import Embedded, Role, Slot

MAX_VALUES = 100_000
"""Values of trees in one place of a message; more are refused."""
LONGEST_LINE = 500
"""Characters; a longer value, or one of several lines, is a slot of its own."""

_SPECIAL = OPAQUE | PLAIN_NAMES

_Line = tuple[Any, Any, str, str]


class Fields(Slot):
    """Several short values of one tree as one text, a line each: a guard reads them together, and names as context.

    A replacement must keep the lines and the names; where a mask swallowed one, `replace` raises WireError, and the
    message cannot be sent masked.
    """

    __slots__ = ("_lines",)

    def __init__(self, role: Role, lines: list[_Line], where: str, owner: Embedded | None) -> None:
        text = "\n".join([prefix + shown for _, _, prefix, shown in lines])
        super().__init__(role, (text,), 0, where, "fields", owner=owner)
        self._lines = lines

    def _write(self, text: str) -> None:
        given = text.split("\n")
        if len(given) != len(self._lines):
            raise self._torn()
        kept: list[_Line] = []
        for line, (holder, key, prefix, shown) in zip(given, self._lines, strict=True):
            if line != prefix + shown and (holder is None or not line.startswith(prefix)):
                raise self._torn()
            kept.append((holder, key, prefix, line[len(prefix) :]))
        for (holder, key, _, value), (_, _, _, shown) in zip(kept, self._lines, strict=True):
            if value != shown:
                holder[key] = value
        self._lines = kept

    def rewrite(self, change: Callable[[str], str]) -> None:
        kept: list[_Line] = []
        for holder, key, prefix, shown in self._lines:
            value = change(shown) if holder is not None else shown
            if value != shown:
                holder[key] = value
                self._change()
            kept.append((holder, key, prefix, value))
        self._lines = kept
        self.text = "\n".join([prefix + shown for _, _, prefix, shown in kept])

    def _torn(self) -> WireError:
        return WireError(
            f"The text to be masked in '{self.where}' is part of a name or runs over several values.", self.where
        )


def leaf_slots(
    tree: Any, role: Role, where: str, owner: Embedded | None = None, skip: frozenset[str] = frozenset()
) -> list[Slot]:
    """Slots of every text in a tree: short ones together in one `fields` slot, long ones each on its own.

    `tree` is a dict or list. Members of the top level named in `skip` are left out. Booleans and null have no text.
    """
    leaves = _Leaves(role, owner)
    leaves.walk(tree, (where,), skip)
    if leaves.lines:
        return [Fields(role, leaves.lines, where, owner), *leaves.alone]
    return leaves.alone


def pieces_of(tree: Any, path: str, skip: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """(field, text) of each text in a piece of a stream. Items of an array are one field: a later one goes on with it."""
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, list):
        for value in tree:
            yield from pieces_of(value, path)
    elif isinstance(tree, dict):
        for name, value in tree.items():
            if name not in skip:
                yield from pieces_of(value, f"{path}.{name}")


class _Leaves:
    def __init__(self, role: Role, owner: Embedded | None) -> None:
        self.lines: list[_Line] = []
        self.alone: list[Slot] = []
        self._role = role
        self._owner = owner

    def walk(self, tree: Any, path: tuple[Any, ...], skip: frozenset[str] = frozenset()) -> None:
        lines = self.lines
        if len(tree) + len(lines) > MAX_VALUES:
            raise WireError(f"The field '{_place(path)}' holds more than {MAX_VALUES} values.", _place(path))
        if type(tree) is list:
            for index, value in enumerate(tree):
                self._value(tree, index, "", value, path)
            return
        for name, value in tree.items():
            if name in skip:
                continue
            prefix = self._alone(name, path) if "\n" in name or len(name) > LONGEST_LINE else f"{name}: "
            kind = type(value)
            # The most frequent case by far; the others have a function.
            if kind is str and 0 < len(value) <= LONGEST_LINE and "\n" not in value and name not in _SPECIAL:
                lines.append((tree, name, prefix, value))
            else:
                self._value(tree, name, prefix, value, path)

    def _value(self, holder: Any, key: Any, prefix: str, value: Any, path: tuple[Any, ...]) -> None:
        kind = type(value)
        plain = key in PLAIN_NAMES
        if kind is str and value:
            if not (plain and value in PLAIN_WORDS):
                self._text(holder, key, prefix, value, path)
            return
        if kind is int or kind is float:
            if not plain or abs(value) >= SMALL:
                self.lines.append((holder, key, prefix, str(value)))
            return
        if prefix and not plain:
            self.lines.append((None, key, prefix, ""))
        if kind is dict or kind is list:
            self.walk(value, (*path, key))

    def _text(self, holder: Any, key: Any, prefix: str, value: str, path: tuple[Any, ...]) -> None:
        if key in OPAQUE:
            self.alone.append(Slot(self._role, holder, key, _place((*path, key)), sealed=True))
        elif len(value) > LONGEST_LINE or "\n" in value:
            if prefix and key not in PLAIN_NAMES:
                self.lines.append((None, key, prefix, ""))
            self.alone.append(Slot(self._role, holder, key, _place((*path, key)), owner=self._owner))
        else:
            self.lines.append((holder, key, prefix, value))

    def _alone(self, name: str, path: tuple[Any, ...]) -> str:
        """A name that is no short line is a slot by itself; its value then stands without it."""
        self.alone.append(Slot(self._role, (name,), 0, _place((*path, "…")), sealed=True))
        return ""


def _place(path: tuple[Any, ...]) -> str:
    """`tools[0].function`: the path as it stands in errors."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
