"""The caller's own sessions at the console: which there are, and their end."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from helmward.faces.api.access import TheHouse, Viewer

router = APIRouter(tags=["sessions"], prefix="/sessions")


class Kept(BaseModel):
    """The session that goes on; without it all end."""

    model_config = ConfigDict(extra="forbid")
    keep: str = Field("", max_length=40, examples=["ses-abcdefghijklmnop"])


@router.get("")
async def own_sessions(house: TheHouse, actor: Viewer) -> dict[str, Any]:
    """The console's sessions of this actor that go on, the newest first. `source` is the address they came from, `browser` what
    it called itself, `by` whether they signed in with a password or a token (a one-time link stands for one)."""
    return {"sessions": await asyncio.to_thread(house.people.sessions.of, actor)}


@router.delete("/{session}", status_code=204)
async def end(session: str, house: TheHouse, actor: Viewer) -> None:
    """End one of them at once; a token that a password made for it ends too."""
    await asyncio.to_thread(house.people.sessions.end, actor, session)


@router.post("/end-others")
async def end_others(body: Kept, house: TheHouse, actor: Viewer) -> dict[str, Any]:
    """End all of them but one. `ended` is how many."""
    return {"ended": await asyncio.to_thread(house.people.sessions.end_others, actor, body.keep)}
