"""Quantities as Kubernetes writes them: `250m`, `1Gi` (apimachinery, resource.Quantity)."""

from __future__ import annotations

import re
from typing import Any

_QUANTITY = re.compile(r"([+-]?[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(n|u|m|k|[KMGTPE]i?|[eE][+-]?[0-9]{1,2})?")
_SCALES = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_BINARY = {f"{unit}i": 1024.0**power for power, unit in enumerate("KMGTPE", 1)}


def number_of(quantity: Any) -> float:
    """Its number in the base unit (cores, bytes); 0 for what is no quantity."""
    match = _QUANTITY.fullmatch(str(quantity or ""))
    if match is None:
        return 0.0
    digits, suffix = match.group(1), match.group(2) or ""
    if suffix[:1] in ("e", "E") and len(suffix) > 1 and suffix != "Ei":
        return float(digits + suffix)
    return float(digits) * (_BINARY.get(suffix) or _SCALES.get(suffix, 0.0))


def percent(part: float, whole: float) -> int | None:
    """The share in percent; None of nothing."""
    return round(100 * part / whole) if whole else None
