"""Who may call: the role that a route asks for. That there is an actor at all is the gate's business (gate.py)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor
from helmward.door.identity import Role, permits
from helmward.house import House

_DOCUMENTED = HTTPBearer(auto_error=False, description="A token of `helmward tokens create`.")


async def house_of(request: Request) -> House:
    """The running house."""
    house: House = request.app.state.house
    return house


TheHouse = Annotated[House, Depends(house_of)]


class Needs:
    """A dependency: the actor, if it has the role."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, request: Request, _documented: Annotated[object, Depends(_DOCUMENTED)]) -> Actor:
        """Raises DeniedError."""
        actor: Actor = request.state.actor
        if not permits(actor, self.role):
            raise DeniedError(f"{actor.name} may not do this: it needs the role '{self.role}'.")
        return actor


Viewer = Annotated[Actor, Depends(Needs("viewer"))]
Requester = Annotated[Actor, Depends(Needs("requester"))]
Admin = Annotated[Actor, Depends(Needs("admin"))]
