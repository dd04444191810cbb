"""A pod's quality-of-service class (pkg/apis/core/v1/helper/qos/qos.go), and quantities in bytes."""

from __future__ import annotations

from decimal import Decimal

from helmward.lab.client import Json

_COUNTED = ("cpu", "memory")
_SUFFIXES = {
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGT", 1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate("kMGT", 1)},
    "m": Decimal("0.001"),
}


def quantity(text: str | int | float) -> Decimal:
    """A Kubernetes quantity (`64Mi`, `500m`, `2`) as a number. Raises decimal.InvalidOperation for nonsense."""
    text = str(text)
    for suffix, factor in _SUFFIXES.items():
        if text.endswith(suffix):
            return Decimal(text.removesuffix(suffix)) * factor
    return Decimal(text)


def qos_class(spec: Json) -> str:
    """`Guaranteed`, `Burstable` or `BestEffort`."""
    containers = [*spec.get("containers", []), *spec.get("initContainers", [])]
    resources = [container.get("resources") or {} for container in containers]
    requests = [each.get("requests") or {} for each in resources]
    limits = [each.get("limits") or {} for each in resources]
    if not any(name in each for each in (*requests, *limits) for name in _COUNTED):
        return "BestEffort"
    pairs = zip(requests, limits, strict=True)
    return "Guaranteed" if all(_guaranteed(request, limit) for request, limit in pairs) else "Burstable"


def _guaranteed(request: Json, limit: Json) -> bool:
    return all(
        name in limit and quantity(request.get(name) or limit[name]) == quantity(limit[name]) for name in _COUNTED
    )
