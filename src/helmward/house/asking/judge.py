"""Judges what a model proposes: never more than policy gives the person it works for, nor than it gives an agent, and never at
once: what needs nobody's approval is for the person to do."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from helmward.core.nouns import Actor
from helmward.core.plans import Decision, Step
from helmward.door.judge import Judge
from helmward.door.tool import Tool

_AT_ONCE = "Policy lets {name} do this without an approval, so there is nobody to decide on a model's proposal; run it yourself."


class PeopleDecide(Judge):
    """Made for one question; asks the house's judge about the actor and about an agent of their name."""

    def __init__(self, judge: Judge, agent: Actor) -> None:
        self.__dict__.update(judge.__dict__)  # everything but its two answers is the house's own
        self._judge, self._agent = judge, agent

    def call(self, actor: Actor, tool: Tool, namespace: str) -> Decision:
        """The stricter of the two answers."""
        return _strictest(self._judge.call(actor, tool, namespace), self._judge.call(self._agent, tool, namespace))

    def plan(self, actor: Actor, tools: Sequence[Tool], steps: Sequence[Step], severity: str | None) -> Decision:
        """The stricter of the two; where that is allow, a deny that says who may do it."""
        own = self._judge.plan(actor, tools, steps, severity)
        found = _strictest(own, self._judge.plan(self._agent, tools, steps, severity))
        if found.verdict == "deny":
            return found
        if own.verdict == "allow":
            return Decision(verdict="deny", reason=_AT_ONCE.format(name=actor.name), rule="model")
        return msgspec.structs.replace(own, reason=found.reason)


def _strictest(*decisions: Decision) -> Decision:
    return min(decisions, key=lambda one: ("deny", "ask", "allow").index(one.verdict))
