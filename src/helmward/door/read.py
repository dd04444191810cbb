"""A READ call: authorise, limits, guard, audit, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helmward.core.errors import DeniedError, HelmwardError
from helmward.core.nouns import Actor
from helmward.core.text import stopped
from helmward.door.audit import Entry
from helmward.door.means import Means
from helmward.door.tool import Page, Reading, Tell, to_nobody
from helmward.door.toolbox import arguments_of


class Caller:
    """Calls tools that change nothing."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def read(self, actor: Actor, name: str, given: Mapping[str, Any], tell: Tell = to_nobody) -> Page:
        """One page. The call is durable in the audit log before its result is given away.

        Raises UsageError for wrong arguments, DeniedError, and what the tool raises."""
        means, tool = self._means, self._means.toolbox.reader(name)
        arguments = arguments_of(tool, given)
        namespace = getattr(arguments, "namespace", None) or ""
        means.kills.check_reader(actor.name)
        decision = means.judge.call(actor, tool, namespace)
        if decision.verdict != "allow":
            await self._audit(actor, name, namespace, given, "denied", decision.reason)
            raise DeniedError(f"{name} is denied: {stopped(decision.reason)}")
        means.limits.count_read(actor, means.judge.environment(namespace))
        reading = Reading(actor, means.reader, means.world, means.mask, means.ledger.now(), tell)
        try:
            page = await tool.read(arguments, reading)
        except Exception as error:
            reason = str(error) if isinstance(error, HelmwardError) else type(error).__name__
            await self._audit(actor, name, namespace, given, "failed", reason)
            raise
        await self._audit(actor, name, namespace, given, "done", "")
        return page

    async def _audit(
        self, actor: Actor, name: str, namespace: str, given: Mapping[str, Any], outcome: Any, reason: str
    ) -> None:
        entry = Entry(
            actor=actor,
            action="tool.call",
            target=name,
            outcome=outcome,
            reason=reason,
            details={"namespace": namespace, "arguments": dict(given)},
        )
        await self._means.audit.append(entry)
