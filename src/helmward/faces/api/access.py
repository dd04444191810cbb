"""Who may call: a bearer token on every request, and the role that a route asks for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor
from helmward.door.identity import Role, permits
from helmward.house import House


class NoToken(DeniedError):
    """The request carries no token, or one that does not hold."""

    http_status = 401


async def house_of(request: Request) -> House:
    """The running house."""
    house: House = request.app.state.house
    return house


TheHouse = Annotated[House, Depends(house_of)]


async def _actor(request: Request, house: TheHouse) -> Actor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NoToken("This needs a token: send 'Authorization: Bearer …', or set HELMWARD_TOKEN for the command line.")
    try:
        return house.identity.check(token.strip(), house.clock())
    except DeniedError as error:
        raise NoToken(str(error)) from None


class _Needs:
    def __init__(self, role: Role) -> None:
        self._role = role

    async def __call__(self, actor: Annotated[Actor, Depends(_actor)]) -> Actor:
        if not permits(actor, self._role):
            raise DeniedError(f"{actor.name} may not do this: it needs the role '{self._role}'.")
        return actor


Viewer = Annotated[Actor, Depends(_Needs("viewer"))]
Requester = Annotated[Actor, Depends(_Needs("requester"))]
Admin = Annotated[Actor, Depends(_Needs("admin"))]
