"""restart: new pods, where the first cause says that only a fresh start reads what is there now."""

from __future__ import annotations

from helmward.core.nouns import Finding
from helmward.door.propose import Wish
from helmward.heal.playbook import Choice, Playbook, playbook, remedies, workload
from helmward.world.book import Tracked
from helmward.world.store import World


@playbook
class Restart(Playbook):
    """Restarts a workload."""

    name = "restart"
    title = "Restart"
    when = "the first cause names a restart as its remedy, and nothing else fits"
    order = 90

    def choose(self, tracked: Tracked, cause: Finding, world: World) -> Choice | None:
        """The restart that the first cause names."""
        for remedy in remedies(tracked, cause, "rollout_restart"):
            what = workload(remedy.arguments)
            return self.choice(cause, (Wish("rollout_restart", remedy.arguments),), f"restart {what}", remedy.text)
        return None
