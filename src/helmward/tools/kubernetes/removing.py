"""What the two tools share that take a pod away: which pod, what makes another, and whether that is there."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from helmward.core.errors import DeniedError, UsageError
from helmward.core.plans import Anchor, Blast, Step, Verb
from helmward.core.pointers import value_at
from helmward.door.tool import NAME, ChangeTool, Namespaced, Planning, Reader, Rule, Settled
from helmward.tools.kubernetes.change import rehearsal
from helmward.tools.kubernetes.dependents import dependents, pod_labels
from helmward.tools.kubernetes.objects import Document, path_of, read, read_all, resource_of
from helmward.tools.kubernetes.revisions import is_owned
from helmward.tools.kubernetes.workloads import is_ready, wanted
from helmward.world.kinds import KINDS

OWNERS = "/metadata/ownerReferences"

_REPLACING = ("ReplicaSet", "StatefulSet", "DaemonSet")
"""Controllers that keep a number of ready pods."""

LOOKED_AT = (
    Rule("", "pods", ("get", "list")),
    *(Rule("apps", KINDS[kind].plural, ("get",)) for kind in _REPLACING),
)
"""The rights to see a pod, and whether another one took its place."""


class PodArguments(Namespaced):
    """Names a pod."""

    kind: str = Field(default="Pod", pattern="^Pod$", description="Pod; there is nothing else to choose.")
    name: str = Field(pattern=NAME, max_length=253, description="The pod's name.")


class RemovalTool(ChangeTool):
    """A tool that takes one pod away. What is gone does not come back: another pod takes its place, or none."""

    verb: Verb = "evict"
    irreversible = "a pod that is gone does not come back; its controller makes another one"

    def allowed(self, pod: Document) -> None:
        """Raises UsageError or DeniedError where this tool must not take the pod away."""

    async def plan(self, arguments: PodArguments, given: Planning) -> Step:
        """The removal of this pod, by UID, while it belongs to what it belongs to now."""
        kind = KINDS["Pod"]
        pod = await read(given.reader, kind, arguments.namespace, arguments.name)
        _refuse_mirror(pod)
        self.allowed(pod)
        resource = resource_of(kind, pod)
        owner = controller_of(pod)
        step = Step(
            tool=self.name,
            arguments=arguments.model_dump(),
            effect=self.effect,
            permission=self.permission,
            resource=resource,
            api_path=path_of(kind, arguments.namespace, arguments.name),
            uid=value_at(pod, "/metadata/uid"),
            verb=self.verb,
            anchors=(Anchor(path=OWNERS, value=value_at(pod, OWNERS)),),
            blast=await _blast(pod, owner, given),
            title=f"{self.verb} Pod {arguments.namespace}/{arguments.name}",
            success="the pod is gone" + (f", and {owner['kind']} {owner['name']} is available again" if owner else ""),
            undo=f"none: {self.irreversible}",
            irreversible=self.irreversible,
        )
        await given.rehearse(rehearsal(step))
        return step

    async def settled(self, step: Step, action: str, reader: Reader) -> Settled:
        """Gone, and its controller has as many ready pods as it wants."""
        try:
            pod = await read(reader, KINDS["Pod"], step.resource.namespace, step.resource.name)
        except UsageError:
            pod = {}
        if value_at(pod, "/metadata/uid") == step.uid:
            return Settled(state="pending", text="the pod is still there")
        owner = next((one for anchor in step.anchors for one in anchor.value or () if one.get("controller")), None)
        if owner is None or owner.get("kind") not in _REPLACING:
            return Settled(state="yes", text="the pod is gone")
        return await _replaced(owner, step.resource.namespace, reader)

    async def undo(self, step: Step, action: str, given: Planning) -> Step:
        """There is none."""
        raise DeniedError(f"{action} cannot be undone: {self.irreversible}.")


def controller_of(pod: Document) -> dict[str, Any] | None:
    """The owner reference of what makes such pods."""
    return next((owner for owner in value_at(pod, OWNERS) or () if owner.get("controller")), None)


async def _replaced(owner: dict[str, Any], namespace: str, reader: Reader) -> Settled:
    name = f"{owner['kind']} {owner['name']}"
    try:
        document = await read(reader, KINDS[owner["kind"]], namespace, owner["name"])
    except UsageError:
        return Settled(state="yes", text=f"the pod is gone, and so is {name}")
    pods = [pod for pod in await read_all(reader, KINDS["Pod"], namespace) if is_owned(pod, owner["uid"])]
    ready, count = sum(map(is_ready, pods)), wanted(document)
    if ready < count:
        return Settled(state="pending", text=f"the pod is gone; {ready} of {count} pods of {name} are ready")
    return Settled(state="yes", text=f"the pod is gone, and all {count} pods of {name} are ready")


def _refuse_mirror(pod: Document) -> None:
    name = value_at(pod, "/metadata/name")
    if value_at(pod, "/metadata/deletionTimestamp"):
        raise UsageError(f"Pod {name} is being deleted already.")
    if any(owner.get("kind") == "Node" for owner in value_at(pod, OWNERS) or ()):
        raise UsageError(f"Pod {name} is a static pod: its node makes it again at once; change its file there.")


async def _blast(pod: Document, owner: dict[str, Any] | None, given: Planning) -> Blast:
    namespace = value_at(pod, "/metadata/namespace")
    whom = dependents(given.world, namespace, pod_labels(pod))
    share, text = 1.0, "takes 1 pod away, which nothing makes again"
    if owner is not None:
        pods = await read_all(given.reader, KINDS["Pod"], namespace)
        count = sum(is_owned(other, owner["uid"]) for other in pods)
        share = 1 / max(1, count)
        text = f"takes 1 of {count} pods of {owner['kind']} {owner['name']} away, which makes another"
    return Blast(replicas_share=share, text=f"{text}; {whom}" if whom else text)
