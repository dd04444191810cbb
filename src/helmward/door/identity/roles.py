"""Roles: what each includes, and what is left of two that limit each other.

`caller` uses models through the gateway, and nothing else. Each of the others includes it: `viewer` reads; `requester` also
proposes changes, acknowledges and suppresses; `approver` approves what others propose; `oncall` is a requester who may break
the glass; `admin` may do everything, and manages actors and tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from helmward.core.errors import UsageError
from helmward.core.nouns import Actor
from helmward.core.text import with_article

Role = Literal["caller", "viewer", "requester", "approver", "oncall", "admin"]
Kind = Literal["user", "service", "agent"]

ROLES: tuple[Role, ...] = ("caller", "viewer", "requester", "approver", "oncall", "admin")
KINDS: tuple[Kind, ...] = ("user", "service", "agent")
"""From the least bounded to the most."""

INCLUDES: dict[str, frozenset[str]] = {
    "caller": frozenset({"caller"}),
    "viewer": frozenset({"caller", "viewer"}),
    "requester": frozenset({"caller", "viewer", "requester"}),
    "approver": frozenset({"caller", "viewer", "approver"}),
    "oncall": frozenset({"caller", "viewer", "requester", "oncall"}),
    "admin": frozenset(ROLES),
}
MEANS: dict[Role, str] = {
    "caller": "Uses models through the gateway, and nothing else.",
    "viewer": "Reads incidents, plans, objects and logs, and uses models.",
    "requester": "Reads, proposes changes, acknowledges and suppresses incidents, and, without a scope, may stop changes.",
    "approver": "Reads, and approves or denies what others propose.",
    "oncall": "A requester who may approve their own change with a reason, which somebody else reviews afterwards.",
    "admin": "May do everything, and manages actors and tokens.",
}
"""What each role is for, in one sentence."""

_FOR_MACHINES = INCLUDES["requester"]
"""What a service or an agent may be. An administrator could make itself an approver, so they are none either."""


def kinds_with(role: Role) -> tuple[Kind, ...]:
    """The kinds of actors that may have this role."""
    return KINDS if role in _FOR_MACHINES else ("user",)


def permits(actor: Actor, role: Role) -> bool:
    """True if one of the actor's roles includes `role`."""
    return role in granted(actor.roles)


def models_alone(actor: Actor) -> bool:
    """True of a gateway key: it opens nothing but models, whatever a policy says of those who read."""
    return "caller" in actor.roles and not permits(actor, "viewer")


def granted(roles: Iterable[str]) -> frozenset[str]:
    """Everything that these roles include. An unknown role includes nothing."""
    return frozenset().union(*(INCLUDES.get(role, frozenset()) for role in roles))


def checked(roles: Iterable[str], kind: str) -> tuple[str, ...]:
    """The roles in their order. Raises UsageError for an unknown one, for none, and for what this kind may not have."""
    wanted = set(roles)
    if kind not in KINDS:
        raise UsageError(f"There is no kind '{kind}'; the kinds are {', '.join(KINDS)}.")
    if not wanted:
        raise UsageError(f"Choose at least one role; the roles are {', '.join(ROLES)}.")
    if not wanted <= set(ROLES):
        unknown = ", ".join(sorted(wanted - set(ROLES)))
        raise UsageError(f"There is no role '{unknown}'; the roles are {', '.join(ROLES)}.")
    if kind != "user" and not wanted <= _FOR_MACHINES:
        raise UsageError(
            f"{with_article(kind).capitalize()} may be caller, viewer or requester only: approving and managing are for people."
        )
    return _fewest(wanted)


def common(kind: str, *holders: Iterable[str]) -> tuple[str, ...]:
    """The fewest roles that include what all `holders` include, as far as `kind` may have it."""
    shared = frozenset(ROLES).intersection(*(granted(roles) for roles in holders))
    return _fewest(shared if kind == "user" else shared & _FOR_MACHINES)


def narrowest(one: Kind, other: Kind) -> Kind:
    """The more bounded of two kinds: what an agent does with a person's token, an agent does."""
    return max(one, other, key=KINDS.index)


def _fewest(roles: Iterable[str]) -> tuple[str, ...]:
    wanted = set(roles)
    implied = {role for role in wanted for other in wanted - {role} if role in INCLUDES[other]}
    return tuple(role for role in ROLES if role in wanted - implied)
