"""What the house itself tells: incidents, plans, actions and changes, as tools that read. Policy and the audit see them as they
see a cluster's tools."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import msgspec

from helmward.core.errors import UsageError
from helmward.core.nouns import Actor
from helmward.core.text import one_line
from helmward.door.tool import OUTPUT_LIMIT, Page, Reading, ReadTool
from helmward.explain.reports import present
from helmward.house import reach
from helmward.house.calling.own_arguments import (
    ActionArguments,
    ActionsArguments,
    ChangesArguments,
    IncidentArguments,
    IncidentsArguments,
    PlanArguments,
    PlansArguments,
)
from helmward.house.change_requests import ChangeRequests
from helmward.house.house import House

HOUSE = "helmward"
"""The system of tools that look at or change no other."""

_MARGIN = 1024  # bytes of a page for what stands around its rows


class HouseTool(ReadTool):
    """Base of these: made for a running house and one caller, who gets to see what lies within their scope."""

    system = HOUSE
    scope = "cluster"
    permission = "read"

    def __init__(self, house: House, actor: Actor) -> None:
        self.house, self.actor, self.requests = house, actor, ChangeRequests(house)

    async def read(self, arguments: Any, given: Reading) -> Page:
        """One page of rows. Raises OutOfReach for an id that lies outside of the scope."""
        named = (getattr(arguments, field, None) for field in ("id", "of", "incident"))
        for identity in filter(None, named):
            await reach.check(self.house, self.actor, identity)
        rows = reach.rows(self.house, self.actor, await self.rows(arguments))
        return _page(rows, getattr(arguments, "limit", 1), getattr(arguments, "cursor", None))

    @abstractmethod
    async def rows(self, arguments: Any) -> list[dict[str, Any]]:
        """Everything that was asked for, in its order. Raises HelmwardError with a sentence."""


class IncidentsList(HouseTool):
    """Lists incidents."""

    name = "incidents_list"
    title = "List incidents"
    description = (
        "Lists what is wrong in the cluster, the worst first, each with its first cause and what it waits for."
    )
    arguments = IncidentsArguments

    async def rows(self, arguments: IncidentsArguments) -> list[dict[str, Any]]:
        """The worst first."""
        return await self.requests.incidents(arguments.state, arguments.namespace, reach.sight(self.house, self.actor))


class IncidentsExplain(HouseTool):
    """Explains one."""

    name = "incidents_explain"
    title = "Explain an incident"
    description = "Explains one incident: first cause, evidence, timeline, impact, and what can be done about it."
    arguments = IncidentArguments

    async def rows(self, arguments: IncidentArguments) -> list[dict[str, Any]]:
        """One."""
        return [await self.requests.incident(arguments.id, reach.sight(self.house, self.actor))]


class PlansList(HouseTool):
    """Lists plans."""

    name = "plans_list"
    title = "List plans"
    description = "Lists planned changes, the newest first, and how far each is."
    arguments = PlansArguments

    async def rows(self, arguments: PlansArguments) -> list[dict[str, Any]]:
        """The newest first."""
        return await self.requests.rows(arguments.incident, arguments.waiting)


class PlansGet(HouseTool):
    """Shows one."""

    name = "plans_get"
    title = "Show a plan"
    description = "Shows a planned change: each value before and after, who owns it, what it can hurt, and its undo."
    arguments = PlanArguments

    async def rows(self, arguments: PlanArguments) -> list[dict[str, Any]]:
        """One. It does not count as shown: it is a person who must have seen what they approve."""
        return [await self.requests.row(await self.requests.find(arguments.id))]


class ActionsList(HouseTool):
    """Lists actions."""

    name = "actions_list"
    title = "List actions"
    description = "Lists what was done, the newest first, and the proof that it helped."
    arguments = ActionsArguments

    async def rows(self, arguments: ActionsArguments) -> list[dict[str, Any]]:
        """The newest first."""
        return await self.requests.actions(arguments.of)


class ActionsGet(HouseTool):
    """Tells how one went."""

    name = "actions_get"
    title = "Tell how an action went"
    description = (
        "Tells how an action went: whether it waits for an approval, is being done, has helped (with the proof), failed or "
        "was undone. With wait_seconds it is followed for a while."
    )
    arguments = ActionArguments

    async def rows(self, arguments: ActionArguments) -> list[dict[str, Any]]:
        """One."""
        return [await self.requests.row(await self.requests.find(arguments.id))]


class ChangesList(HouseTool):
    """Lists changes."""

    name = "changes_list"
    title = "List what changed"
    description = (
        "Lists values of the cluster's desired state that changed lately, the newest first, and who changed them."
    )
    arguments = ChangesArguments

    async def rows(self, arguments: ChangesArguments) -> list[dict[str, Any]]:
        """The newest first."""
        return [present.change(change) for change in self.house.changes(arguments.since, arguments.namespace)]


HOUSE_TOOLS: tuple[type[HouseTool], ...] = (
    ActionsGet,
    ActionsList,
    ChangesList,
    IncidentsExplain,
    IncidentsList,
    PlansGet,
    PlansList,
)

SINGLE: frozenset[str] = frozenset({"incidents_explain", "plans_get", "actions_get"})
"""Those that tell of one thing: their answer is that thing, and no page."""


def progress(plan: dict[str, Any], identity: str) -> dict[str, Any]:
    """How far a plan (as shown), or the one action of it that is asked for, is."""
    named = [one for one in plan["actions"] if identity.startswith("act-") and one["id"].startswith(identity)]
    keys = ("id", "tool", "title", "resource", "state", "outcome", "proof")
    return {
        "id": named[0]["id"] if named else plan["id"],
        "plan": plan["id"],
        "state": plan["state"],
        "text": plan["text"],
        "actions": [{key: one[key] for key in keys} for one in named or plan["actions"]],
    }


def _page(rows: Sequence[dict[str, Any]], limit: int, cursor: str | None) -> Page:
    start = 0 if cursor is None else _after(rows, cursor)
    taken: list[dict[str, Any]] = []
    size = 0
    for row in rows[start : start + limit]:
        size += len(msgspec.json.encode(row)) + 1
        if taken and size > OUTPUT_LIMIT - _MARGIN:
            break
        taken.append(row)
    more = start + len(taken) < len(rows)
    return Page(items=tuple(taken), cursor=str(start + len(taken)) if more else None)


def _after(rows: Sequence[dict[str, Any]], cursor: str) -> int:
    if not cursor.isdecimal() or int(cursor) > len(rows):
        raise UsageError(f"cursor: '{one_line(cursor, 40)}' is of no page before; leave it out to begin again.")
    return int(cursor)
