"""Resource quantities: `250m`, `64Mi`, `1.5` (apimachinery/pkg/api/resource)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_FORM = re.compile(r"([+-]?[0-9.]+)(m|[kMGTPE]i?|[eE][+-]?[0-9]+)?")
_DECIMAL = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18}
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}


def quantity(value: str | int | float | None) -> Decimal:
    """The amount in base units (cores, bytes, pieces); 0 for what is no quantity."""
    match = _FORM.fullmatch(str(value or 0).strip())
    if match is None:
        return Decimal(0)
    number, unit = Decimal(match[1]), match[2] or ""
    if unit == "m":
        return number / 1000
    if unit[:1] in ("e", "E") and len(unit) > 1 and unit != "Ei":
        return number.scaleb(int(unit[1:]))
    return number * (_BINARY.get(unit) or _DECIMAL.get(unit) or 1)


def requests(spec: Mapping[str, Any]) -> dict[str, Decimal]:
    """What a pod asks for: its containers' sum, or more where an init container alone asks for more."""
    total: dict[str, Decimal] = {}
    for container in spec.get("containers") or []:
        for name, value in ((container.get("resources") or {}).get("requests") or {}).items():
            total[name] = total.get(name, Decimal(0)) + quantity(value)
    for container in spec.get("initContainers") or []:
        for name, value in ((container.get("resources") or {}).get("requests") or {}).items():
            total[name] = max(total.get(name, Decimal(0)), quantity(value))
    for name, value in (spec.get("overhead") or {}).items():
        total[name] = total.get(name, Decimal(0)) + quantity(value)
    return total
