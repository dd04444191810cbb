"""JSON as it must be where two parsers have to agree on it: no duplicate names, no NaN, bounded depth."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from helmward.gateway.wire.problems import WireError, kind_of

MAX_DEPTH = 100
"""How deep arrays and objects may nest. RFC 8259 section 9 lets an implementation set it."""

MAX_CONTAINERS = 100_000
"""How many arrays and objects one text may hold; each costs far more time than its two bytes."""

_CONTAINERS = (dict, list)
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_decoder = msgspec.json.Decoder()
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_encoder = msgspec.json.Encoder()


class _DuplicateName(ValueError):
    pass


def encode(value: Any) -> bytes:
    """Compact UTF-8 JSON. Raises WireError for what JSON cannot hold (a lone surrogate)."""
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise WireError("The text cannot be written as JSON: it holds a character that UTF-8 does not have.") from error


def decode(body: bytes, what: str) -> Any:
    """The value of a JSON text. `what` names it in errors ("The request").

    Raises WireError: malformed, not UTF-8, a lone surrogate, NaN or Infinity, a number no double can hold, nested deeper
    than `MAX_DEPTH`, or an object that names a member twice (RFC 8259 section 4: parsers disagree on which one counts, so
    that a guard could read another value than the model does).
    """
    brackets = _brackets(body, what)
    try:
        value = _decoder.decode(body)
    except RecursionError as error:
        raise _too_deep(what) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise WireError(f"{what} is not valid JSON: {_reason(error)}.") from error
    if brackets > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise _too_deep(what)
    if encode(value) != body:
        _refuse_duplicates(body, what)
    return value


def decode_object(body: bytes, what: str) -> dict[str, Any]:
    """Like `decode`, for a text that must be one object."""
    value = decode(body, what)
    if not isinstance(value, dict):
        raise WireError(f"{what} must be a JSON object, not {kind_of(value)}.")
    return value


def decode_members(body: bytes, what: str) -> dict[str, Any]:
    """The members of an object, their values as they came (`msgspec.Raw`): well-formed, but not looked into."""
    try:
        return _members.decode(body)
    except RecursionError as error:
        raise _too_deep(what) from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise WireError(f"{what} is not a valid JSON object: {_reason(error)}.") from error


def said_once(body: bytes, *names: bytes) -> bool:
    """Whether a text surely holds each quoted name at most once: a cheap sign that typed decoding misses no duplicate.

    Inside a JSON string the quotes would be escaped; a name written with escapes is not looked for, so any rules it out.
    """
    return b"\\u" not in body and all(body.count(name) <= 1 for name in names)


def parsed_object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is, None where it is no such object (tool arguments that a model wrote)."""
    if text[:1] != "{" and not text.lstrip().startswith("{"):
        return None
    try:
        return decode_object(text.encode(), "The text")
    except (WireError, UnicodeEncodeError):
        return None


def _too_deep(what: str) -> WireError:
    return WireError(f"{what} nests arrays and objects more than {MAX_DEPTH} deep.")


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "a string in it is not UTF-8"
    text = str(error)
    if "truncated" in text:
        return "it ends too early or holds half a surrogate pair"
    return text.removeprefix("JSON is malformed: ").split(" - at ")[0][:80].rstrip(".").lower() or "it is malformed"


def _brackets(body: bytes, what: str) -> int:
    """How many arrays and objects a text has at most: brackets in strings count too, unless that would be too many."""
    count = body.count(b"[") + body.count(b"{")
    if count > MAX_CONTAINERS:
        bare = _STRINGS.sub(b"", body)
        count = bare.count(b"[") + bare.count(b"{")
        if count > MAX_CONTAINERS:
            raise WireError(f"{what} holds more than {MAX_CONTAINERS} arrays and objects.")
    return count


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(limit):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, _CONTAINERS)
        ]
        if not level:
            return False
    return True


def _refuse_duplicates(body: bytes, what: str) -> None:
    """Only texts that are not in the encoder's own compact form come here: that form, being equal, proves there are none."""
    try:
        json.loads(body, object_pairs_hook=_unique)
    except _DuplicateName as error:
        raise WireError(f"{what} names the member {error} twice in one object.", str(error).strip("'")) from error
    except RecursionError as error:
        raise _too_deep(what) from error
    except ValueError as error:
        raise WireError(f"{what} holds a number with too many digits.") from error


def _unique(pairs: list[tuple[str, Any]]) -> None:
    seen = set()
    for name, _ in pairs:
        if name in seen:
            raise _DuplicateName(repr(name[:60]))
        seen.add(name)
