"""Tools: those an actor may see, what each takes, and a call of one that changes nothing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from helmward.faces.api.access import TheHouse, Viewer
from helmward.faces.api.arguments import Arguments
from helmward.house import tooling

router = APIRouter(tags=["tools"])


class Reading(BaseModel):
    """The arguments; `cursor` asks for the page after the one that gave it."""

    model_config = ConfigDict(extra="forbid")
    arguments: Arguments = {}
    cursor: str | None = Field(None, max_length=4096)


@router.get("/tools")
async def list_tools(
    house: TheHouse,
    actor: Viewer,
    q: Annotated[str, Query(max_length=100, description="words that all stand in the name, title or description")] = "",
) -> dict[str, Any]:
    """The tools that this actor may see, by name. `decision` is what policy says of their call: allow, ask or deny; null where
    that depends on the arguments. Of a plan it may say something stricter."""
    return {"tools": await tooling.tools(house, actor, q)}


@router.get("/tools/{name}")
async def describe_tool(name: str, house: TheHouse, actor: Viewer) -> dict[str, Any]:
    """A tool with the JSON Schema of its arguments and the rights it needs in the cluster."""
    return await tooling.tool(house, actor, name)


@router.post("/tools/{name}")
async def read(name: str, body: Reading, house: TheHouse, actor: Viewer) -> dict[str, Any]:
    """One page of a tool that changes nothing. One that changes something is planned: POST /plans."""
    return await tooling.read(house, actor, name, body.arguments, body.cursor)
