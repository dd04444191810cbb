"""`password=…`, `token: …`, `"secret": "…"`, `--api-key …`: settings in logs, JSON, YAML, XML and command lines.

Evidence is full of text that only looks like one (`secret "payment-credentials" not found`, `token: expired`), so the
name, the separator and the value must agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helmward.guard.matching.kinds import Found
from helmward.guard.secrets.confirm import entropy, looks_random
from helmward.guard.secrets.names import CONNECTION, WEAK, kind_of_name
from helmward.guard.secrets.plain import is_code, is_object_name, is_plain, is_version
from helmward.guard.secrets.reading import Value, line_end, read_connection_value, read_value

_NAME_PART = re.compile(r"[\w.-]{1,64}\Z", re.A)
_WORD = re.compile(r"[A-Za-z][a-z]*|[A-Z]+")
_HEX = re.compile(r"[0-9a-fA-F]{16,}")
_CREDENTIAL_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S*")
_KEY_NAMES = frozenset({"password", "passwd", "token", "secret", "apikey", "api-key", "key", "auth", "credentials"})
_PLACE = re.compile(r"\d{1,5}(?:[/?].*)?|[\w.-]+:\d{1,5}|sha256:[0-9a-f]+|\S*://\S*")


def assignment(text: str, match: Any) -> Iterator[Found]:
    """`name sep value`. Group 1 of the pattern is the end of the name, 2 what closes its quotes, 3 the separator."""
    name_start = _name_start(text, match.start(1))
    name = text[name_start : match.end(1)]
    kind = kind_of_name(name)
    if kind is None or kind == CONNECTION or text[max(0, name_start - 9) : name_start] == "checksum/":
        return
    separator = text[slice(*match.span(3))]
    value = None
    at = match.end(3)
    if separator.strip() == "=" and (value := read_connection_value(text, name_start, at)) is not None:
        kind = CONNECTION if kind == "password" else kind
    value = value or read_value(text, at)
    style = _style(text, match, name_start, separator, value)
    content = text[value.start : value.end]
    if content.lower() in _KEY_NAMES and name.lower().endswith("key"):
        return  # `passwordKey: password` names the key of a Secret
    if separator == ">" and content.startswith("@"):
        return  # https://<user>:<password>@host
    if separator == ":" and content.startswith("?") and text.startswith("${", name_start - 2):
        return  # ${PASSWORD:?what is said where it is not set}
    if not value.quoted and is_code(content, separator[:1] == separator[-1:] == " ", kind == "password"):
        return
    if (sure := _confidence(kind, text, value, style)) > 0:
        yield Found(value.start, value.end, kind, sure)


def pair(text: str, match: Any) -> Iterator[Found]:
    """`"name": "DB_PASSWORD", "value": "…"`, as Kubernetes writes environment variables. Group 1 is the name."""
    kind = kind_of_name(text[slice(*match.span(1))])
    if kind is None or kind == CONNECTION:
        return
    value = read_value(text, match.end(), whole_line=True)
    if (sure := _confidence(kind, text, value, "key")) > 0:
        yield Found(value.start, value.end, kind, sure)


def flag(text: str, match: Any) -> Iterator[Found]:
    """`--password x`, also as items of a JSON or YAML list. Group 1 is the flag's name."""
    kind = kind_of_name(text[slice(*match.span(1))])
    value = read_value(text, match.end())
    if kind is None or kind == CONNECTION or text.startswith("-", value.start):
        return
    if (sure := _confidence(kind, text, value, "assigned" if value.quoted else "prose")) > 0:
        yield Found(value.start, value.end, kind, sure)


def is_secret(kind: str, value: str) -> bool:
    """Whether the value of a setting whose name says `kind` is a secret, taken by itself."""
    if kind == WEAK:
        return looks_random(value)
    if kind in ("password", CONNECTION) and value.isdigit():
        return len(value) >= 6
    return not is_plain(value) and (kind in ("password", CONNECTION) or not is_object_name(value))


def _name_start(text: str, at: int) -> int:
    before = _NAME_PART.search(text, max(0, at - 64), at)
    return before.start() if before else at


def _style(text: str, match: Any, name_start: int, separator: str, value: Value) -> str:
    """How sure the writing is: `key` (a quoted key), `assigned` (=, or a quoted value), `prose` (n: x), `joined`."""
    if match.end(2) > match.start(2):
        # `volume "db-password" : secret …` closes a quotation, not a key.
        return "key" if value.quoted or ":" not in separator else "prose"
    if separator.strip() != ":" or text[name_start - 1 : name_start] == "<":
        return "assigned"
    if text[name_start - 1 : name_start] == "/" or (separator == ":" and not value.quoted):
        return "joined"
    return "assigned" if value.quoted else "prose"


def _confidence(kind: str, text: str, value: Value, style: str) -> float:
    content = text[value.start : value.end]
    if not is_secret(kind, content) or _CREDENTIAL_URL.fullmatch(content) or not any(map(str.isalnum, content)):
        return 0.0
    if kind == WEAK:
        return 0.6
    if style == "key":
        return 0.9
    word = _WORD.fullmatch(content.rstrip(":.,!?")) is not None
    if style == "assigned":
        return 0.0 if word and kind not in ("password", CONNECTION) else 0.8
    if kind == "password":
        alone = not text[value.end : line_end(text, value.end)].strip(" \t\r\"'")
        return (0.7 if alone else 0.0) if word or is_version(content) else 0.7 * (not _PLACE.fullmatch(content))
    return _random_enough(content, joined=style == "joined")


def _random_enough(content: str, joined: bool) -> float:
    content = content.rstrip(":.,!?")
    if (
        len(content) < 8
        or is_version(content)
        or _PLACE.fullmatch(content)
        or is_object_name(content)
        or is_plain(content)
    ):
        return 0.0
    if joined:
        return 0.7 if looks_random(content) or (_HEX.fullmatch(content) and len(content) >= 32) else 0.0
    letters, digits = any(map(str.isalpha, content)), any(map(str.isdigit, content))
    return 0.7 if letters and digits and entropy(content) > 2.2 else 0.0
