"""Kubernetes quantities (`500m`, `2Gi`) as numbers, and back as people read them."""

from __future__ import annotations

import re
from functools import lru_cache

# apimachinery pkg/api/resource/quantity.go: decimal SI, binary SI and exponent forms.
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E))?")
_FACTORS: dict[str, float] = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60,
}  # fmt: skip
_BINARY = (("Ti", 2**40), ("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10))


@lru_cache(maxsize=4096)
def amount(quantity: str | int | float | None) -> float | None:
    """The number a quantity stands for: cores, bytes or pieces. None for an absent or malformed one."""
    if quantity is None or isinstance(quantity, int | float):
        return None if quantity is None else float(quantity)
    match = _QUANTITY.fullmatch(quantity.strip())
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    return float(number + (exponent or "")) * _FACTORS.get(suffix or "", 1.0)


def shown(resource: str, value: float) -> str:
    """A number as a sentence writes it: `1.5` cores, `512Mi` of memory or storage, `3` of anything else."""
    if "memory" in resource or "storage" in resource:
        for unit, size in _BINARY:
            if abs(value) >= size:
                return f"{_short(value / size)}{unit}"
    return _short(value)


def _short(value: float) -> str:
    text = f"{value:.3f}" if abs(value) < 1 else f"{value:.1f}"
    return text.rstrip("0").rstrip(".") or "0"
