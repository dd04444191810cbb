"""Incidents: list, explain, acknowledge, suppress, and a stream of what happens to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from helmward.core.bus import Subscription
from helmward.core.nouns import Actor
from helmward.explain.reports import present
from helmward.faces.api.access import Requester, TheHouse, TheRequests, Viewer
from helmward.faces.api.encoding import encoded
from helmward.house import House, present_changes, reach
from helmward.house.affected import affected
from helmward.house.change_requests import ChangeRequests
from helmward.house.health import Incidents
from helmward.house.incident_search import Search
from helmward.house.present_changes import UnderWay
from helmward.world.book import Transition

router = APIRouter(tags=["incidents"])
_SEARCHED = "part of the title, id, namespace, or of a name or code of its findings; upper and lower case are one"
_HEARTBEAT = 15.0  # seconds; proxies cut what is silent for longer


class Acknowledge(BaseModel):
    """Why or by what one knows of it."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field("", max_length=500)


class Suppress(BaseModel):
    """For how long (`2h`) and why an incident keeps quiet."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    duration: str = Field(alias="for", max_length=20, examples=["2h"])
    reason: str = Field(min_length=1, max_length=500)


class Unsuppress(BaseModel):
    """Why it need not keep quiet any longer."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field("", max_length=500)


@router.get("/incidents")
async def list_incidents(
    house: TheHouse,
    requests: TheRequests,
    actor: Viewer,
    state: Literal["live", "all", "open", "acting", "resolved", "suppressed"] = "live",
    namespace: str | None = None,
    q: Annotated[str, Query(max_length=200, description=_SEARCHED)] = "",
    limit: Annotated[int | None, Query(ge=1, le=1000, description="rows of a page; without it, all")] = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="rows before the page")] = 0,
) -> Response:
    """Incidents: the live ones, the worst first, whether or not something is being done; then the suppressed; then the
    resolved, the newest first. `live` is everything not resolved; `total` counts them over all pages."""
    search = Search(state, namespace, q, limit, offset)
    rows, total = await requests.incident_page(search, reach.sight(house, actor))
    return encoded({"incidents": rows, "total": total})


@router.get("/incidents/{identity}")
async def explain_incident(identity: str, house: TheHouse, requests: TheRequests, actor: Viewer) -> dict[str, Any]:
    """One incident with causes, evidence, timeline and remedies. A unique beginning of the id is enough.

    `healing` tells whether a plan can be proposed: `{"fits": true, "playbook": "roll-back", "title": "roll … back", "why": …,
    "mode": "observe|ask|auto", "tried": [{"plan", "state", "at", "text"}], "paused": {"by", "at", "reason"} or null}`; `tried`
    are plans of that very act which failed or were taken back, the newest first, and `why` begins with the last; where nothing
    fits, `why` says so, and the remedies are done by hand. `mended`, of one that is over: `{"plan", "title", "requester",
    "approver", "acted", "proven", "proof": […], "undoable": [{"action", "title", "undo"}]}`; null where nothing that Helmward
    did for it stands. `unseen`, of one that is over: in a sentence, why nothing shows whether it is mended (its workload was
    scaled to 0, or is gone); else null. `endedAfter`, of one that is over and that Helmward did not mend: the last change by
    somebody else before its end, as in GET /changes; or null."""
    return await requests.incident(identity, reach.sight(house, actor))


@router.get("/incidents/{identity}/graph")
async def affected_graph(identity: str, house: TheHouse, actor: Viewer) -> Response:
    """What the first cause touches, from it to what people notice. `role`: `cause` (the first cause stands on it, or names it),
    `affected` (a finding stands on it, or nothing follows it), `between`. `health` as `/map` and `/cluster` tell it; null of what
    is only named (a ConfigMap). `how` is what the node `by` does with the other:
    `owns`, `selects`, `calls (env PAYMENT_URL of container app)`; `more` counts what follows but is not shown."""
    sees = reach.sight(house, actor)
    live = Incidents(entry for entry in house.incidents() if sees(entry.incident.resource.namespace))
    return encoded(affected(house.world, house.incident(identity), house.clock(), sees, live))


@router.post("/incidents/{identity}/acknowledge")
async def acknowledge(
    identity: str, body: Acknowledge, house: TheHouse, requests: TheRequests, actor: Requester
) -> dict[str, Any]:
    """Say that somebody has seen it."""
    entry = await house.acknowledge(identity, actor, body.reason)
    return await requests.summary(entry, reach.sight(house, actor))


@router.post("/incidents/{identity}/suppress")
async def suppress(
    identity: str, body: Suppress, house: TheHouse, requests: TheRequests, actor: Requester
) -> dict[str, Any]:
    """Keep it quiet for a while."""
    entry = await house.suppress(identity, actor, body.duration, body.reason)
    return await requests.summary(entry, reach.sight(house, actor))


@router.post("/incidents/{identity}/unsuppress")
async def unsuppress(
    identity: str, body: Unsuppress, house: TheHouse, requests: TheRequests, actor: Requester
) -> dict[str, Any]:
    """End the quiet now."""
    entry = await house.unsuppress(identity, actor, body.reason)
    return await requests.summary(entry, reach.sight(house, actor))


@router.get("/stream")
async def stream(request: Request, house: TheHouse, actor: Viewer) -> StreamingResponse:
    """Server-sent events: `data: {"what": "opened", "incident": {…}, "lost": 0}` for each transition, until the server
    stops or the token ends. `lost` counts those that this stream was too slow for."""
    events = _events(house, request.app.state.closing, request.state.token, actor)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _events(house: House, closing: asyncio.Event, token: str, actor: Actor) -> AsyncIterator[bytes]:
    subscription, sees = house.bus.subscribe(256), reach.sight(house, actor)
    try:
        yield b": connected\n\n"
        while True:
            transition = await _next(subscription, closing)
            if closing.is_set() or not house.identity.holds(token, house.clock()):
                return
            if transition and not reach.reaches(house, actor, [transition.tracked.incident.resource.namespace]):
                continue
            now = await ChangeRequests(house).under_way(sees) if transition else None
            yield _message(transition, now, subscription.lost) if transition and now else b": still here\n\n"
    finally:
        subscription.close()


async def _next(subscription: Subscription[Transition], closing: asyncio.Event) -> Transition | None:
    """The next transition; None when the server stops, or for a while nothing happened."""
    getting, ending = asyncio.ensure_future(subscription.get()), asyncio.ensure_future(closing.wait())
    try:
        await asyncio.wait({getting, ending}, timeout=_HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        return getting.result() if getting.done() else None
    finally:
        getting.cancel()
        ending.cancel()


def _message(transition: Transition, now: UnderWay, lost: int) -> bytes:
    row = present_changes.incident(present.summary(transition.tracked), now)
    body = {"what": transition.what, "incident": row, "lost": lost}
    return b"data: " + msgspec.json.encode(body) + b"\n\n"
