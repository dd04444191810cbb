"""`image-auth`: a rollout to a private repository, without a pull secret."""

from __future__ import annotations

from helmward.lab.cast.programs import HOST
from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import SET, Hands


class ImageAuthFault(Fault):
    """The image moved to a repository that needs a credential; nobody added it."""

    name = "image-auth"
    summary = "user-service is rolled out from a private repository without a pull secret"
    expects = "the registry refuses the pull for want of a credential"

    async def break_(self, hands: Hands) -> None:
        """Set the image."""
        field = "/spec/template/spec/containers/[name=user-service]/image"
        await hands.edit("Deployment", "user-service", {field: f"{HOST}/vault/user-service:1.10.0"}, SET)
