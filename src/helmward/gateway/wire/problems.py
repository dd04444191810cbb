"""What can be wrong with a message on the wire: one error type, one sentence, the field by name."""

from __future__ import annotations

from helmward.core.errors import HelmwardError


class WireError(HelmwardError):
    """A request, a response or a stream is not what its API says it must be.

    `field` is the path of the field (`messages[2].content`), empty where it is the whole body.
    """

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class TranslationError(WireError):
    """A well-formed message says something that the other API cannot express."""


def expected(field: str, what: str, value: object) -> WireError:
    """The error for a field of the wrong type: names the field, what was expected and what came (its type, never its value)."""
    return WireError(f"The field '{field}' must be {what}, not {kind_of(value)}.", field)


def kind_of(value: object) -> str:
    """The JSON name of a value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string" if value else "an empty string"
    return "an array" if isinstance(value, list) else "an object"
