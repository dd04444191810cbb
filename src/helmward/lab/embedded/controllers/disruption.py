"""PodDisruptionBudget → how many evictions are allowed now (pkg/controller/disruption)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import ClassVar

from helmward.lab.embedded.bodies import Body, Key, at, meta, now
from helmward.lab.embedded.controllers import owned
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.labels import selects
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import controller
from helmward.lab.embedded.storage.shelf import Change


class DisruptionController:
    """Keeps the status of every budget; the pods that its selector finds count as the expected ones."""

    watches: ClassVar[tuple[str, ...]] = ("PodDisruptionBudget", "Pod")

    def __init__(self, registry: Registry) -> None:
        self._registry, self._store = registry, registry.store
        self._by = controller("disruption-controller")

    def keys(self, change: Change) -> Iterable[Key]:
        """The budget, or those of the pod's namespace."""
        if change.kind == "PodDisruptionBudget":
            return [change.now.key]
        budgets = self._store.shelf("PodDisruptionBudget").now()
        return [item.key for item in budgets if item.key[0] == change.now.key[0]]

    def sync(self, key: Key) -> float | None:
        """Count."""
        found = self._store.get("PodDisruptionBudget", *key)
        if found is None:
            return None
        selector = at(found.body, "spec", "selector") or {}
        pods = [item.body for item in self._store.shelf("Pod").now() if item.key[0] == key[0]]
        chosen = [pod for pod in owned.active(pods) if selects(selector, meta(pod).get("labels") or {})]
        status = _status(found.body, len(chosen), sum(map(owned.ready, chosen)))
        if status != found.body.get("status"):
            change = {"status": status}
            self._registry.update(KINDS["PodDisruptionBudget"], key, lambda body: body | change, self._by, "status")
        return None


def _status(budget: Body, expected: int, healthy: int) -> Body:
    spec = budget.get("spec") or {}
    if spec.get("maxUnavailable") is not None:
        desired = max(0, expected - _share(spec["maxUnavailable"], expected))
    else:
        desired = _share(spec.get("minAvailable", 1), expected)
    allowed = max(0, healthy - desired) if expected else 0
    return {
        "conditions": [_condition(budget, allowed > 0)],
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "disruptionsAllowed": allowed,
        "expectedPods": expected,
        "observedGeneration": meta(budget)["generation"],
    }


def _share(value: int | str, of: int) -> int:
    text = str(value)
    return math.ceil(int(text[:-1]) * of / 100) if text.endswith("%") else int(text)


def _condition(budget: Body, allowed: bool) -> Body:
    status, reason = ("True", "SufficientPods") if allowed else ("False", "InsufficientPods")
    before = next(iter(at(budget, "status", "conditions") or []), None)
    if before and before["status"] == status:
        return {**before}
    generation = meta(budget)["generation"]
    fresh = {"type": "DisruptionAllowed", "status": status, "observedGeneration": generation}
    return fresh | {"lastTransitionTime": now(), "reason": reason, "message": ""}
