"""`image`: a rollout to a tag that the registry does not have."""

from __future__ import annotations

from helmward.lab.cast.programs import image
from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import SET, Hands


class ImageFault(Fault):
    """`kubectl set image` with a typing error."""

    name = "image"
    summary = "payment-service is rolled out with an image tag that does not exist"
    expects = "the image tag does not exist in the registry"

    async def break_(self, hands: Hands) -> None:
        """Set the tag."""
        field = "/spec/template/spec/containers/[name=payment-service]/image"
        await hands.edit("Deployment", "payment-service", {field: image("payment-service", "2.5.0")}, SET)
