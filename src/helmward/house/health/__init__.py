"""How healthy a thing is and why: the one answer that the first page, the map, the tree and an object's page give.

Health is what the cluster itself counts, and the live incidents about the thing; the worst that either says holds:

- `broken`: it does nothing of what it should. None of the pods or endpoints that it wants is ready, and something is wrong: an
  incident, a stuck rollout, a pod that cannot run. Or a Job failed, or a Node is not ready. Where nothing is there to be counted
  (scaled to zero, a claim, a route), or whatever stands behind it gives no answer (a Service): a critical or high incident.
- `degraded`: it does a part of it, or all of it although there is an incident about it.
- `progressing`: not all is ready yet, and nothing says that anything is wrong.
- `suspended`: it was told to do nothing (scaled to zero, suspended, paused), and no incident objects.
- `healthy`: all that it wants is ready, and there is no incident.

An incident that somebody suppressed is a mild one here: it hides nothing that can be counted, and alone it breaks nothing.
A workload that was scaled to zero stands with the Services before it: an incident about either is about both.
A namespace is as healthy as the worst in it; what is suspended counts only where all is.
"""

from helmward.house.health.incidents import Concern, Incidents, Place, place
from helmward.house.health.levels import ORDER, Health, worst
from helmward.house.health.services import leading_to, led_to
from helmward.house.health.standing import stands
from helmward.house.health.told import Standing

__all__ = [
    "ORDER",
    "Concern",
    "Health",
    "Incidents",
    "Place",
    "Standing",
    "leading_to",
    "led_to",
    "place",
    "stands",
    "worst",
]
