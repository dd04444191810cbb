"""restore-config: a ConfigMap was changed, and what reads it broke: its former value, then new pods that read it."""

from __future__ import annotations

from helmward.core.nouns import Finding
from helmward.door.propose import Wish
from helmward.heal.playbook import Choice, Playbook, playbook, remedies
from helmward.world.book import Tracked
from helmward.world.store import World

_RESTARTED = ("Deployment", "StatefulSet", "DaemonSet")


@playbook
class RestoreConfig(Playbook):
    """Undoes a bad change of configuration."""

    name = "restore-config"
    title = "Restore the changed configuration"
    when = "the first cause lies in a ConfigMap whose former value is known"
    order = 20

    def choose(self, tracked: Tracked, cause: Finding, world: World) -> Choice | None:
        """The restoration that the first cause names, then a restart of the workload that reads it."""
        for remedy in remedies(tracked, cause, "config_restore"):
            given = remedy.arguments
            if given.get("kind") != "ConfigMap":
                continue
            wishes = [Wish("config_restore", given)]
            owner = cause.owner
            if owner is not None and owner.kind in _RESTARTED:
                wishes.append(
                    Wish("rollout_restart", {"kind": owner.kind, "namespace": owner.namespace, "name": owner.name})
                )
            title = f"restore ConfigMap {given.get('namespace')}/{given.get('name')}"
            return self.choice(cause, tuple(wishes), title, remedy.text)
        return None
