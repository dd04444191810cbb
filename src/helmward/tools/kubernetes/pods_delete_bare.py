"""`pods_delete_bare`: deletes a pod, whatever budgets say and whether or not anything makes another one."""

from __future__ import annotations

from helmward.core.plans import Effect
from helmward.door.tool import Rule, tool
from helmward.tools.kubernetes.removing import LOOKED_AT, PodArguments, RemovalTool


@tool
class PodsDeleteBare(RemovalTool):
    """Deletes a pod."""

    name = "pods_delete_bare"
    title = "Delete a pod for good"
    description = "Deletes a pod without asking disruption budgets, also one that nothing makes again."
    effect = Effect.DESTRUCTIVE
    permission = "delete"
    arguments = PodArguments
    rights = (*LOOKED_AT, Rule("", "pods", ("delete",)))
    verb = "delete"
    irreversible = "a pod that is deleted does not come back; one without a controller is lost"
