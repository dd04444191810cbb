"""The map: what depends on what, and where it is broken."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from helmward.faces.api.access import TheHouse, Viewer
from helmward.faces.api.encoding import encoded
from helmward.house import map as the_map

router = APIRouter(tags=["map"])


@router.get("/map")
async def show_map(
    house: TheHouse,
    actor: Viewer,
    namespace: Annotated[
        str | None, Query(max_length=63, description="only this namespace, with its direct neighbours in others")
    ] = None,
    around: Annotated[
        str | None,
        Query(max_length=400, description="only what is within `hops` of this", examples=["Deployment/shop/payment"]),
    ] = None,
    hops: Annotated[int, Query(ge=1, le=4, description="how many steps from `around`, in any direction")] = 2,
    limit: Annotated[
        int, Query(ge=1, le=500, description="at most so many nodes, the worst and their neighbours first")
    ] = 150,
) -> Response:
    """What depends on what, as the cluster's configuration declares it: nodes in columns (`layer` 0: nothing leads to it),
    edges with where they are declared, and on both what is broken. `health` and `text` (why) are those of `/cluster`; `ready` of
    `wanted` are replicas, of a Service endpoints. The order does not change with health; `rank` does:
    0 is the worst."""
    return encoded(the_map.shown(house, actor, the_map.Asked(namespace, around, hops, limit)))
