"""`quota`: a namespace's ResourceQuota refuses the pods of a rollout."""

from __future__ import annotations

from helmward.lab.cast.objects import NAMESPACE
from helmward.lab.faults.base import KUBE, Fault
from helmward.lab.faults.hands import SET, Hands


class QuotaFault(Fault):
    """One pod asks for all the memory of the namespace; smaller ones still fit."""

    name = "quota"
    summary = "frontend asks for more memory than the quota of its namespace has left"
    expects = "the namespace's ResourceQuota refuses new pods"
    engines = KUBE

    async def break_(self, hands: Hands) -> None:
        """Create the quota, then ask for more."""
        await hands.create(
            {
                "apiVersion": "v1",
                "kind": "ResourceQuota",
                "metadata": {"name": "team-budget", "namespace": NAMESPACE},
                "spec": {"hard": {"requests.memory": "1536Mi"}},
            }
        )
        resources = "/spec/template/spec/containers/[name=frontend]/resources"
        more = {f"{resources}/requests/memory": "1536Mi", f"{resources}/limits/memory": "2Gi"}
        await hands.edit("Deployment", "frontend", more, SET)
