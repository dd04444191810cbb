"""The cluster: the tree from workload to pod, one object with what is around it, a container's log as it is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from helmward.core.errors import DeniedError
from helmward.faces.api.access import TheHouse, Viewer
from helmward.faces.api.encoding import encoded
from helmward.faces.api.following import Followed, Following
from helmward.house import House
from helmward.house.cluster import LogFollower, LogWish, Named, Told, Wanted, branch, listing, open_log, shown_object

router = APIRouter(tags=["cluster"])
_HEARTBEAT = 15.0  # seconds; proxies cut what is silent for longer
_PAUSE = 1.0  # seconds between two looks at a log

ApiVersion = Annotated[
    str | None, Query(alias="apiVersion", max_length=280, description="where several groups have such a kind")
]


@router.get("/cluster")
async def cluster_tree(
    house: TheHouse,
    actor: Viewer,
    namespace: Annotated[str | None, Query(max_length=63, description="only in this namespace")] = None,
    q: Annotated[
        str,
        Query(
            max_length=253, description="part of a name: of the workload, of what leads to it or is below it, of a node"
        ),
    ] = "",
    broken: Annotated[bool, Query(description="only what has live incidents or is not ready")] = False,
    limit: Annotated[int, Query(ge=1, le=1000, description="workloads of a page")] = 200,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="workloads before the page")] = 0,
) -> Response:
    """Workloads, the worst first, each with the Services that lead to it (`services`), its ReplicaSets or Jobs and their pods. A
    Service that leads to none stands for itself. `health` is `broken` (it does nothing of what it should), `degraded`,
    `progressing`, `suspended` or `healthy`, `text` why; of a pod it is what kubectl shows as STATUS. `worst` is the health of the
    worst of a workload and its Services. `ready` of `wanted` are replicas, of a Service endpoints. `hidden` counts children that
    are left out."""
    return encoded(listing(house, actor, Wanted(namespace, q, broken, limit, offset)))


@router.get("/cluster/{kind}/{namespace}/{name}")
async def standing(
    kind: str, namespace: str, name: str, house: TheHouse, actor: Viewer, api_version: ApiVersion = None
) -> Response:
    """How an object stands now, and the workload's tree that it is part of, as Helmward sees them already: unlike `/objects/…`
    this reads nothing from the cluster, and can be asked for at each change. `followed` false: objects of this `kind` (its own
    name, as `Deployment`) are not watched. `standing` is null for what is not there, `workload` for what is in no tree; of a
    Service it is the worst of what that leads to."""
    return encoded(branch(house, actor, Named(kind, namespace, name, api_version)))


@router.get("/objects/{kind}/{namespace}/{name}")
async def one_object(
    kind: str,
    namespace: str,
    name: str,
    house: TheHouse,
    actor: Viewer,
    api_version: ApiVersion = None,
) -> Response:
    """An object without its secrets: YAML, health, owners and children, findings, Events and changes (the newest first).
    `namespace` is `-` for what is in none. It is read as the tools `resources_get` and `events_list` are, under the same
    policy; `unread` says what could not be. Of a pod `containerStates` tells what each container does: `state` is `running`,
    `waiting`, `terminated` or `unknown`, `text` its reason in words, `message` what the kubelet wrote, `last` the run before."""
    return encoded(await shown_object(house, actor, Named(kind, namespace, name, api_version)))


@router.get("/objects/Pod/{namespace}/{name}/logs/stream")
async def log_stream(
    namespace: str,
    name: str,
    request: Request,
    house: TheHouse,
    actor: Viewer,
    container: Annotated[str | None, Query(max_length=63, description="needed where the pod has several")] = None,
    tail: Annotated[int, Query(ge=1, le=2000, description="lines of what was written before")] = 200,
    previous: Annotated[bool, Query(description="the run before, which ended")] = False,
    after: Annotated[str | None, Header(alias="Last-Event-ID", max_length=60)] = None,
) -> Followed:
    """Server-sent events: `data: {"time", "text"}` for each line, secrets masked, its `id` the place to go on from.
    `event: dropped` counts lines left out (more than 200 in a second), `event: notice` says why there are none yet, `event: end`
    why no more will come. Permitted as the tool `pods_log` is. One actor
    follows at most 8 at once, all together 64: one more gets 429."""
    following: Following = request.app.state.following
    place = following.take(house.identity.owner(actor.name, actor.token))
    try:
        log = await open_log(house, actor, LogWish(namespace, name, container, tail, previous, after))
    except BaseException:
        place.give_back()
        raise
    return Followed(_followed(log, house, request.app.state.closing, request.state.token), place)


async def _followed(log: LogFollower, house: House, closing: asyncio.Event, token: str) -> AsyncIterator[bytes]:
    yield b": connected\n\n"
    async for told in _looks(log, closing, lambda: _holds(house, token)):
        yield b"".join(map(_message, told)) or b": still here\n\n"
        if told and told[-1].what == "end":
            return


def _holds(house: House, token: str) -> bool:
    try:
        house.identity.check_again(token, house.clock())
    except DeniedError:
        return False
    return True


async def _looks(log: LogFollower, closing: asyncio.Event, holds: Callable[[], bool]) -> AsyncIterator[list[Told]]:
    """What each look finds; nothing, where for a while nothing was found or a look takes long. Ends when the server stops, and a
    moment after the caller's token."""
    loop = asyncio.get_running_loop()
    ending = asyncio.ensure_future(closing.wait())
    look, said = asyncio.ensure_future(log.poll()), loop.time()
    try:
        while True:
            await asyncio.wait({look, ending}, timeout=_PAUSE, return_when=asyncio.FIRST_COMPLETED)
            if ending.done() or not holds():
                return
            told = look.result() if look.done() else []
            if told or loop.time() - said >= _HEARTBEAT:
                said = loop.time()
                yield told
            if look.done():
                await asyncio.wait({ending}, timeout=_PAUSE)
                look = asyncio.ensure_future(log.poll())
    finally:
        look.cancel()
        ending.cancel()


def _message(told: Told) -> bytes:
    kind = b"" if told.what == "line" else f"event: {told.what}\n".encode()
    place = f"id: {told.place}\n".encode() if told.place else b""
    return b"".join((kind, place, b"data: ", msgspec.json.encode(told.data), b"\n\n"))
