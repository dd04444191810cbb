"""Registered actors: added, changed and removed by administrators. Nobody's password is ever shown."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from helmward.door.identity import ROLES, Kind, NewAccount, Role
from helmward.door.identity.roles import INCLUDES, MEANS, kinds_with
from helmward.explain.reports import present
from helmward.faces.api.access import Admin, TheHouse, Viewer
from helmward.faces.api.tokens import Within
from helmward.house.people_search import actors as found

router = APIRouter(tags=["actors"])


class NewActor(BaseModel):
    """Somebody: what they are, what they may do, and where. People may have a password."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=63)
    kind: Kind = "user"
    roles: list[Role] = Field(max_length=6)
    scope: Within = Within()
    password: str | None = Field(None, max_length=1000, repr=False)


class Changed(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    roles: list[Role] | None = Field(None, max_length=6)
    scope: Within | None = None
    password: str | None = Field(None, max_length=1000, repr=False)


@router.get("/roles")
async def list_roles(_actor: Viewer) -> dict[str, Any]:
    """What each role is for, which others it includes, and which kinds of actors may have it; the least comes first."""
    roles = [
        {
            "name": role,
            "text": MEANS[role],
            "includes": sorted(INCLUDES[role] - {role}),
            "kinds": list(kinds_with(role)),
        }
        for role in ROLES
    ]
    return {"roles": roles}


@router.get("/actors")
async def list_actors(
    house: TheHouse,
    _actor: Admin,
    q: Annotated[
        str, Query(max_length=100, description="Only those with all these words in name, kind or roles.")
    ] = "",
    limit: Annotated[int | None, Query(ge=1, le=1000, description="At most so many; without it, all.")] = None,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="After so many.")] = 0,
) -> dict[str, Any]:
    """Everybody who is registered, by name; who is not as the audit log has them comes first."""
    return await asyncio.to_thread(found, house, q, limit, offset)


@router.get("/actors/{name}")
async def describe(name: str, house: TheHouse, _actor: Admin) -> dict[str, Any]:
    """One of them, with their tokens."""
    account = house.people.actor(name)
    held = await asyncio.to_thread(house.identity.tokens, house.clock())
    return present.plain(account) | {"tokens": [present.plain(one) for one in held if one.name == account.name]}


@router.post("/actors", status_code=201)
async def add(body: NewActor, house: TheHouse, actor: Admin) -> dict[str, Any]:
    """Register somebody: from now on, no token of their name is more than they are."""
    wish = NewAccount(body.name, body.kind, tuple(body.roles), body.scope.scope(), body.password)
    return present.plain(await asyncio.to_thread(house.people.add_actor, actor, wish))


@router.patch("/actors/{name}")
async def change(name: str, body: Changed, house: TheHouse, actor: Admin) -> dict[str, Any]:
    """Change somebody, at once for all their tokens."""
    scope = None if body.scope is None else body.scope.scope()
    changed = await asyncio.to_thread(house.people.change_actor, actor, name, body.roles, scope, body.password)
    return present.plain(changed)


@router.delete("/actors/{name}", status_code=204)
async def remove(name: str, house: TheHouse, actor: Admin) -> None:
    """Take somebody out: all their tokens end."""
    await asyncio.to_thread(house.people.remove_actor, actor, name)
