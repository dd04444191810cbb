"""`missing-secret`: the Deployment names a Secret that nobody made."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class MissingSecretFault(Fault):
    """The reference was renamed before the Secret was."""

    name = "missing-secret"
    summary = "payment-service refers to a Secret that does not exist"
    expects = "a Secret that the container needs does not exist"

    async def break_(self, hands: Hands) -> None:
        """Rename the reference."""
        variable = "/spec/template/spec/containers/[name=payment-service]/env/[name=PROVIDER_TOKEN]"
        field = f"{variable}/valueFrom/secretKeyRef/name"
        await hands.edit("Deployment", "payment-service", {field: "payment-credentials-v2"})
