"""Which records somebody looks for: a cheap look at a block's bytes first, then the record itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from helmward.door.audit.errors import AuditError
from helmward.door.audit.lines import COMMIT


class Filter(NamedTuple):
    """What a record must be; what is empty lets all pass.

    `action` is exact, or with a trailing `*` a beginning; `target` stands in the record's target and `text` anywhere in the
    record, whatever the case; `since` (inclusive) and `until` (exclusive) are written as a record's time is.
    """

    actor: str = ""
    kind: str = ""
    action: str = ""
    target: str = ""
    outcome: str = ""
    text: str = ""
    since: str = ""
    until: str = ""


class By(msgspec.Struct, frozen=True):
    """Who is said to have done it."""

    name: str
    kind: str


class Seen(msgspec.Struct, frozen=True):
    """What of a record a filter looks at."""

    sequence: int
    time: str
    actor: By
    action: str
    target: str
    outcome: str


_decoder = msgspec.json.Decoder(Seen)


def see(line: bytes) -> Seen:
    """A record's line, as far as filters look. Raises AuditError."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AuditError(f"The audit log holds what is no record ({error}); run `helmward audit verify`.") from None


class Matcher:
    """A filter, ready to be held against blocks of whole lines."""

    def __init__(self, wanted: Filter) -> None:
        self._wanted, self._needles = wanted, _needles(wanted)
        self._text = _inside(wanted.text).decode()

    def hits(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        """Number and line (without its newline) of each record that fits, the newest first. Raises AuditError."""
        folded = block.lower() if self._needles else block
        rarest = min(self._needles, key=folded.count, default=b"\n")
        end = len(block)
        while end > 0:
            at = folded.rfind(rarest, 0, end)
            if at < 0:
                return
            start, stop = block.rfind(b"\n", 0, at) + 1, block.index(b"\n", at)
            end = start
            if all(folded.find(needle, start, stop) >= 0 for needle in self._needles):
                line = block[start:stop]
                seen = None if line.startswith(COMMIT) else see(line)
                if seen is not None and self._fits(seen, line):
                    yield seen.sequence, line

    def _fits(self, seen: Seen, line: bytes) -> bool:
        wanted = self._wanted
        return (
            (not wanted.since or seen.time >= wanted.since)
            and (not wanted.until or seen.time < wanted.until)
            and wanted.actor in ("", seen.actor.name)
            and wanted.kind in ("", seen.actor.kind)
            and wanted.outcome in ("", seen.outcome)
            and _is_action(seen.action, wanted.action)
            and _holds(seen.target.encode(), wanted.target)
            and _holds(line, self._text)
        )


def _is_action(action: str, wanted: str) -> bool:
    return action.startswith(wanted[:-1]) if wanted.endswith("*") else wanted in ("", action)


def _holds(data: bytes, part: str) -> bool:
    """Whatever the case; bytes are folded faster, but they know ASCII's letters alone."""
    if part.isascii():
        return not part or part.encode().lower() in data.lower()
    return part.casefold() in data.decode("utf-8", "replace").casefold()


def _needles(wanted: Filter) -> list[bytes]:
    """What stands in the line of every record that fits, folded.

    It relies on how `record.encode` writes a record: keys sorted, no spaces.
    """
    given = [_inside(part) for part in (wanted.text, wanted.target) if part.isascii()]
    given.append(b'"action":"%s' % _inside(wanted.action[:-1]) if wanted.action.endswith("*") else b"")
    given += [
        _key("action", wanted.action) if not wanted.action.endswith("*") else b"",
        _key("name", wanted.actor),
        _key("outcome", wanted.outcome),
        _key("kind", wanted.kind),
    ]
    return [needle.lower() for needle in given if needle]


def _key(name: str, value: str) -> bytes:
    return b'"%s":%s' % (name.encode(), _encoded(value)) if value else b""


def _inside(text: str) -> bytes:
    """A text as it stands in a JSON string, without the quotes."""
    return _encoded(text)[1:-1]


def _encoded(value: Any) -> bytes:
    return msgspec.json.encode(value)
