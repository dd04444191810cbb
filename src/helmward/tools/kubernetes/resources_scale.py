"""`resources_scale`: another number of replicas for a workload (kubectl scale, by spec.replicas)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from helmward.core.plans import Blast, Effect, FieldChange, Step
from helmward.door.tool import NAME, Namespaced, Planning, Rule, Settled, tool
from helmward.tools.kubernetes.change import Draft, PatchTool
from helmward.tools.kubernetes.dependents import dependents, pod_labels
from helmward.tools.kubernetes.differences import change_at
from helmward.tools.kubernetes.objects import CONTROLLERS, Document, read, resource_of
from helmward.tools.kubernetes.workloads import keep_volumes, patience, scaled, wanted
from helmward.world.kinds import KINDS, Kind

MOST_REPLICAS = 5000
"""More than any one workload runs on the largest clusters that Kubernetes supports."""


class ScaleArguments(Namespaced):
    """Names a workload and how many replicas it shall have."""

    kind: Literal["Deployment", "StatefulSet"] = Field(default="Deployment", description="Deployment or StatefulSet.")
    name: str = Field(pattern=NAME, max_length=253, description="The workload's name.")
    replicas: int = Field(ge=0, le=MOST_REPLICAS, description="How many replicas it shall have.")


@tool
class ResourcesScale(PatchTool):
    """Scales a workload."""

    name = "resources_scale"
    title = "Scale a workload"
    description = "Gives a Deployment or StatefulSet another number of replicas."
    effect = Effect.MUTATE
    permission = "scale"
    arguments = ScaleArguments
    rights = (
        Rule("apps", "deployments", ("get", "patch")),
        Rule("apps", "statefulsets", ("get", "patch")),
        *CONTROLLERS,
    )

    async def draft(self, arguments: ScaleArguments, given: Planning) -> Draft:
        """The number of replicas. Never by the scale subresource: that carries no mark of ours."""
        kind = KINDS[arguments.kind]
        document = await read(given.reader, kind, arguments.namespace, arguments.name)
        before, after = wanted(document), arguments.replicas
        keep_volumes(document, after)
        change = change_at(document, ("spec", "replicas"), after)
        return Draft(
            kind=kind,
            document=document,
            changes=(change,) if change.before != after else (),
            title=f"scale {kind.name} {arguments.namespace}/{arguments.name} from {before} to {after}",
            success=f"{after} replicas are wanted and ready" if after else "no replica is left",
            undo=f"scales it to {before} again",
            blast=_blast(document, before, after, given),
            deadline=patience(abs(after - before)),
        )

    def reach(self, kind: Kind, document: Document, changes: tuple[FieldChange, ...], given: Planning) -> str:
        """The pods that are started or stopped."""
        (change,) = changes
        after = change.after if isinstance(change.after, int) else 1
        return _blast(document, wanted(document), after, given).text

    def reached(self, step: Step, document: Document) -> Settled:
        """As many are ready as are wanted."""
        return scaled(document)


def _blast(document: Document, before: int, after: int, given: Planning) -> Blast:
    """Scaling up from nothing hurts nobody who is served now."""
    delta = abs(after - before)
    down = f"stops {delta} of {before} pods" if after else "stops all pods"
    text = f"starts {delta} {'pod' if delta == 1 else 'pods'}" if after > before else down
    kind = KINDS[document.get("kind", "Deployment")]
    labels = pod_labels(document)
    whom = dependents(given.world, document["metadata"]["namespace"], labels, str(resource_of(kind, document)))
    return Blast(replicas_share=min(1.0, delta / before) if before else 0.0, text=f"{text}; {whom}" if whom else text)
