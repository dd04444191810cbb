"""From the book's transitions to what a channel posts."""

import json
from typing import Any

import msgspec
import pytest
from aiohttp import web

from helmward.core.bus import Bus
from helmward.core.nouns import Cause, Evidence, Finding, Incident, Owner, Remedy, Resource, Severity
from helmward.core.settings import ChannelSettings, Settings
from helmward.house.notify import notification_of, notifying
from helmward.world.book import Happening, Tracked, Transition

POD = Resource(api_version="v1", kind="Pod", namespace="production", name="pay-1")
OWNER = Owner(kind="Deployment", namespace="production", name="pay")
FINDING = Finding(
    id="fnd-1", code="HW-POD-001", slug="crash-loop", severity=Severity.HIGH, resource=POD, owner=OWNER,
    message="It ends with password=" + "hunter" + "2", why="", remedy="",
    evidence=(Evidence(id="ev-1", source="log", ref="x", excerpt="y"),),
)  # fmt: skip
TRACKED = Tracked(
    incident=Incident(
        id="inc-1", severity=Severity.HIGH, title="pay crashes", resource=POD, owner=OWNER,
        causes=(Cause(finding="fnd-1", confidence=0.9),), findings=("fnd-1",), symptoms=(), impact="", timeline=(),
        remedies=(Remedy(text="Mend it"),),
    ),
    findings=(FINDING,), key="k", state="open", opened="2026-01-01T00:00:00Z", changed="2026-01-01T00:00:05Z",
)  # fmt: skip


@pytest.mark.parametrize(
    ("what", "changes", "event"),
    [
        ("opened", {}, "open"),
        ("reopened", {}, "open"),
        ("worsened", {}, "worsened"),
        ("resolved", {"state": "resolved"}, "resolved"),
        ("changed", {}, None),
        ("noted", {}, None),
        ("opened", {"baseline": True}, None),
        ("worsened", {"state": "suppressed"}, None),
    ],
)
def test_which_transitions_people_are_told_of(what: Happening, changes: dict[str, Any], event: str | None) -> None:
    told = notification_of(Transition(what, msgspec.structs.replace(TRACKED, **changes)))
    assert (told and told.event) == event


async def test_a_transition_on_the_bus_reaches_the_channel_masked() -> None:
    bodies: list[dict[str, Any]] = []

    async def hook(request: web.Request) -> web.Response:
        bodies.append(json.loads(await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    channel = ChannelSettings(name="ops", kind="webhook", url=url, group_seconds=60)
    bus = Bus[Transition]()
    async with notifying(Settings(channels=(channel,)), bus) as counts:
        bus.publish(Transition("opened", TRACKED))
        bus.publish(Transition("changed", TRACKED))
    await runner.cleanup()
    assert counts["ops"]()["delivered"] == 1
    (told,) = bodies[0]["notifications"]
    assert (told["incident"], told["title"], told["remedy"]) == ("inc-1", "pay crashes", "Mend it")
    assert told["cause"] == "It ends with password=[secrets/password]"


async def test_without_channels_nothing_is_opened() -> None:
    async with notifying(Settings(), Bus[Transition]()) as counts:
        assert counts == {}


async def test_a_change_that_failed_reaches_the_channel() -> None:
    """It is told of at once, with the plan to look at."""
    from datetime import UTC, datetime

    from helmward.core.nouns import Actor
    from helmward.core.plans import Decision, Effect, Plan, Step
    from helmward.house.notify import notification_of_change

    step = Step(tool="t", arguments={}, effect=Effect.MUTATE, permission="p", resource=POD, api_path="/x", uid="u")
    plan = Plan(
        id="plan-1", requester=Actor(name="rita", kind="user"), environment="production", steps=(step,), digest="",
        decision=Decision(verdict="ask", reason=""), created="2026-01-01T00:00:00Z", expires="", title="restart pay",
    )  # fmt: skip
    bodies: list[dict[str, Any]] = []

    async def hook(request: web.Request) -> web.Response:
        bodies.append(json.loads(await request.read()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    channel = ChannelSettings(name="hook", kind="webhook", url=url, group_seconds=0)
    told = Bus[Any]()
    async with notifying(Settings(channels=(channel,)), Bus[Transition](), told):
        told.publish(notification_of_change(plan, "failed", "it did not help", datetime(2026, 1, 1, tzinfo=UTC)))
    await runner.cleanup()
    (notification,) = bodies[0]["notifications"]
    assert (notification["event"], notification["title"], notification["severity"]) == ("failed", "restart pay", "high")
    assert (notification["cause"], notification["incident"]) == ("it did not help", "")
    assert "helmward plan plan-1" in notification["remedy"]
