"""What an actor with a scope gets to see: what lies within it, as if there were nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor, Scope
from helmward.door.identity import Role, permits
from helmward.house.house import House
from helmward.house.meant import plan_of

_EVERYWHERE = Scope()


class OutOfReach(DeniedError):
    """It lies outside of the actor's scope."""


def reaches(house: House, actor: Actor, namespaces: Iterable[str]) -> bool:
    """Does the actor's scope hold all of these namespaces ("": what belongs to none)?"""
    return actor.scope == _EVERYWHERE or all(house.door.judge.reaches(actor, namespace) for namespace in namespaces)


def sight(house: House, actor: Actor) -> Callable[[str], bool]:
    """Whether the actor's scope holds a namespace, asked once for each: for lists that are long."""
    return cache(lambda namespace: reaches(house, actor, (namespace,)))


def needs(actor: Actor, role: Role, everything: bool = False) -> None:
    """Raises DeniedError for who has not the role; OutOfReach where it shows or manages `everything`, and they are bounded."""
    if not permits(actor, role):
        raise DeniedError(f"{actor.name} may not do this: it needs the role '{role}'.")
    if everything:
        whole(actor)


def whole(actor: Actor) -> None:
    """Raises OutOfReach for who is bounded to a scope: this shows everything at once."""
    if actor.scope != _EVERYWHERE:
        raise OutOfReach(f"This shows the whole cluster, and {actor.name} is bounded to a scope.")


async def check(house: House, actor: Actor, identity: str) -> None:
    """Raises OutOfReach where an incident, plan or action of this id, or beginning of one, lies outside of the scope."""
    if actor.scope != _EVERYWHERE and not reaches(house, actor, await _places(house, identity)):
        raise OutOfReach(f"{identity[:40]} lies outside of what {actor.name} may see.")


def rows(house: House, actor: Actor, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those rows of incidents, changes, workloads, plans or actions that lie within the scope."""
    if actor.scope == _EVERYWHERE:
        return list(found)
    return [row for row in found if reaches(house, actor, _of_row(row))]


async def _places(house: House, identity: str) -> set[str]:
    """The namespaces of everything that the id, or beginning of one, could stand for: as those who look for it read it
    (House.incident, meant.py), so that no spelling is checked as one thing and taken for another."""
    if identity.startswith("inc-"):
        return {entry.incident.resource.namespace for entry in house.book.find(identity)}
    plans = {identity} if identity.startswith("plan-") else set()
    if identity.startswith("act-"):
        intents = house.door.means.ledger.intents
        plans = {intent.plan for action, intent in list(intents.items()) if action.startswith(identity)}
        plans.add(plan_of(identity))
    found = [one for plan in sorted(plans) for one in await house.door.plans_called(plan)]
    return {step.resource.namespace for one in found for step in one.plan.steps}


def _of_row(row: dict[str, Any]) -> set[str]:
    if "actions" in row:
        return {action["resource"]["namespace"] for action in row["actions"]} or {""}
    return {row["resource"]["namespace"] if "resource" in row else row["namespace"]}
