"""What heals by itself, and what it leaves alone."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from helmward.faces.api.access import Requester, TheHouse, TheRequests, WholeViewer

router = APIRouter(tags=["healing"])


class Because(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500)


@router.get("/heal")
async def show(house: TheHouse, _actor: WholeViewer) -> dict[str, Any]:
    """What would be done by itself, where and why, and what holds for each live incident."""
    return house.heal_overview()


@router.post("/incidents/{identity}/heal/pause")
async def pause(identity: str, body: Because, requests: TheRequests, actor: Requester) -> dict[str, Any]:
    """Nothing heals this incident by itself until somebody resumes it."""
    return {"incident": await requests.pause_healing(actor, identity, body.reason), "paused": True}


@router.post("/incidents/{identity}/heal/resume")
async def resume(identity: str, body: Because, requests: TheRequests, actor: Requester) -> dict[str, Any]:
    """It may be healed again."""
    return {"incident": await requests.resume_healing(actor, identity, body.reason), "paused": False}
