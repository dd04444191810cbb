"""Who may call: the role that a route asks for. That there is an actor at all is the gate's business (gate.py)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor
from helmward.door.identity import Role
from helmward.house import House, reach
from helmward.house.change_requests import ChangeRequests

_DOCUMENTED = HTTPBearer(auto_error=False, description="A token of `helmward tokens create`.")


async def house_of(request: Request) -> House:
    """The running house."""
    house: House = request.app.state.house
    return house


TheHouse = Annotated[House, Depends(house_of)]


async def requests_of(request: Request) -> ChangeRequests:
    """What people ask of changes."""
    return ChangeRequests(request.app.state.house)


TheRequests = Annotated[ChangeRequests, Depends(requests_of)]


class Needs:
    """A dependency: the actor, if it has the role."""

    def __init__(self, role: Role, whole: bool = False) -> None:
        """`whole`: it shows or manages everything, so that whoever is bounded to a scope gets none of it."""
        self.role, self.whole = role, whole

    async def __call__(self, request: Request, _documented: Annotated[object, Depends(_DOCUMENTED)]) -> Actor:
        """Raises DeniedError, which is audited."""
        actor: Actor = request.state.actor
        house: House = request.app.state.house
        try:
            await self._check(house, actor, request.path_params.get("identity", ""))
        except DeniedError as error:
            await house.people.lacking(actor, error, f"{request.method} {request.url.path}")
            raise
        return actor

    async def _check(self, house: House, actor: Actor, identity: str) -> None:
        reach.needs(actor, self.role, self.whole)
        await reach.check(house, actor, identity)


Viewer = Annotated[Actor, Depends(Needs("viewer"))]
WholeViewer = Annotated[Actor, Depends(Needs("viewer", whole=True))]
Requester = Annotated[Actor, Depends(Needs("requester"))]
Admin = Annotated[Actor, Depends(Needs("admin", whole=True))]
