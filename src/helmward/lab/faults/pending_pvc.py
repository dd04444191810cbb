"""`pending-pvc`: a volume claim of a storage class that does not exist."""

from __future__ import annotations

from helmward.lab.cast.objects import NAMESPACE
from helmward.lab.faults.base import KUBE, Fault
from helmward.lab.faults.hands import Hands

_CLAIM = "payment-ledger"


class PendingPvcFault(Fault):
    """The class of another cluster."""

    name = "pending-pvc"
    summary = "payment-service mounts a volume claim whose storage class does not exist"
    expects = "the volume claim stays pending: its storage class does not exist"
    engines = KUBE

    async def break_(self, hands: Hands) -> None:
        """Create the claim and mount it."""
        await hands.create(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": _CLAIM, "namespace": NAMESPACE},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "1Gi"}},
                    "storageClassName": "fast-ssd",
                },
            }
        )
        pod = "/spec/template/spec"
        mount = {"name": "ledger", "mountPath": "/var/lib/payments"}
        volume = {"name": "ledger", "persistentVolumeClaim": {"claimName": _CLAIM}}
        changes = {
            f"{pod}/volumes/[name=ledger]": volume,
            f"{pod}/containers/[name=payment-service]/volumeMounts/[name=ledger]": mount,
        }
        await hands.edit("Deployment", "payment-service", changes)
