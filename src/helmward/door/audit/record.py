"""What is audited: who did what to what, how it ended and why; masked, bounded, in one canonical form."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

import msgspec

from helmward.core.nouns import Actor, Noun
from helmward.door.audit.errors import AuditError

Outcome = Literal["intended", "done", "failed", "denied"]
Clean = Callable[[str, str], str]
"""(name of a field, its text) → the text without its secrets."""

LARGEST = 64 * 1024  # bytes of one encoded entry
_LONGEST = {"name": 200, "target": 500, "reason": 1000}  # characters; what is longer is cut
_BARE = frozenset({int, float, bool, type(None)})  # JSON's values that hold no text
_SHORT = 48  # characters of a text that is remembered with what it became
_DEEPEST = 8  # levels of `details`
_ACTION = re.compile(r"[a-z][a-z0-9_]{0,40}(\.[a-z][a-z0-9_]{0,40}){1,3}")


class Who(Noun, frozen=True, kw_only=True):
    """The actor as the log keeps it. `kind` tells a person called `helmward` from Helmward itself."""

    name: str
    kind: str


class Entry(Noun, frozen=True, kw_only=True):
    """What is to be audited. `action` is dotted (`token.create`). `intended` comes before the effect, the others after it."""

    actor: Actor
    action: str
    target: str = ""
    outcome: Outcome = "done"
    reason: str = ""
    details: dict[str, Any] = msgspec.field(default_factory=dict)


class Record(Noun, frozen=True, kw_only=True):
    """An entry in the log. `sequence` counts from 1 without gaps, `time` is when the log took it, `hash` chains it."""

    sequence: int
    time: str
    actor: Who
    action: str
    target: str
    outcome: Outcome
    reason: str
    details: dict[str, Any]
    hash: str


class _Body(Noun, frozen=True, kw_only=True):
    actor: Who
    action: str
    target: str
    outcome: Outcome
    reason: str
    details: dict[str, Any]


_encoder = msgspec.json.Encoder(order="sorted")


def encode(entry: Entry, clean: Clean) -> bytes:
    """The part of a record that the entry gives, as the inside of a JSON object; secrets masked by `clean`.

    Raises AuditError for an action that is none, for details that JSON cannot hold, and for more than LARGEST bytes.
    """
    if not _ACTION.fullmatch(entry.action):
        raise AuditError(f"'{entry.action[:60]!a}' is no action that can be audited; write it as in token.create.")
    body = _Body(
        actor=Who(name=_text("name", entry.actor.name, clean), kind=entry.actor.kind),
        action=entry.action,
        target=_text("target", entry.target, clean),
        outcome=entry.outcome,
        reason=_text("reason", entry.reason, clean),
        details=_cleaned("details", entry.details, clean, _DEEPEST),
    )
    try:
        encoded = _encoder.encode(body)
    except (TypeError, ValueError, OverflowError) as error:
        raise AuditError(f"The details of {entry.action} cannot be written as JSON ({error}).") from None
    if len(encoded) > LARGEST:
        raise AuditError(f"{entry.action} has more to audit than {LARGEST // 1024} KiB; it was not done.")
    return encoded[1:-1]


def time_text(moment: datetime) -> str:
    """RFC 3339 in UTC, always with six digits of a second: such texts sort as their times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _text(name: str, text: str, clean: Clean) -> str:
    return _short(name, text, clean) if len(text) <= _SHORT else _whole(name, text, clean)


@lru_cache(maxsize=8192)
def _short(name: str, text: str, clean: Clean) -> str:
    """Records say the same words over and over: names of fields, actors, models."""
    return _whole(name, text, clean)


def _whole(name: str, text: str, clean: Clean) -> str:
    # Cut first: the mask costs time by length. Lone surrogates cannot be written as UTF-8.
    longest = _LONGEST.get(name, LARGEST)
    whole = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return clean(name, whole if len(whole) <= longest else whole[: longest - 1] + "…")


def _cleaned(name: str, value: Any, clean: Clean, levels: int) -> Any:
    if isinstance(value, str):
        return _text("" if name in _LONGEST else name, value, clean)
    if isinstance(value, bool | int | float) or value is None:
        return value
    if levels == 0:
        raise AuditError(f"Details to audit are nested deeper than {_DEEPEST} levels; it was not done.")
    if isinstance(value, dict):
        return {
            _text("key", str(key), clean): item if type(item) in _BARE else _cleaned(str(key), item, clean, levels - 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_cleaned(name, item, clean, levels - 1) for item in value]
    raise AuditError(f"A {type(value).__name__} cannot be audited; write it as text.")
