"""Arguments of a tool as a body has them."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator


def _finite(value: Any) -> Any:
    """The same. Raises ValueError for what Python reads although it is no JSON (RFC 8259, 6), and would go on as null."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, float) and not isfinite(one):
            raise ValueError("NaN and Infinity are no numbers of JSON; leave the argument out, or give a number")
        left.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
    return value


Arguments = Annotated[dict[str, Any], AfterValidator(_finite)]
