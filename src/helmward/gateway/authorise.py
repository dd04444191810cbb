"""May this caller use this model with this data? The policy of the house says, as it does of every tool."""

from __future__ import annotations

import re
from typing import Protocol

from helmward.core.model import DataClass
from helmward.core.nouns import Actor
from helmward.core.plans import Decision
from helmward.core.settings_gateway import UpstreamSettings
from helmward.door.policy.request import ModelUse

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99}")


class Judge(Protocol):
    """Asks the policy (door/judge.py)."""

    def model(self, actor: Actor, use: ModelUse) -> Decision:
        """allow or deny, with the reason. Never raises: what fails is a deny."""
        ...


class Authoriser:
    """Decides for the gateway. Equal questions are answered by the policy's own cache, for as long as a named window lasts."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def decide(
        self, actor: Actor, model: str, data_class: DataClass, upstream: UpstreamSettings, tools: bool
    ) -> Decision:
        """`model` by its name in the settings, `data_class` of what would go to `upstream`, `tools`: whether it is offered any.

        Nobody can approve the call of a model, so what a policy would ask about is denied."""
        if not _NAME.fullmatch(model):
            return Decision(verdict="deny", reason="There is no model of this name.", rule="model-name")
        use = ModelUse(
            name=model,
            data_class=data_class,
            upstream=upstream.name,
            api=upstream.api,
            highest_class=upstream.highest_class,
            tools=tools,
        )
        decision = self._judge.model(actor, use)
        if decision.verdict != "ask":
            return decision
        return Decision(
            verdict="deny", reason=f"{decision.reason} Nobody can approve a model call.", rule=decision.rule
        )
