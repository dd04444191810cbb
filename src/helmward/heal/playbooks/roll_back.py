"""roll-back: the workload was changed just before it broke, so it gets the template from before the change."""

from __future__ import annotations

from datetime import timedelta

from helmward.core.nouns import Change, Finding
from helmward.core.text import one_line
from helmward.core.times import parse_time
from helmward.door.propose import Wish
from helmward.heal.playbook import Choice, Playbook, playbook, remedies, workload
from helmward.world.book import Tracked
from helmward.world.indexes import owned_key
from helmward.world.objects import Object
from helmward.world.store import World

BEFORE = timedelta(hours=1)
"""A change that is older than this when the incident opens is not what broke it (SRE practice: look at the last hour)."""


@playbook
class RollBack(Playbook):
    """Undoes a bad rollout."""

    name = "roll-back"
    title = "Roll back the bad rollout"
    when = "the first cause lies in a pod template that was changed within the hour before"
    order = 10

    def choose(self, tracked: Tracked, cause: Finding, world: World) -> Choice | None:
        """The roll-back that the first cause names, where the change it takes back is known."""
        for remedy in remedies(tracked, cause, "rollout_undo"):
            changed = _changed(tracked, remedy.arguments, world)
            if changed is not None:
                what = workload(remedy.arguments)
                text = f"{one_line(changed.path.removeprefix('spec.template.'), 100)} was changed at {changed.time}"
                by = f" by {one_line(changed.manager, 60)}" if changed.manager else ""
                number = _revision_before(remedy.arguments, world)
                wish = Wish("rollout_undo", remedy.arguments | ({"to_revision": number} if number else {}))
                return self.choice(cause, (wish,), f"roll {what} back", f"{text}{by}, and then it broke")
        return None


def _revision_before(arguments: dict[str, str], world: World) -> int | None:
    """The revision before the current one, by its number: if somebody mends the workload meanwhile, "the one before" would
    be the broken one. None where ReplicaSets do not tell (StatefulSets and DaemonSets keep theirs elsewhere)."""
    place = (arguments.get("namespace", ""), arguments.get("name", ""))
    workload = world.get("Deployment", *place) if arguments.get("kind", "Deployment") == "Deployment" else None
    if workload is None:
        return None
    now = _revision(workload)
    owned = (item for item in world.under(owned_key("Deployment", *place)) if item.kind.name == "ReplicaSet")
    return max((number for number in map(_revision, owned) if number < now), default=0) or None


def _revision(item: Object) -> int:
    text = (item.meta.annotations or {}).get("deployment.kubernetes.io/revision", "")
    return int(text) if text.isdecimal() else 0


def _changed(tracked: Tracked, arguments: dict[str, str], world: World) -> Change | None:
    """The last change of the template before the incident opened, if that was shortly before."""
    opened = parse_time(tracked.opened)
    place = (arguments.get("kind", "Deployment"), arguments.get("namespace", ""), arguments.get("name", ""))
    found = [
        change
        for change in world.changes.of(*place)
        if change.path.startswith("spec.template")
        and (moment := parse_time(change.time)) is not None
        and opened is not None
        and opened - BEFORE <= moment <= opened + timedelta(seconds=5)  # clocks of two machines
    ]
    return max(found, key=lambda change: change.time, default=None)
