"""What people are told: a notification of one incident, and the message that carries several of them to a channel."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from helmward.core.nouns import Noun, Owner, Severity

NotificationEvent = Literal["open", "worsened", "resolved", "failed", "undone", "break-glass"]
SCHEMA: Literal["helmward.dev/notification/v1"] = "helmward.dev/notification/v1"


class Notification(Noun, frozen=True, kw_only=True):
    """An incident opened, worsened or ended; or a change failed, was undone, or was approved by who asked for it (then
    `incident` is "" for one that belongs to none, and `remedy` names the plan). Texts may come from outside; times are RFC
    3339, `link` is an http(s) URL or ""."""

    event: NotificationEvent
    incident: str
    severity: Severity
    title: str
    namespace: str
    owner: Owner | None
    cause: str
    remedy: str
    opened: str
    time: str
    link: str = ""


class Message(Noun, frozen=True, kw_only=True):
    """What a channel sends at once: the worst first, how many more there were, how many earlier ones were lost."""

    schema: Literal["helmward.dev/notification/v1"] = SCHEMA
    id: str
    notifications: tuple[Notification, ...]
    more: int = 0
    lost: int = 0


def message_schema() -> dict[str, Any]:
    """The JSON Schema of a message as the webhook posts it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Message)}
