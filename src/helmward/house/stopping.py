"""The kill switch as people use it: pulled, lifted, and what lies half done under it."""

from __future__ import annotations

from typing import Any

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor, Scope
from helmward.core.times import format_time
from helmward.door.killswitch import FILE, scope_of
from helmward.door.ledger import EVERYTHING
from helmward.house.house import House
from helmward.house.titles import titled


async def pulled(house: House) -> dict[str, Any]:
    """Where it is on, by whom and why, everything first; and the actions that are neither proven nor taken back."""
    kills = sorted(house.door.means.ledger.kills.values(), key=lambda kill: kill.scope != EVERYTHING)
    found: list[dict[str, Any]] = [
        {"scope": kill.scope, "by": kill.by, "time": format_time(kill.time), "reason": kill.reason} for kill in kills
    ]
    if house.door.kills.filed:
        found.insert(0, {"scope": EVERYTHING, "by": f"the file {FILE}", "time": None, "reason": "in the data folder"})
    return {"kills": found, "halfDone": await titled(house.door, await house.door.half_done())}


async def kill(house: House, by: Actor, kind: str, name: str, reason: str) -> dict[str, Any]:
    """Pull it for everything, or one actor, tool or system. Raises UsageError for no such scope, DeniedError for an agent
    and for who is bounded to a scope: it stops the others too."""
    if by.kind == "agent" or by.scope != Scope():
        raise DeniedError(f"{by.name} may not pull the kill switch; a person or a service without a scope may.")
    await house.door.kills.kill(by, house.door.scope(kind, name), reason)
    return await pulled(house)


async def revive(house: House, by: Actor, kind: str, name: str, reason: str) -> dict[str, Any]:
    """Lift it. Raises UsageError where it is not on."""
    await house.door.kills.revive(by, scope_of(kind, name), reason)
    return await pulled(house)
