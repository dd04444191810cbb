"""Checks of single fields. Each error names the field and what was expected."""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire.problems import WireError, expected

MAX_TOKENS = 10_000_000
"""More than any model can write; a larger figure is a mistake, and a budget must not be asked for it."""
MAX_CHOICES = 128
"""OpenAI's own limit for `n`."""
MAX_NAME = 200


def model_of(tree: dict[str, Any]) -> str:
    """The field `model`."""
    model = tree.get("model")
    if not isinstance(model, str) or not model:
        raise missing_or("model", "a model's name", tree)
    if len(model) > MAX_NAME:
        raise WireError(f"The field 'model' is longer than {MAX_NAME} characters.", "model")
    return model


def boolean(tree: dict[str, Any], name: str, where: str = "") -> bool:
    """An optional boolean; null and absent are false."""
    value = tree.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise expected(where or name, "true or false", value)
    return value


def whole(tree: dict[str, Any], name: str, least: int, most: int) -> int | None:
    """An optional whole number from `least` to `most`; null and absent are None."""
    value = tree.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise expected(name, "a whole number", value)
    if not least <= value <= most:
        raise WireError(f"The field '{name}' must be from {least} to {most}.", name)
    return value


def text(holder: dict[str, Any], name: str, where: str) -> str:
    """A text that must be there, under `where.name`."""
    value = holder.get(name)
    if not isinstance(value, str):
        raise missing_or(f"{where}.{name}" if where else name, "a string", holder, name)
    return value


def objects(holder: dict[str, Any], name: str, where: str = "") -> list[dict[str, Any]]:
    """An optional array of objects; null and absent are empty."""
    values = holder.get(name)
    if values is None:
        return []
    place = f"{where}.{name}" if where else name
    if not isinstance(values, list):
        raise expected(place, "an array", values)
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            raise expected(f"{place}[{index}]", "an object", value)
    return values


def optional(tree: dict[str, Any], name: str, kind: type, what: str, where: str = "") -> None:
    """Check a member that may be absent or null."""
    value = tree.get(name)
    if value is not None and not isinstance(value, kind):
        raise expected(f"{where}.{name}" if where else name, what, value)


def missing_or(field: str, what: str, holder: dict[str, Any], name: str | None = None) -> WireError:
    """The error for a field that is absent, or of the wrong type."""
    name = name or field
    if name not in holder:
        return WireError(f"The field '{field}' is missing; it must be {what}.", field)
    return expected(field, what, holder[name])
