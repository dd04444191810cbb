"""Asks policy the two questions, with everything that policy may know, and holds scopes against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from helmward.core.nouns import Actor
from helmward.core.plans import Decision, Effect, Step
from helmward.core.settings_changes import ChangeSettings
from helmward.door.ledger import Ledger
from helmward.door.places import environment_of, mode_of, windows, within
from helmward.door.tool import Tool

_STRICT = {"deny": 0, "ask": 1, "allow": 2}


class Policy(Protocol):
    """A loaded policy (policy/)."""

    @property
    def hash(self) -> str:
        """SHA-256 over its sources."""
        ...

    def decide(self, request: Mapping[str, Any]) -> Decision:
        """allow, ask or deny. Never raises: what fails is a deny."""
        ...

    def visible(self, request: Mapping[str, Any]) -> bool:
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
        self._ledger, self._cluster, self._labels = ledger, cluster, labels

    def environment(self, namespace: str) -> str:
        """The environment of a namespace."""
        return environment_of(self.settings, namespace, self._labels(namespace) if namespace else {})

    def sees(self, actor: Actor, tool: Tool) -> bool:
        """Is the tool in this actor's list?"""
        return self.policy.visible(self._request(actor, tool, "", None, None))

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

    def request(
        self, actor: Actor, tool: Tool, namespace: str, step: Step | None, severity: str | None
    ) -> dict[str, Any]:
        """What policy is told; for `policy explain`."""
        return self._request(actor, tool, namespace, step, severity)

    def _judged(self, actor: Actor, tool: Tool, namespace: str, step: Step | None, severity: str | None) -> Decision:
        environment = self.environment(namespace)
        if not within(actor.scope, namespace, environment, self._cluster):
            where = f"namespace {namespace}" if namespace else "all namespaces"
            return Decision(verdict="deny", reason=f"{where} is outside of what {actor.name} may touch", rule="scope")
        request = self._request(actor, tool, namespace, step, severity)
        if not self.policy.visible(request):
            return Decision(verdict="deny", reason=f"{actor.name} may not use {tool.name}", rule="visible")
        return self.policy.decide(request)

    def _request(
        self, actor: Actor, tool: Tool, namespace: str, step: Step | None, severity: str | None
    ) -> dict[str, Any]:
        environment = self.environment(namespace)
        managed = step.managed if step else None
        return {
            "actor": {"name": actor.name, "kind": actor.kind, "roles": sorted(actor.roles)},
            "tool": tool.name,
            "effect": str(tool.effect),
            "permission": tool.permission,
            "scope": {"namespace": namespace, "cluster": self._cluster, "environment": environment},
            "mode": "auto" if tool.effect is Effect.READ else mode_of(self.settings, environment, severity),
            "severity": severity,
            "planned": step is not None,
            "reversible": step.irreversible is None if step else tool.irreversible is None,
            "blast": {
                "objects": step.blast.objects if step else 1,
                "replicas_share": step.blast.replicas_share if step else 0.0,
                "namespaces": step.blast.namespaces if step else 1,
            },
            "ownership": {
                "managers": sorted({name for name in managed.managers.values() if name}) if managed else [],
                "reverted_by": managed.reverted_by if managed else None,
                "overwritten_by": managed.overwritten_by if managed else None,
                "temporary": self.settings.overrides,
            },
            "windows": windows(self.settings, self._ledger.now()),
        }
