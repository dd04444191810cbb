"""`rollout_undo`: a workload gets the pod template of an earlier revision back (kubectl rollout undo)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from helmward.core.errors import UsageError
from helmward.core.plans import Effect, FieldChange, Step
from helmward.core.pointers import value_at
from helmward.core.text import one_line
from helmward.door.tool import Planning, Reader, Rule, Settled, tool
from helmward.tools.kubernetes.change import Draft, PatchTool
from helmward.tools.kubernetes.differences import changes_between
from helmward.tools.kubernetes.objects import CONTROLLERS, Document, read, read_all
from helmward.tools.kubernetes.revisions import REVISIONS, TEMPLATE, is_owned, revisions
from helmward.tools.kubernetes.workloads import (
    WorkloadArguments,
    is_ready,
    must_roll,
    patience,
    rolled_out,
    rollout_blast,
    wanted,
)
from helmward.world.kinds import KINDS, Kind

_REVISION = "controller-revision-hash"
"""The label by which a pod names its revision (apps/v1, ControllerRevisionHashLabelKey)."""


class UndoArguments(WorkloadArguments):
    """Names a workload and the revision to go back to."""

    to_revision: int = Field(default=0, ge=0, description="The revision; 0 is the one before the current one.")


@tool
class RolloutUndo(PatchTool):
    """Rolls a workload back."""

    name = "rollout_undo"
    title = "Roll back a workload"
    description = "Gives a Deployment, StatefulSet or DaemonSet the pod template of an earlier revision again."
    effect = Effect.MUTATE
    permission = "rollback"
    arguments = UndoArguments
    rights = (
        Rule("apps", "deployments", ("get", "patch")),
        Rule("apps", "statefulsets", ("get", "patch")),
        Rule("apps", "daemonsets", ("get", "patch")),
        *REVISIONS,
        Rule("", "pods", ("list",)),
        *CONTROLLERS,
    )

    async def draft(self, arguments: UndoArguments, given: Planning) -> Draft:
        """The differences between the template as it is and as it was."""
        kind = arguments.known_kind
        document = await read(given.reader, kind, arguments.namespace, arguments.name)
        must_roll(document)
        number, template = await self._earlier(arguments, document, given)
        found = tuple(changes_between(TEMPLATE, value_at(document, TEMPLATE), template))
        return Draft(
            kind=kind,
            document=document,
            changes=found,
            title=f"roll {kind.name} {arguments.namespace}/{arguments.name} back to revision {number}",
            success="every replica runs the earlier template and is available",
            undo="puts the template from before the roll-back in again",
            blast=rollout_blast(document, given),
            deadline=patience(wanted(document)),
        )

    def reach(self, kind: Kind, document: Document, changes: tuple[FieldChange, ...], given: Planning) -> str:
        """Every pod is replaced once more."""
        return rollout_blast(document, given).text

    def reached(self, step: Step, document: Document) -> Settled:
        """Rolled out."""
        return rolled_out(document)

    async def settled(self, step: Step, action: str, reader: Reader) -> Settled:
        """A StatefulSet waits for a pod of the bad revision for ever (kubernetes.io, StatefulSets, forced rollback): name it."""
        found = await super().settled(step, action, reader)
        if found.state != "pending" or step.resource.kind != "StatefulSet":
            return found
        blocking = await in_the_way(step, reader)
        if not blocking:
            return found
        text = f"Pod {', '.join(blocking)} of the revision before is not ready and stands in the way; evict it (pods_delete)"
        return Settled(state="pending", text=text)

    async def _earlier(self, arguments: UndoArguments, document: Document, given: Planning) -> tuple[int, Any]:
        kept = {one.number: one.template for one in await revisions(given.reader, document)}
        if arguments.to_revision:
            if arguments.to_revision not in kept:
                known = ", ".join(map(str, sorted(kept))) or "none"
                raise UsageError(f"rollout_undo: to_revision: {arguments.name} has the revisions {known}.")
            return arguments.to_revision, kept[arguments.to_revision]
        return earlier(arguments.name, kept, value_at(document, TEMPLATE))


async def in_the_way(step: Step, reader: Reader) -> list[str]:
    """The pods of a StatefulSet that are not ready and not of the revision it goes to."""
    resource = step.resource
    document = await read(reader, KINDS[resource.kind], resource.namespace, resource.name)
    newest = value_at(document, "/status/updateRevision")
    pods = [pod for pod in await read_all(reader, KINDS["Pod"], resource.namespace) if is_owned(pod, step.uid)]
    return sorted(
        pod["metadata"]["name"]
        for pod in pods
        if (pod["metadata"].get("labels") or {}).get(_REVISION) not in (None, newest) and not is_ready(pod)
    )


def earlier(name: str, kept: dict[int, Any], current: Any) -> tuple[int, Any]:
    """The newest revision before the one whose template stands. Raises UsageError where there is none.

    A revision whose template is the current one is no step back, whatever its number."""
    standing = max((number for number, template in kept.items() if template == current), default=None)
    older = [
        number for number, template in kept.items() if template != current and (standing is None or number < standing)
    ]
    if not older:
        raise UsageError(f"{one_line(name, 253)} has no earlier revision to go back to.")
    return max(older), kept[max(older)]
