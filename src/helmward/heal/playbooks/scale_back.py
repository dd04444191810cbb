"""scale-back: somebody scaled a workload to zero that others need."""

from __future__ import annotations

from helmward.core.nouns import Finding
from helmward.door.propose import Wish
from helmward.heal.playbook import Choice, Playbook, playbook, remedies, workload
from helmward.world.book import Tracked
from helmward.world.store import World


@playbook
class ScaleBack(Playbook):
    """Gives a workload its replicas back."""

    name = "scale-back"
    title = "Scale back up"
    when = "a workload was scaled to zero though something depends on it"
    order = 30

    def choose(self, tracked: Tracked, cause: Finding, world: World) -> Choice | None:
        """The replicas that the first cause names, where it is the scale that is wrong."""
        for remedy in remedies(tracked, cause, "resources_scale"):
            what = workload(remedy.arguments)
            title = f"scale {what} to {remedy.arguments.get('replicas')}"
            return self.choice(cause, (Wish("resources_scale", remedy.arguments),), title, cause.message)
        return None
