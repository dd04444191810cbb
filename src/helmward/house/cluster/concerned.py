"""The live incidents that somebody may be told of."""

from __future__ import annotations

from helmward.core.nouns import Actor
from helmward.house import reach
from helmward.house.health import Incidents
from helmward.house.house import House


def visible(house: House, actor: Actor) -> Incidents:
    """Those that lie within the actor's scope."""
    sees = reach.sight(house, actor)
    return Incidents(entry for entry in house.incidents() if sees(entry.incident.resource.namespace))
