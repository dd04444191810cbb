"""`rollout_restart`: new pods for a workload, one after the other (kubectl rollout restart)."""

from __future__ import annotations

import msgspec

from helmward.core.plans import Effect, FieldChange, Step
from helmward.door.tool import Planning, Rule, Settled, tool
from helmward.tools.kubernetes.change import Draft, PatchTool
from helmward.tools.kubernetes.differences import change_at
from helmward.tools.kubernetes.objects import CONTROLLERS, Document, read
from helmward.tools.kubernetes.workloads import (
    WorkloadArguments,
    must_roll,
    patience,
    rolled_out,
    rollout_blast,
    wanted,
)
from helmward.world.kinds import Kind

_ANNOTATION = ("spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt")
"""Where kubectl itself writes the time of a restart."""


@tool
class RolloutRestart(PatchTool):
    """Restarts a workload."""

    name = "rollout_restart"
    title = "Restart a workload"
    description = "Replaces the pods of a Deployment, StatefulSet or DaemonSet one after the other."
    effect = Effect.MUTATE
    permission = "restart"
    arguments = WorkloadArguments
    rights = (
        Rule("apps", "deployments", ("get", "patch")),
        Rule("apps", "statefulsets", ("get", "patch")),
        Rule("apps", "daemonsets", ("get", "patch")),
        *CONTROLLERS,
    )

    async def draft(self, arguments: WorkloadArguments, given: Planning) -> Draft:
        """The time of the restart, written into the pod template."""
        kind = arguments.known_kind
        document = await read(given.reader, kind, arguments.namespace, arguments.name)
        must_roll(document)
        change = change_at(document, _ANNOTATION, "the time of the restart")
        return Draft(
            kind=kind,
            document=document,
            changes=(msgspec.structs.replace(change, symbolic="time"),),
            title=f"restart {kind.name} {arguments.namespace}/{arguments.name}",
            success="every replica was replaced and is available",
            undo="takes the mark off again, which replaces the pods once more",
            blast=rollout_blast(document, given),
            deadline=patience(wanted(document)),
        )

    def reach(self, kind: Kind, document: Document, changes: tuple[FieldChange, ...], given: Planning) -> str:
        """Every pod is replaced once more."""
        return rollout_blast(document, given).text

    def reached(self, step: Step, document: Document) -> Settled:
        """Rolled out."""
        return rolled_out(document)
