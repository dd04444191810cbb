"""One search over everything that has a name here, for a palette: what is broken, what runs, what was done, what can be done."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from helmward.core.nouns import Actor, Scope
from helmward.door.identity import permits
from helmward.door.store import Stored
from helmward.house import reach
from helmward.house.health import Incidents, place
from helmward.house.house import House
from helmward.house.search_found import ORDER, Found, Told, namespace
from helmward.house.search_kept import Kept
from helmward.house.search_rank import BROKEN, Hit, Query, first, nearly
from helmward.world.book import Tracked
from helmward.world.kinds import WORKLOADS
from helmward.world.objects import Object

LONGEST = 100
"""Characters of what is typed."""
_ENOUGH = 5  # hits, with which nobody has to guess what was meant


class Search:
    """Looks. Names of objects are read from the world each time; rows of the state are kept for a moment."""

    def __init__(self, house: House) -> None:
        self._house, self._kept = house, Kept(house)

    async def look(self, actor: Actor, text: str, limit: int) -> dict[str, Any]:
        """What this actor may see of what fits `text`, the best first; for no text, what is broken."""
        query = Query(text[:LONGEST])
        plans = await self._kept.plans()
        people = await self._kept.people() if permits(actor, "admin") and actor.scope == Scope() else []
        look = _Look(self._house, self._kept, actor, query)
        if not query.words:
            return look.broken(limit)
        rows = [Found("actor", one.id, one.name, one.detail) for one in people]
        rows += [row for stored in plans for row in look.changes(stored)]
        rows += look.namespaces
        hits = first([*look.incidents(), *look.objects(), *look.tools(), *look.rows(rows)], limit)
        if len(hits) < min(limit, _ENOUGH):
            known = {id(hit.about) for hit in hits}
            hits += [hit for hit in nearly(query, list(look.spoken()), limit) if id(hit.about) not in known]
        return look.shown(hits[:limit])


class _Look:
    """What one actor may see of what fits a query."""

    def __init__(self, house: House, kept: Kept, actor: Actor, query: Query) -> None:
        self._house, self._kept, self._actor, self._query = house, kept, actor, query
        self._sees = reach.sight(house, actor)
        self._entries = [one for one in house.incidents("all") if self._sees(one.incident.resource.namespace)]
        self._incidents = Incidents(entry for entry in self._entries if entry.live)

    def incidents(self) -> Iterator[Hit]:
        """Live ones, the worst first, and those that ended in the last days."""
        query, words = self._query, self._kept.words
        for entry in self._entries:
            name, hay = words(entry)
            if query.may_fit(hay):
                yield self._hit("incident", name, "", query.score((entry.id, name), hay), entry.live, entry)

    def broken(self, limit: int) -> dict[str, Any]:
        """Where nothing is typed: the live incidents."""
        live = [entry for entry in self._entries if entry.live]
        return self.shown([self._hit("incident", entry.id, "", 0, True, entry) for entry in live[:limit]])

    def objects(self) -> Iterator[Hit]:
        """Workloads, Services and pods. No ReplicaSet of a Deployment: it is found by what made it."""
        query = self._query
        for kind in (*WORKLOADS, "Service", "Pod"):
            sort, word = _sort(kind), kind.lower()
            for item in self._house.world.all(kind):
                name = item.name
                hay = f"{name} {item.namespace} {word}"
                if query.may_fit(hay) and self._is_shown(item):
                    broken = place(item) in self._incidents
                    yield self._hit(sort, name, item.namespace, query.score((name,), hay), broken, item)

    @cached_property
    def namespaces(self) -> list[Found]:
        """Those that are there, or in which something is: Namespaces themselves need not be read."""
        world = self._house.world
        named = {item.name for item in world.all("Namespace")}
        named |= {item.namespace for kind in (*WORKLOADS, "Service", "Pod") for item in world.all(kind)}
        live: dict[str, list[Tracked]] = {}
        for entry in self._entries:
            if entry.live:
                live.setdefault(entry.incident.resource.namespace, []).append(entry)
        return [namespace(name, live.get(name, [])) for name in sorted(named) if self._sees(name)]

    def spoken(self) -> Iterator[Hit]:
        """Workloads, Services and namespaces: names that people say, and misspell. A pod's is its workload's and letters."""
        for kind in (*WORKLOADS, "Service"):
            for item in self._house.world.all(kind):
                if self._is_shown(item):
                    broken = place(item) in self._incidents
                    yield self._hit(_sort(kind), item.name, item.namespace, 0, broken, item)
        for space in self.namespaces:
            yield self._hit(space.kind, space.id, "", 0, space.severity is not None, space)

    def tools(self) -> Iterator[Hit]:
        """Those that the actor may see."""
        for tool in self._house.door.tools(self._actor):
            names = tool.name.lower(), tool.title.lower()
            if score := self._query.score(names, " ".join(names)):
                about = Found("tool", tool.name, tool.title, f"{tool.effect}: {tool.description}")
                yield self._hit("tool", tool.name, "", score, False, about)

    def changes(self, stored: Stored) -> Iterator[Found]:
        """A plan, and those of its steps that were begun."""
        plan, ledger = stored.plan, self._house.door.means.ledger
        if not all(self._sees(step.resource.namespace) for step in plan.steps):
            return
        names = " ".join(step.resource.name for step in plan.steps)
        yield Found("plan", plan.id, plan.title, f"{stored.state}, by {plan.requester.name}", words=names)
        for number, step in enumerate(plan.steps):
            identity = plan.action_id(number)
            if (intent := ledger.intents.get(identity)) is not None:
                state = ledger.verdicts.get(identity) or intent.outcome or "intended"
                detail = f"{state}, of {plan.id}"
                yield Found("action", identity, step.title, detail, step.resource, words=step.resource.name)

    def rows(self, rows: list[Found]) -> Iterator[Hit]:
        """Those rows that fit."""
        for row in rows:
            names = row.id.lower(), row.title.lower()
            if score := self._query.score(names, f"{names[0]} {names[1]} {row.words}".lower()):
                yield self._hit(row.kind, row.title, "", score, row.severity is not None, row)

    def shown(self, hits: list[Hit]) -> dict[str, Any]:
        """As JSON."""
        told = Told(self._house.world, self._incidents)
        return {"results": [told.row(hit.about, hit.score) for hit in hits]}

    def _is_shown(self, item: Object) -> bool:
        owned = item.kind.name != "Pod" and bool(item.view.metadata.owner_references)
        return not owned and self._sees(item.namespace)

    def _hit(self, sort: str, name: str, namespace: str, score: int, broken: bool, about: Any) -> Hit:
        return Hit(-score - BROKEN * broken, ORDER.index(sort), len(name), name, namespace, about)


def _sort(kind: str) -> str:
    return "workload" if kind in WORKLOADS else kind.lower()
