"""The policy in force, and why it answers as it does."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from helmward.core.errors import UsageError
from helmward.core.settings_changes import SeverityName
from helmward.faces.api.access import TheHouse, Viewer
from helmward.faces.api.arguments import Arguments
from helmward.house import reach, tooling

router = APIRouter(tags=["policy"])


class Question(BaseModel):
    """A call of a tool by whoever asks, or a plan by its id."""

    model_config = ConfigDict(extra="forbid")
    tool: str | None = Field(None, max_length=100)
    arguments: Arguments = {}
    severity: SeverityName | None = None
    plan: str | None = Field(None, max_length=60)


@router.get("/policy")
async def show(house: TheHouse, _actor: Viewer) -> dict[str, Any]:
    """The policy's files, its hash, the modes and the environments."""
    return tooling.policy(house)


@router.post("/policy/explain")
async def explain(body: Question, house: TheHouse, actor: Viewer) -> dict[str, Any]:
    """Why a call, or each step of a plan, is allowed, asked or denied: every reason that holds, and where it stands."""
    if (body.tool is None) == (body.plan is None):
        raise UsageError("Ask about a tool or about a plan.")
    if body.plan is not None:
        await reach.check(house, actor, body.plan)
        return {"answers": await tooling.explain_plan(house, body.plan)}
    assert body.tool is not None
    return {"answers": [await tooling.explain_call(house, actor, body.tool, body.arguments, body.severity)]}
