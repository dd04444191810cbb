"""The gateway: how traffic goes, how upstreams do, what was used of models, and how the budgets stand."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from helmward.faces.api.access import Admin, TheHouse, WholeViewer
from helmward.gateway.budget.usage import By
from helmward.house.models import traffic as gateway_traffic
from helmward.house.models import upstreams as gateway_upstreams
from helmward.house.models import use as gateway_use

router = APIRouter(tags=["gateway"], prefix="/gateway")


class Reason(BaseModel):
    """Why; others will read it."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500)


@router.get("/usage")
async def usage(
    house: TheHouse,
    _actor: WholeViewer,
    by: By = "key",
    since: Annotated[str, Query(max_length=20, examples=["24h"])] = "24h",
) -> dict[str, Any]:
    """Calls, tokens and cost, by key, user, team or model; and what is left of each budget, the nearest to its end first."""
    return await gateway_use.usage(house, by, since)


@router.get("/traffic")
async def traffic(
    house: TheHouse,
    _actor: WholeViewer,
    since: Annotated[
        str, Query(max_length=20, examples=["24h"], description="How far back: 90m, 24h, at most 7d.")
    ] = "24h",
    step: Annotated[
        str | None,
        Query(
            max_length=20,
            examples=["15m"],
            description="The time of a point: a multiple of 5m up to 1h, or whole hours up to 24h; beyond 24h whole hours. "
            "Without it, one that gives at most 100 points.",
        ),
    ] = None,
    model: Annotated[
        str | None, Query(max_length=100, description='Of this model alone; "" for calls of names that no model has.')
    ] = None,
) -> dict[str, Any]:
    """Model calls over time: how many, what became of them, tokens, cost, how long they took; by model; and which rules of guards
    fired. There is a point for each step, also for those without calls.

    `denied`: refused before anything was sent (policy, budget, no such model, no upstream that answers); `blocked`: by a guard.
    `failed`: an upstream, Helmward or the caller broke it off. `p50` … `p99` are seconds from the call to the last byte of its
    answer, of the calls that went on to an upstream (null where there was none); `firstTokenP50` to the first text of streams;
    `ownP50` what Helmward added: all but the waiting for the upstream and for callers that read slowly. They come from histograms
    (five slots a decade), so they are off by at most a quarter."""
    return await gateway_traffic.traffic(house, since, step, model)


@router.get("/upstreams")
async def upstreams(house: TheHouse, _actor: WholeViewer) -> dict[str, Any]:
    """Each upstream as it is now. `health` is its circuit breaker's state: closed (it is asked), open (left alone for `reopensIn`
    seconds), half-open (one call tries it); `why` its last failure, `failures` of `outcomes` those of the last 30 seconds;
    `running` of at most `connections` calls, `waiting` for a turn."""
    return {"upstreams": gateway_upstreams.upstreams(house)}


@router.get("/caller")
async def caller(
    house: TheHouse, actor: WholeViewer, name: Annotated[str | None, Query(min_length=1, max_length=100)] = None
) -> dict[str, Any]:
    """The team of an actor or a key of this name (without one: of who asks), and the budgets that hold for it."""
    return gateway_use.caller(house, name or actor.name)


@router.post("/reconcile")
async def reconcile(body: Reason, house: TheHouse, actor: Admin) -> dict[str, Any]:
    """Take back what counts as spent only because a server was killed while it was leased. The audit keeps it."""
    return await gateway_use.reconcile(house, actor, body.reason)
