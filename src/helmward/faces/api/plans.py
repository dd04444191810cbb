"""Plans: proposed, shown, approved, denied, taken back. The routes take any actor: policy and the door say who may what."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from helmward.door.propose import MOST_STEPS, Wish
from helmward.faces.api.access import TheHouse, TheRequests, Viewer
from helmward.faces.api.arguments import Arguments
from helmward.faces.api.gate import source_of
from helmward.house import reach

router = APIRouter(tags=["changes"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Call(_Body):
    """One call of a tool."""

    tool: str = Field(max_length=100, examples=["rollout_undo"])
    arguments: Arguments = {}


class Proposal(_Body):
    """The calls of a plan, in order; why; and for which incident."""

    actions: list[Call] = Field(min_length=1, max_length=MOST_STEPS)
    reason: str = Field("", max_length=500)
    incident: str | None = Field(None, max_length=60)


class Approval(_Body):
    """The digest that was shown. `breakGlass`: the role oncall approves its own request, with a reason. `name` and
    `password`: of the person who approves, where the request's token is another's."""

    digest: str = Field(max_length=100)
    name: str | None = Field(None, max_length=100)
    password: str | None = Field(None, max_length=1000)
    reason: str = Field("", max_length=500)
    break_glass: bool = Field(False, alias="breakGlass")


class Why(_Body):
    """Why."""

    reason: str = Field("", max_length=500)


class Because(_Body):
    """Why; not to be left out."""

    reason: str = Field(min_length=1, max_length=500)


@router.get("/plans")
async def list_plans(
    house: TheHouse,
    requests: TheRequests,
    actor: Viewer,
    incident: Annotated[str | None, Query(max_length=60)] = None,
    waiting: Annotated[bool, Query(description="only those that wait for an approval")] = False,
) -> dict[str, Any]:
    """Plans, the newest first. `may`, of one that waits, says what the caller may do with it now, as approving and denying
    decide: `{"approve": true, "deny": true, "breakGlass": false, "why": "why not approve"}`; null of any other."""
    await reach.check(house, actor, incident or "")
    return {"plans": reach.rows(house, actor, await requests.rows(incident, waiting, actor))}


@router.post("/plans", status_code=201)
async def propose(
    body: Proposal,
    house: TheHouse,
    requests: TheRequests,
    actor: Viewer,
    response: Response,
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="show the plan that it would be; nothing is kept, approved or run")
    ] = False,
) -> dict[str, Any]:
    """A plan for calls of tools that change something. It runs at once where policy allows it without asking. A dry run answers
    200 with the same plan, of which nothing is kept: its `id` is null, its `state` is dry-run."""
    await reach.check(house, actor, body.incident or "")
    wishes = [Wish(call.tool, call.arguments) for call in body.actions]
    if dry_run:
        response.status_code = 200
        return await requests.dry_run(actor, wishes, body.reason, body.incident)
    return await requests.row(await requests.propose(actor, wishes, body.reason, body.incident), actor)


@router.get("/plans/{identity}")
async def show_plan(
    identity: str,
    requests: TheRequests,
    actor: Viewer,
    peek: Annotated[bool, Query(description="do not count it as shown to this actor")] = False,
) -> dict[str, Any]:
    """One plan, by its id or that of an incident or an action; who has seen it may approve it. `may` is as in the list."""
    return await requests.row(await requests.find(identity) if peek else await requests.plan(actor, identity), actor)


@router.post("/incidents/{identity}/plan")
async def plan_incident(
    identity: str,
    requests: TheRequests,
    actor: Viewer,
    new: Annotated[bool, Query(description="make another one, unless one is being carried out")] = False,
) -> dict[str, Any]:
    """An incident's latest plan, made if there is none."""
    return await requests.row(await requests.plan_for(actor, identity, new), actor)


@router.post("/plans/{identity}/approve")
async def approve(
    identity: str, body: Approval, request: Request, house: TheHouse, requests: TheRequests, actor: Viewer
) -> dict[str, Any]:
    """Yes to exactly what was shown; it is carried out."""
    approver = await house.as_approver(actor, body.name, body.password, source_of(request.scope))
    found = await requests.approve(
        actor, identity, body.digest, body.reason, body.break_glass, None if approver is actor else approver
    )
    return await requests.row(found, actor)


@router.post("/plans/{identity}/deny")
async def deny(identity: str, body: Why, requests: TheRequests, actor: Viewer) -> dict[str, Any]:
    """No."""
    return await requests.row(await requests.deny(actor, identity, body.reason), actor)


@router.post("/plans/{identity}/undo", status_code=201)
async def undo(identity: str, body: Why, requests: TheRequests, actor: Viewer) -> dict[str, Any]:
    """A plan that takes an action back. `identity` is the action's, its plan's, or an incident's (its last action)."""
    return await requests.row(await requests.undo(actor, identity, body.reason), actor)


@router.post("/plans/{identity}/review")
async def review(identity: str, body: Because, requests: TheRequests, actor: Viewer) -> dict[str, Any]:
    """Say that somebody else has looked at a broken glass."""
    return await requests.row(await requests.review(actor, identity, body.reason), actor)


@router.get("/actions")
async def list_actions(
    house: TheHouse,
    requests: TheRequests,
    actor: Viewer,
    of: Annotated[str | None, Query(max_length=60, description="the id of an action, a plan or an incident")] = None,
) -> dict[str, Any]:
    """What was done, the newest first, with the proof."""
    await reach.check(house, actor, of or "")
    return {"actions": reach.rows(house, actor, await requests.actions(of))}
