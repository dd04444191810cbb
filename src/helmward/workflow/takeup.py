"""At a start: every plan that may go on has a run again, every other one has ended, and no write stays unknown.

DBOS takes up the runs that it has. This is for the rest: approved and never begun, begun and lost with workflows.db, broken.
"""

from __future__ import annotations

import logging

from helmward.core.errors import HelmwardError
from helmward.core.plans import Plan
from helmward.door.door import Door
from helmward.door.store import Stored
from helmward.workflow.engine import Runs

_WHY = {
    "over": "its run ended before it was done; its actions say what stands",
    "forged": "its run in workflows.db is not as it was written, so it does not go on; its actions say what stands",
}
_log = logging.getLogger(__name__)


async def take_up(door: Door, runs: Runs) -> None:
    """Looks and records; what is to be written is written by the runs."""
    for found in await door.plans(states=("approved", "running")):
        if not await _is_anothers(door, runs, found.plan):
            await _go_on(door, runs, found)
    for identity in door.abandoned():
        try:
            await door.resolve(identity)
        except HelmwardError as error:  # the next action on its object looks again
            _log.warning("It is not known whether %s was written: %s", identity, error)


async def _go_on(door: Door, runs: Runs, found: Stored) -> None:
    plan, state = found.plan, await runs.state(found.plan.id)
    if state == "none":
        await runs.run(plan)
    elif state != "open":
        await door.ended(plan, "failed", _WHY[state])


async def _is_anothers(door: Door, runs: Runs, plan: Plan) -> bool:
    """The undo that a run made for itself is carried out by that run."""
    if plan.undo_of is None:
        return False
    original = door.means.ledger.intents[plan.undo_of].plan
    return original not in door.means.ledger.closed or await runs.state(original) == "open"
