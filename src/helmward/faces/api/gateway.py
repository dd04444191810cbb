"""The gateway: what was used of models, and how the budgets stand."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from helmward.faces.api.access import Admin, TheHouse, WholeViewer
from helmward.gateway.budget.usage import By
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
    """Calls, tokens and cost, by key, user, team or model; and what is left of each budget."""
    return await gateway_use.usage(house, by, since)


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
