"""Tells people: a message when an incident opens, worsens or ends, to the channels that the settings name."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

import aiohttp

from helmward.adapters.channels.opening import open_channels
from helmward.adapters.channels.sender import Sender
from helmward.core.bus import Bus, Subscription
from helmward.core.notices import Notification, NotificationEvent
from helmward.core.nouns import Severity
from helmward.core.plans import Plan
from helmward.core.settings import Settings
from helmward.core.times import format_time
from helmward.guard.secrets import mask
from helmward.world.book import Tracked, Transition

Counts = Callable[[], Mapping[str, int]]
_EVENTS: dict[str, NotificationEvent] = {
    "opened": "open",
    "reopened": "open",
    "worsened": "worsened",
    "resolved": "resolved",
}


@asynccontextmanager
async def notifying(
    settings: Settings, bus: Bus[Transition], told: Bus[Notification] | None = None
) -> AsyncIterator[dict[str, Counts]]:
    """Send messages until the block is left: of the incidents on `bus`, and what is on `told` as it is. Yields each channel's
    counters by name."""
    if not settings.channels:
        yield {}
        return
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        senders = await stack.enter_async_context(open_channels(settings.channels, os.environ, http, mask))
        subscription = bus.subscribe(10_000)
        stack.callback(subscription.close)
        task = asyncio.create_task(_follow(subscription, senders))
        stack.push_async_callback(_end, task, subscription, senders)
        if told is not None:
            notices = told.subscribe(10_000)
            stack.callback(notices.close)
            stack.push_async_callback(_end_passing, asyncio.create_task(_pass_on(notices, senders)), notices, senders)
        yield {sender.name: sender.snapshot for sender in senders}


async def _follow(subscription: Subscription[Transition], senders: Sequence[Sender]) -> None:
    while True:
        _offer(await subscription.get(), senders)


def _offer(transition: Transition, senders: Sequence[Sender]) -> None:
    notification = notification_of(transition)
    if notification is not None:
        for sender in senders:
            sender.offer(notification)


async def _end(task: asyncio.Task[None], subscription: Subscription[Transition], senders: Sequence[Sender]) -> None:
    """What was published but not yet handed over still goes out."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    for transition in subscription.drain():
        _offer(transition, senders)


async def _pass_on(subscription: Subscription[Notification], senders: Sequence[Sender]) -> None:
    while True:
        notification = await subscription.get()
        for sender in senders:
            sender.offer(notification)


async def _end_passing(
    task: asyncio.Task[None], subscription: Subscription[Notification], senders: Sequence[Sender]
) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    for notification in subscription.drain():
        for sender in senders:
            sender.offer(notification)


def notification_of_change(plan: Plan, event: NotificationEvent, text: str, now: datetime) -> Notification:
    """What people are told of a change that failed, was undone, or was approved by who asked for it."""
    return Notification(
        event=event,
        incident=plan.incident or "",
        severity=Severity(plan.severity or "high"),
        title=plan.title,
        namespace=plan.steps[0].resource.namespace,
        owner=None,
        cause=text,
        remedy=f"`helmward plan {plan.id}` shows what was done",
        opened=plan.created,
        time=format_time(now),
    )


def notification_of(transition: Transition) -> Notification | None:
    """What people are told of it; None where they are not: it is suppressed, only changed, or stood
    before we came and did not worsen."""
    event, tracked = _EVENTS.get(transition.what), transition.tracked
    known = tracked.baseline and transition.what != "worsened"
    if event is None or known or tracked.state == "suppressed":
        return None
    incident = tracked.incident
    return Notification(
        event=event,
        incident=incident.id,
        severity=incident.severity,
        title=incident.title,
        namespace=incident.resource.namespace,
        owner=incident.owner,
        cause=_cause(tracked),
        remedy=incident.remedies[0].text if incident.remedies else "",
        opened=tracked.opened,
        time=tracked.changed,
    )


def _cause(tracked: Tracked) -> str:
    first = tracked.incident.causes[0].finding if tracked.incident.causes else ""
    return next((finding.message for finding in tracked.findings if finding.id == first), "")
