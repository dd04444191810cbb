"""`stuck-rollout`: a rollout whose new pods run and never become ready."""

from __future__ import annotations

from helmward.lab.faults.base import Fault
from helmward.lab.faults.hands import Hands


class StuckRolloutFault(Fault):
    """The new pods wait for a migration that nobody runs."""

    name = "stuck-rollout"
    summary = "the new pods of payment-service never become ready, and the rollout misses its deadline"
    expects = "the rollout exceeds its progress deadline: its new pods do not become ready"

    async def break_(self, hands: Hands) -> None:
        """Shorten the deadline and make the program wait."""
        variable = "/spec/template/spec/containers/[name=payment-service]/env/[name=WAIT_FOR_MIGRATION]"
        changes = {"/spec/progressDeadlineSeconds": 5, variable: {"name": "WAIT_FOR_MIGRATION", "value": "true"}}
        await hands.edit("Deployment", "payment-service", changes)
