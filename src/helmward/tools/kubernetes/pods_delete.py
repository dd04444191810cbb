"""`pods_delete`: evicts a pod, so that its controller makes another (kubectl drain does the same for each pod)."""

from __future__ import annotations

from helmward.core.errors import DeniedError
from helmward.core.plans import Effect
from helmward.door.tool import Rule, tool
from helmward.tools.kubernetes.objects import Document
from helmward.tools.kubernetes.removing import LOOKED_AT, PodArguments, RemovalTool, controller_of


@tool
class PodsDelete(RemovalTool):
    """Evicts a pod."""

    name = "pods_delete"
    title = "Evict a pod"
    description = "Takes a pod away by an eviction, which disruption budgets may refuse; its controller makes another."
    effect = Effect.MUTATE
    permission = "evict"
    arguments = PodArguments
    rights = (*LOOKED_AT, Rule("", "pods/eviction", ("create",)))
    verb = "evict"

    def allowed(self, pod: Document) -> None:
        """Not where nothing would make another."""
        if controller_of(pod) is None:
            name = pod["metadata"]["name"]
            raise DeniedError(
                f"Pod {name} has no controller: nothing would make it again. Deleting it for good is "
                "pods_delete_bare, which needs the permission delete."
            )
