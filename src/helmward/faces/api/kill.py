"""The kill switch: whoever may request may pull it, administrators lift it."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from helmward.faces.api.access import Admin, Requester, TheHouse, WholeViewer
from helmward.house import stopping

router = APIRouter(tags=["kill switch"])


class Scope(BaseModel):
    """Everything, or one actor, tool or system by its name; and why."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["all", "actor", "tool", "system"]
    name: str = Field("", max_length=200)
    reason: str = Field(min_length=1, max_length=500)


@router.get("/kill")
async def show(house: TheHouse, _actor: WholeViewer) -> dict[str, Any]:
    """Where the switch is on, and which actions lie half done."""
    return await stopping.pulled(house)


@router.post("/kill")
async def kill(body: Scope, house: TheHouse, actor: Requester) -> dict[str, Any]:
    """Pull it: no write is made there from now on, and no plan there can be approved."""
    return await stopping.kill(house, actor, body.kind, body.name, body.reason)


@router.post("/revive")
async def revive(body: Scope, house: TheHouse, actor: Admin) -> dict[str, Any]:
    """Lift it. What is half done is listed; each can be undone."""
    return await stopping.revive(house, actor, body.kind, body.name, body.reason)
