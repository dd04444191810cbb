"""Answers to questions: what Helmward knows, with the evidence that each answer rests on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from helmward.ask.commands import KEPT
from helmward.ask.inventory import Inventory, Thing
from helmward.ask.refusals import CAN
from helmward.ask.results import Call, Command
from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.core.text import one_line, stopped
from helmward.explain.reports import present
from helmward.house import reach, tooling
from helmward.house.asking import decisions
from helmward.house.asking.health import health
from helmward.house.change_requests import ChangeRequests
from helmward.house.house import House

Found = dict[str, Any]


class Reads:
    """Answers an actor's questions, with no more rights than the routes and tools that answer the same."""

    def __init__(self, house: House) -> None:
        self._house, self._requests = house, ChangeRequests(house)

    async def answer(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        """`{"text", "evidence", …}` and what was found. Raises HelmwardError."""
        if command.calls:
            return await self._calls(actor, command)
        own: dict[str, Callable[[Actor, Command, Inventory], Awaitable[Found]]] = {
            "explain": self._explain,
            "incidents": self._incidents,
            "status": self._status,
            "actions": self._actions,
            "changes": self._changes,
            "plan": self._plan,
            "help": self._help,
            "decisions": self._decided,
        }
        return await own[command.intent](actor, command, inventory)

    async def _calls(self, actor: Actor, command: Command) -> Found:
        """Each call through the door. Of several, one that fails says so in its place; all failing is an error."""
        pages, failed = [], list[HelmwardError]()
        for call in command.calls:
            try:
                page = await tooling.read(self._house, actor, call.tool, call.arguments, None)
                pages.append({"tool": call.tool, "arguments": call.arguments, "page": page})
            except HelmwardError as error:
                failed.append(error)
                pages.append({"tool": call.tool, "arguments": call.arguments, "error": str(error)})
        if len(failed) == len(command.calls):
            raise failed[0]
        return {"text": "", "evidence": [_call_evidence(call) for call in command.calls], "pages": pages}

    async def _explain(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        target, identity = command.slots.target, command.slots.identity
        known = (
            [identity] if identity else [trouble.id for trouble in inventory.troubles_of([target] if target else [])]
        )
        for one in known:
            await reach.check(self._house, actor, one)
        sees = reach.sight(self._house, actor)
        incidents = [await self._requests.incident(one, sees) for one in known]
        if incidents:
            return {"text": _why(incidents), "evidence": _evidence(incidents), "incidents": incidents}
        return health(self._house, target, inventory) if isinstance(target, Thing) else {"text": "", "evidence": []}

    async def _incidents(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        sees = reach.sight(self._house, actor)
        found = await self._requests.incidents("live", command.slots.namespace or None, sees)
        rows = reach.rows(self._house, actor, found)
        where = f" in {command.slots.namespace}" if command.slots.namespace else ""
        covered = present.coverage(self._house.world.coverage)
        if rows:
            return {
                "text": f"{_count(len(rows), 'incident')}{where}.",
                "evidence": [_refers(row) for row in rows],
                "rows": rows,
            }
        read = ", ".join(f"{count} {kind}" for kind, count in covered["read"].items() if count)
        hidden = ", ".join(entry["kind"] for entry in covered["unread"])
        seen = {"id": "seen-1", "source": "object", "ref": "all that was read", "excerpt": read}
        text = f"Nothing is wrong{where} [seen-1]." + (f" Not read: {hidden}." if hidden else "")
        return {"text": text, "evidence": [seen], "rows": rows, "unread": covered["unread"]}

    async def _status(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        status = self._house.status() | {"notices": list(await self._requests.notices())}
        return {"text": "", "evidence": [{"source": "object", "ref": status["server"]}], "status": status}

    async def _actions(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        rows = reach.rows(self._house, actor, await self._requests.actions(None))
        text = f"{_count(len(rows), 'action')} on record." if rows else "Nothing was done yet."
        return {"text": text, "evidence": [{"source": "change", "ref": row["id"]} for row in rows], "actions": rows}

    async def _changes(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        slots = command.slots
        since, place = slots.since or KEPT, slots.target.namespace if slots.target else slots.namespace
        found = [present.change(one) for one in self._house.changes(since, place or None)]
        rows = reach.rows(self._house, actor, found)
        evidence = [{"source": "change", "ref": f"{_of(row['resource'])} {row['path']}"} for row in rows]
        text = (
            f"{_count(len(rows), 'change')} in the last {since}." if rows else f"Nothing changed in the last {since}."
        )
        return {"text": text, "evidence": evidence, "changes": rows}

    async def _plan(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        await reach.check(self._house, actor, command.slots.identity)
        row = await self._requests.row(await self._requests.plan(actor, command.slots.identity))
        return {"text": "", "evidence": [{"source": "change", "ref": row["id"]}], "plan": row}

    async def _decided(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        slots = command.slots
        if slots.identity:
            await reach.check(self._house, actor, slots.identity)
            found = [await self._requests.find(slots.identity)]
        else:
            found = await decisions.decided(self._house, actor, slots)
        rows = [self._requests.row_of(one, ()) for one in found]
        said = [row | {"said": decisions.told(row)} for row in rows]
        where = f" of {slots.target}" if slots.target else f" in {slots.namespace}" if slots.namespace else ""
        text = (
            "; ".join(f"{row['title']}: {row['said']}" for row in said) or f"No plan{where} was approved or denied yet"
        )
        return {
            "text": stopped(text),
            "evidence": [{"source": "policy", "ref": row["id"]} for row in rows],
            "decided": said,
        }

    async def _help(self, actor: Actor, command: Command, inventory: Inventory) -> Found:
        return {"text": "This can be asked, in English or Korean:", "evidence": [], "can": list(CAN)}


def _why(incidents: list[dict[str, Any]]) -> str:
    """The first cause of each incident, with the id of the finding that says so."""
    said = []
    for incident in incidents:
        cause = incident["causes"][0] if incident["causes"] else None
        text = f"{cause['text']} [{cause['code']}, {cause['finding']}]" if cause else incident["title"]
        said.append(f"{incident['id']}: {one_line(text, 400)}")
    return "; ".join(said)


def _evidence(incidents: list[dict[str, Any]]) -> list[Found]:
    """What the first cause of each incident rests on."""
    found = []
    for incident in incidents:
        first = {cause["finding"] for cause in incident["causes"][:1]}
        for finding in incident["findings"]:
            if finding["id"] in first:
                found += [{"finding": finding["id"], **piece} for piece in finding["evidence"]]
    return found


def _call_evidence(call: Call) -> Found:
    """Where the answer of a tool stands: the object in the cluster."""
    given = call.arguments
    kind = given.get("kind", {"pods_log": "Pod", "nodes_top": "NodeMetrics", "events_list": "Event"}.get(call.tool, ""))
    ref = "/".join(filter(None, (str(kind), given.get("namespace", ""), given.get("name", ""))))
    source = {"pods_log": "log", "events_list": "event", "nodes_top": "metric"}.get(call.tool, "object")
    return {"source": source, "ref": ref}


def _refers(row: dict[str, Any]) -> Found:
    return {
        "source": "object",
        "ref": _of(row["resource"]),
        "finding": row["causes"][0]["finding"] if row["causes"] else None,
    }


def _of(resource: dict[str, Any]) -> str:
    return "/".join(filter(None, (resource["kind"], resource["namespace"], resource["name"])))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
