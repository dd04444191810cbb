"""Tokens: made, listed and revoked by administrators; and for twelve hours, by who types a password."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from helmward.core.nouns import Scope
from helmward.door.identity import Kind, Minted, Role
from helmward.door.identity.scopes import MOST_PATTERNS
from helmward.explain.reports import present
from helmward.faces.api.access import Admin, TheHouse, Viewer
from helmward.faces.api.gate import source_of
from helmward.house.people_search import Asked, Wanted
from helmward.house.people_search import tokens as found

router = APIRouter(tags=["tokens"])


class Within(BaseModel):
    """Where it may be used: names, with `*` for any characters. A sort that is empty is no limit."""

    model_config = ConfigDict(extra="forbid")
    namespaces: list[str] = Field(default=[], max_length=MOST_PATTERNS, examples=[["team-*"]])
    environments: list[str] = Field(default=[], max_length=MOST_PATTERNS)
    clusters: list[str] = Field(default=[], max_length=MOST_PATTERNS)

    def scope(self) -> Scope:
        """As a noun."""
        return Scope(
            namespaces=tuple(self.namespaces), environments=tuple(self.environments), clusters=tuple(self.clusters)
        )


class NewToken(BaseModel):
    """Who will use it, as what, where, and for how long (`30d`). It is never more than a registered actor of that name."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100)
    roles: list[Role] = Field(default=["viewer"], max_length=6)
    kind: Kind = "user"
    scope: Within = Within()
    expires: str | None = Field(None, max_length=20, examples=["30d"])


class Login(BaseModel):
    """A registered person's name and password."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=1000, repr=False)


@router.post("/tokens", status_code=201)
async def create(body: NewToken, house: TheHouse, actor: Admin) -> dict[str, Any]:
    """A new token. Its text is in this answer and nowhere else."""
    # In a thread, as all writes here: where another process holds the file, waiting for it must not stop the watch.
    make = house.people.create_token
    return _shown(
        await asyncio.to_thread(make, actor, body.name, body.roles, body.expires, body.kind, body.scope.scope())
    )


@router.get("/tokens")
async def list_tokens(
    house: TheHouse,
    _actor: Admin,
    state: Annotated[
        Asked | None,
        Query(description="Only those that stand like this; current: valid or forged; ended: expired or revoked."),
    ] = None,
    name: Annotated[str | None, Query(max_length=100, description="Only those of this name.")] = None,
    q: Annotated[str, Query(max_length=100, description="Only those with all these words in id, name or roles.")] = "",
    limit: Annotated[int | None, Query(ge=1, le=1000, description="At most so many; without it, all.")] = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="After so many.")] = 0,
) -> dict[str, Any]:
    """Every token, without its text; forged ones first, then the newest, then what ended last. Those that ended more than 90 days
    ago are not listed: the audit log has them. `states` counts how those of the name stand."""
    return await asyncio.to_thread(found, house.identity, house.clock(), Wanted(state, name, q, limit, offset))


@router.delete("/tokens/{identity}", status_code=204)
async def revoke(identity: str, house: TheHouse, actor: Admin) -> None:
    """End a token at once."""
    await asyncio.to_thread(house.people.revoke_token, actor, identity)


@router.post("/login", status_code=201)
async def login(body: Login, request: Request, house: TheHouse) -> dict[str, Any]:
    """A token of twelve hours for who types their password. The only address that takes no token."""
    return _shown(await house.people.login(body.name, body.password, source_of(request.scope)))


@router.post("/logout", status_code=204)
async def logout(house: TheHouse, actor: Viewer) -> None:
    """End the token that this call came with, at once."""
    await asyncio.to_thread(house.people.log_out, actor)


def _shown(minted: Minted) -> dict[str, Any]:
    return present.plain(minted.token) | {"token": minted.text}
