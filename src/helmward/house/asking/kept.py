"""Conversations over a restart: what was said, in short and masked as the audit log is; whole answers are not written down."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from helmward.adapters.stores.conversations import ConversationRows
from helmward.adapters.stores.state import StateError
from helmward.core.times import format_time, parse_time
from helmward.core.typed import decode
from helmward.guard.secrets import mask_value
from helmward.house.asking.conversations import Conversation, Spoken

_log = logging.getLogger(__name__)


class _Turn(msgspec.Struct, frozen=True):
    time: str
    text: str
    found: dict[str, Any]


class _Row(msgspec.Struct, frozen=True):
    id: str
    owner: tuple[str, str, str]
    started: str
    spoken: str
    turns: list[_Turn]


def row(one: Conversation) -> bytes:
    """A conversation's JSON."""
    turns = [_Turn(format_time(said.time), mask_value("text", said.text), _masked(said.found)) for said in one.kept]
    return msgspec.json.encode(_Row(one.id, one.owner, format_time(one.started), format_time(one.spoken), turns))


def write(rows: ConversationRows, identity: str, spoken: str, data: bytes, gone: Iterable[str]) -> None:
    """Keep one, and let go of those that are gone. Blocks. Where that fails it lasts until the server stops."""
    try:
        rows.put(identity, spoken, data, gone)
    except StateError as error:
        _log.warning("A conversation is kept until the server stops only: %s", error)


def read(rows: ConversationRows) -> list[Conversation]:
    """Those that are kept, the one that was silent longest first. With none of them anybody goes on: what was asked back is
    forgotten, and a late yes must find nothing. They are a comfort: what cannot be read is left out, and nothing waits for it."""
    try:
        found = [_conversation(data) for data in rows.all()]
    except StateError as error:
        _log.warning("Conversations of before are not shown: %s", error)
        return []
    return [one for one in found if one is not None]


def _conversation(data: bytes) -> Conversation | None:
    """None for what another version, or half a write, left."""
    try:
        found = decode(data, _Row)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError) as error:
        _log.warning("A conversation of before cannot be read, and is left out: %s", error)
        return None
    made = Conversation(found.id, found.owner, _time(found.started), _time(found.spoken), ended=True)
    made.kept.extend(Spoken(_time(turn.time), turn.text, turn.found) for turn in found.turns)
    return made


def _time(text: str) -> datetime:
    """What says no time is so long ago that it is forgotten."""
    return parse_time(text) or datetime.min.replace(tzinfo=UTC)


def _masked(value: Any, name: str = "result") -> Any:
    if isinstance(value, dict):
        return {key: _masked(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_masked(one, name) for one in value]
    return mask_value(name, value) if isinstance(value, str) else value
