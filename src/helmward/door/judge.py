"""Asks policy the two questions, with everything that policy may know, and holds scopes against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from helmward.core.nouns import Actor, Severity
from helmward.core.plans import Decision, Effect, Step
from helmward.core.settings_changes import ChangeSettings
from helmward.door.identity.roles import models_alone
from helmward.door.ledger import Ledger
from helmward.door.places import environment_of, mode_of, windows, within
from helmward.door.policy.request import (
    MODEL_PERMISSION,
    MODEL_TOOL,
    BlastRadius,
    ModelUse,
    Ownership,
    Request,
    Scope,
    Windows,
)
from helmward.door.tool import Tool

_STRICT = {"deny": 0, "ask": 1, "allow": 2}


class Policy(Protocol):
    """A loaded policy (policy/)."""

    @property
    def hash(self) -> str:
        """SHA-256 over its sources."""
        ...

    def decide(self, request: Request) -> Decision:
        """allow, ask or deny. Never raises: what fails is a deny."""
        ...

    def visible(self, request: Request) -> bool:
        """May this actor see this tool? Never raises: what fails is no."""
        ...


class Judge:
    """Decides. `labels` gives a namespace's labels."""

    def __init__(
        self,
        policy: Policy,
        settings: ChangeSettings,
        ledger: Ledger,
        cluster: str,
        labels: Callable[[str], Mapping[str, str]],
    ) -> None:
        self.policy, self.settings = policy, settings
        self.cluster = cluster
        self._ledger, self._labels = ledger, labels
        self._opened: tuple[datetime, Windows] | None = None

    def environment(self, namespace: str) -> str:
        """The environment of a namespace."""
        return environment_of(self.settings, namespace, self._labels(namespace) if namespace else {})

    def reaches(self, actor: Actor, namespace: str) -> bool:
        """Does the actor's scope hold this namespace?"""
        return within(actor.scope, namespace, self.environment(namespace), self.cluster)

    def overrides(self, step: Step) -> bool:
        """Would this be a temporary change of what a controller owns?"""
        return self.settings.overrides and step.managed.reverted_by is not None

    def sees(self, actor: Actor, tool: Tool) -> bool:
        """Is the tool in this actor's list?"""
        return not models_alone(actor) and self.policy.visible(self.request(actor, tool, ""))

    def call(self, actor: Actor, tool: Tool, namespace: str) -> Decision:
        """May the actor call this tool there? Before there is a plan."""
        return self._judged(actor, tool, namespace, None, None)

    def plan(self, actor: Actor, tools: Sequence[Tool], steps: Sequence[Step], severity: str | None) -> Decision:
        """May the actor do this? The strictest answer over all steps; who may approve is who may approve each."""
        decisions = [
            self._judged(actor, tool, step.resource.namespace, step, severity)
            for tool, step in zip(tools, steps, strict=True)
        ]
        worst = min(decisions, key=lambda decision: _STRICT[decision.verdict])
        asked = [set(decision.approvers) for decision in decisions if decision.verdict == "ask"]
        approvers = set.intersection(*asked) if asked and worst.verdict == "ask" else set()
        return Decision(verdict=worst.verdict, reason=worst.reason, approvers=tuple(sorted(approvers)), rule=worst.rule)

    def model(self, actor: Actor, use: ModelUse) -> Decision:
        """May the actor call this model with this data?"""
        return self.policy.decide(self.model_request(actor, use))

    def model_request(self, actor: Actor, use: ModelUse) -> Request:
        """What policy is told of it. Models lie in no namespace, so a scope does not bound them."""
        return Request(
            actor=msgspec.structs.replace(actor, token=""),
            tool=MODEL_TOOL,
            effect=Effect.READ,
            permission=MODEL_PERMISSION,
            scope=Scope(cluster=self.cluster),
            mode="auto",
            windows=self._windows(),
            model=use,
        )

    def _windows(self) -> Windows:
        """The named windows now. They open and close on the minute, so within a second nothing changes."""
        now = self._ledger.now().replace(microsecond=0)
        if self._opened is None or self._opened[0] != now:
            self._opened = (now, Windows(**windows(self.settings, now)))
        return self._opened[1]

    def _judged(self, actor: Actor, tool: Tool, namespace: str, step: Step | None, severity: str | None) -> Decision:
        if not self.reaches(actor, namespace):
            where = f"namespace {namespace}" if namespace else "all namespaces"
            return Decision(verdict="deny", reason=f"{where} is outside of what {actor.name} may touch", rule="scope")
        if models_alone(actor):
            return Decision(verdict="deny", reason=f"{actor.name} may use models and nothing else", rule="models-alone")
        request = self.request(actor, tool, namespace, step, severity)
        if not self.policy.visible(request):
            return Decision(verdict="deny", reason=f"{actor.name} may not use {tool.name}", rule="visible")
        return self.policy.decide(request)

    def request(
        self, actor: Actor, tool: Tool, namespace: str, step: Step | None = None, severity: str | None = None
    ) -> Request:
        """What policy is told. The credential is not its business: two tokens of one actor are decided alike."""
        environment = self.environment(namespace)
        read_only = tool.effect is Effect.READ
        return Request(
            actor=msgspec.structs.replace(actor, token=""),
            tool=tool.name,
            effect=tool.effect,
            permission=tool.permission,
            scope=Scope(namespace=namespace, cluster=self.cluster, environment=environment),
            mode="auto" if read_only else mode_of(self.settings, environment, severity),
            severity=Severity(severity) if severity else None,
            reversible=step.irreversible is None if step else None,
            blast=BlastRadius.of(step.blast) if step else None,
            ownership=Ownership.of(step.managed, self.overrides(step)) if step else None,
            windows=self._windows(),
        )
