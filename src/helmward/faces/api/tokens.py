"""Tokens: made, listed and revoked by administrators."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from helmward.door.identity import Role
from helmward.explain.reports import present
from helmward.faces.api.access import Admin, TheHouse

router = APIRouter(tags=["tokens"])


class NewToken(BaseModel):
    """Who will use it, as what, and for how long (`30d`)."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100)
    role: Role = "viewer"
    expires: str | None = Field(None, max_length=20, examples=["30d"])


@router.post("/tokens", status_code=201)
async def create(body: NewToken, house: TheHouse, actor: Admin) -> dict[str, Any]:
    """A new token. Its text is in this answer and nowhere else."""
    # In a thread, as all writes here: where another process holds the file, waiting for it must not stop the watch.
    minted = await asyncio.to_thread(house.create_token, actor, body.name, body.role, body.expires)
    return present.plain(minted.token) | {"text": minted.text}


@router.get("/tokens")
async def list_tokens(house: TheHouse, _actor: Admin) -> dict[str, Any]:
    """Every token, without its text."""
    return {"tokens": [present.plain(token) for token in house.identity.list()]}


@router.delete("/tokens/{identity}", status_code=204)
async def revoke(identity: str, house: TheHouse, actor: Admin) -> None:
    """End a token at once."""
    await asyncio.to_thread(house.revoke_token, actor, identity)
