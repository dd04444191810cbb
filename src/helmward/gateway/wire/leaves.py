"""The texts of a JSON tree whose shape is not ours (arguments, schemas, metadata, unknown fields) as few slots."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from helmward.gateway.wire.problems import WireError
from helmward.gateway.wire.slots import Embedded, Role, Slot

LONGEST_LINE = 500
"""Characters; a longer value, or one of several lines, is a slot of its own."""

SCHEMA_NAMES = frozenset(
    [
        "type",
        "properties",
        "required",
        "items",
        "description",
        "enum",
        "additionalProperties",
        "anyOf",
        "oneOf",
        "allOf",
        "$defs",
        "$ref",
        "format",
        "title",
        "function",
        "parameters",
        "input_schema",
        "name",
        "schema",
        "strict",
        "minimum",
        "maximum",
        "default",
    ]
)
"""Names that carry no text of their own (JSON Schema 2020-12 and the two APIs' tool definitions)."""
_TYPES = frozenset(("object", "string", "integer", "number", "boolean", "array", "null", "function", "custom"))
OPAQUE = frozenset(("encrypted_content", "encrypted_index", "encrypted_stdout", "signature"))
"""Fields whose value only the provider can read (Anthropic's server tools and thinking)."""

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
        changes = []
        for line, (holder, key, prefix, shown) in zip(given, self._lines, strict=True):
            if line == prefix + shown:
                continue
            if holder is None or not line.startswith(prefix):
                raise self._torn()
            changes.append((holder, key, line[len(prefix) :]))
        for holder, key, value in changes:
            holder[key] = value

    def _torn(self) -> WireError:
        return WireError(
            f"The text to be masked in '{self.where}' is part of a name or runs over several values.", self.where
        )


def leaf_slots(
    tree: Any, role: Role, where: str, owner: Embedded | None = None, skip: frozenset[str] = frozenset()
) -> Iterator[Slot]:
    """Slots of every text in a tree: short ones together in one `fields` slot, long ones each on its own.

    `tree` is a dict or list. Members of the top level named in `skip` are left out. Booleans and null have no text.
    """
    lines: list[_Line] = []
    long: list[Slot] = []
    _walk(tree, role, where, owner, skip, lines, long)
    if lines:
        yield Fields(role, lines, where, owner)
    yield from long


def _walk(
    tree: Any,
    role: Role,
    where: str,
    owner: Embedded | None,
    skip: frozenset[str],
    lines: list[_Line],
    long: list[Slot],
) -> None:
    members = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in members:
        if key in skip:
            continue
        place = f"{where}.{key}" if isinstance(key, str) else f"{where}[{key}]"
        prefix = _prefix(key, role, place, lines, long)
        if isinstance(value, str):
            if key in OPAQUE:
                long.append(Slot(role, tree, key, place, sealed=True))
            elif len(value) > LONGEST_LINE or "\n" in value:
                _name_alone(key, prefix, lines)
                long.append(Slot(role, tree, key, place, owner=owner))
            elif value and not (key == "type" and value in _TYPES):
                lines.append((tree, key, prefix, value))
        elif isinstance(value, dict | list):
            _name_alone(key, prefix, lines)
            _walk(value, role, place, owner, frozenset(), lines, long)
        elif value is None or isinstance(value, bool):
            _name_alone(key, prefix, lines)
        else:
            lines.append((tree, key, prefix, str(value)))


def _prefix(key: Any, role: Role, place: str, lines: list[_Line], long: list[Slot]) -> str:
    if isinstance(key, int):
        return ""
    if "\n" in key or len(key) > LONGEST_LINE:
        long.append(Slot(role, (key,), 0, place, sealed=True))
        return ""
    return f"{key}: "


def _name_alone(key: Any, prefix: str, lines: list[_Line]) -> None:
    if prefix and key not in SCHEMA_NAMES:
        lines.append((None, key, prefix, ""))
