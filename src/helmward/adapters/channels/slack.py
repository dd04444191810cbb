"""A Slack incoming webhook: the message as blocks. Whatever comes from outside is escaped and cut to Slack's limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar

import aiohttp

from helmward.adapters.channels.channel import Target, post
from helmward.core.extend import extension
from helmward.core.notices import Message, Notification
from helmward.core.nouns import Severity
from helmward.core.text import one_line

# Slack's "Reference: blocks" allows 3,000 characters a section and 50 blocks a message; the parts below sum to less.
_TITLE, _PLACE, _TEXT, _LINK = 300, 300, 700, 600
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Formatting needs its marks at a word's edge, an emoji both its colons; a zero-width space after one takes that away.
_FORMAT = re.compile(r"(?<!\w)[*_~`]|[*_~`](?!\w)|:(?=[a-z][\w+-]*:)")
_WORDS = {
    "open": "opened",
    "worsened": "worsened",
    "resolved": "resolved",
    "failed": "change failed",
    "undone": "change undone",
    "break-glass": "glass broken",
}
_OF_INCIDENTS = ("open", "worsened", "resolved")
_MARKS = {
    Severity.CRITICAL: ":red_circle:",
    Severity.HIGH: ":large_orange_circle:",
    Severity.MEDIUM: ":large_yellow_circle:",
    Severity.LOW: ":large_blue_circle:",
    Severity.INFO: ":white_circle:",
}


@extension("channel")
class Slack:
    """Posts one message of blocks."""

    kind: ClassVar[str] = "slack"
    most: ClassVar[int] = 10
    signs: ClassVar[bool] = False

    def __init__(self, target: Target, http: aiohttp.ClientSession) -> None:
        self._target = target
        self._http = http

    async def send(self, message: Message) -> None:
        """Deliver it. Raises TryLater or Refused."""
        await post(self._http, self._target.url, json.dumps(payload(message)).encode(), {})


def payload(message: Message) -> dict[str, Any]:
    """The body Slack wants: blocks, and a plain text for notifications."""
    blocks = [_section(_text(notification)) for notification in message.notifications]
    blocks += [_context(line) for line in _footers(message)]
    return {"text": _summary(message), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def escaped(text: str, limit: int) -> str:
    """One printable line of at most `limit` characters: no mention or link is left in it, and its formatting is broken."""
    line = _FORMAT.sub("\\g<0>\u200b", one_line(text, limit))
    pieces: list[str] = []
    room = limit
    for character in line:
        piece = _ENTITIES.get(character, character)
        room -= len(piece)
        if room < 1:
            return "".join(pieces) + "…"
        pieces.append(piece)
    return "".join(pieces)


def _text(notification: Notification) -> str:
    mark = ":white_check_mark:" if notification.event == "resolved" else _MARKS[notification.severity]
    lines = [f"{mark} *{escaped(notification.title, _TITLE)}*", escaped(_where(notification), _PLACE)]
    if notification.event != "resolved":
        lines += [f"Cause: {escaped(notification.cause, _TEXT)}"] if notification.cause else []
        lines += [f"Remedy: {escaped(notification.remedy, _TEXT)}"] if notification.remedy else []
    if notification.link or notification.incident:
        lines.append(_link(notification.link, notification.incident))
    return "\n".join(lines)


def _where(notification: Notification) -> str:
    event = _WORDS[notification.event]
    place = str(notification.owner) if notification.owner else notification.namespace
    since = notification.opened if notification.event != "resolved" else notification.time
    return " · ".join(part for part in (f"{notification.severity.value}, {event} {since}", place) if part)


def _link(link: str, incident: str) -> str:
    safe = (
        link.startswith(("http://", "https://")) and not set(link) & set("<>|\"' \\\r\n\t") and len(link) < _LINK - 100
    )
    name = escaped(incident, 60)
    return f"<{link.replace('&', '&amp;')}|{name}>" if safe else f"`helmward explain {name}`"


def _footers(message: Message) -> Iterator[str]:
    if message.more:
        yield f"and {message.more} more"
    if message.lost:
        yield f"{message.lost} earlier {'notification was' if message.lost == 1 else 'notifications were'} lost"


def _summary(message: Message) -> str:
    first = message.notifications[0]
    others = len(message.notifications) - 1 + message.more
    about = "incident " if first.event in _OF_INCIDENTS else ""
    text = f"{first.severity.value} {about}{_WORDS[first.event]}: {escaped(first.title, 200)}"
    return f"{text} (and {others} more)" if others else text


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}
