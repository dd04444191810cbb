"""The audit log, for administrators: its last records, pages of it, and a stream of what is added."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from helmward.faces.api.access import Admin, TheHouse
from helmward.house import House

router = APIRouter(tags=["audit"])
_HEARTBEAT = 15.0  # seconds; proxies cut what is silent for longer
_STREAMED = 500  # records read at once

After = Annotated[int, Query(ge=0, lt=1 << 60, description="only records after this number")]


@router.get("/audit")
async def list_records(
    house: TheHouse,
    _actor: Admin,
    last: Annotated[int | None, Query(ge=1, le=1000, description="the last so many; without it, a page")] = None,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
    since: Annotated[str | None, Query(max_length=40, examples=["2h", "2026-01-31T12:00:00Z"])] = None,
) -> Response:
    """`{"records": […]}`, oldest first, as they stand in the log. The next page is `after` the last one's sequence."""
    if last is not None:
        lines = await asyncio.to_thread(house.audit_tail, last)
    else:
        lines = await asyncio.to_thread(house.audit_page, after, limit, since)
    return Response(b'{"records":[%s]}' % b",".join(lines), media_type="application/json")


@router.get("/audit/stream")
async def stream(request: Request, house: TheHouse, _actor: Admin, after: After = 0) -> StreamingResponse:
    """Server-sent events: `data: {record}` for each record after number `after`, until the server stops or the token
    ends."""
    events = _events(house, request.app.state.closing, request.state.token, after)
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _events(house: House, closing: asyncio.Event, token: str, after: int) -> AsyncIterator[bytes]:
    yield b": connected\n\n"
    while True:
        grown = await _grown(house, closing, after)
        if closing.is_set() or not house.identity.holds(token, house.clock()):
            return
        lines = await asyncio.to_thread(house.audit_page, after, _STREAMED, None) if grown else []
        after += len(lines)  # they are numbered without gaps
        yield b"".join(b"data: %s\n\n" % line for line in lines) or b": still here\n\n"


async def _grown(house: House, closing: asyncio.Event, after: int) -> bool:
    """True if there are records after `after`; False when the server stops, or for a while nothing was added."""
    growing, ending = asyncio.ensure_future(house.audit.beyond(after)), asyncio.ensure_future(closing.wait())
    try:
        await asyncio.wait({growing, ending}, timeout=_HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
        return growing.done()
    finally:
        growing.cancel()
        ending.cancel()
