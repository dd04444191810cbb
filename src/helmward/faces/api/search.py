"""One search over everything that has a name, for a palette."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from helmward.faces.api.access import Viewer
from helmward.faces.api.encoding import encoded
from helmward.house.search import LONGEST

router = APIRouter(tags=["search"])


@router.get("/search")
async def search(
    request: Request,
    actor: Viewer,
    q: Annotated[str, Query(max_length=LONGEST, description="what was typed; nothing: what is broken")] = "",
    limit: Annotated[int, Query(ge=1, le=100, description="at most so many results")] = 20,
) -> Response:
    """Incidents, workloads, Services, namespaces, pods, plans, actions and tools (for administrators: actors and tokens too)
    by what they are called, the best first: exact names, beginnings, words, then what is nearly called so; of what fits
    equally well, what is broken."""
    return encoded(await request.app.state.search.look(actor, q, limit))
