"""Free text: where the secrets are, and the text without them."""

from __future__ import annotations

from functools import cache

from helmward.guard.contract import Span
from helmward.guard.failing import told
from helmward.guard.matching.scanner import Scanner
from helmward.guard.secrets.kinds import KINDS
from helmward.guard.secrets.spans import GUARD, UNREADABLE


@cache
def scanner() -> Scanner:
    """The scanner of every known kind; compiled once, at first use."""
    return Scanner(GUARD, KINDS)


def find(text: str, engine: Scanner | None = None) -> list[Span]:
    """The secrets in `text`, in order, not overlapping, by character offsets.

    Never raises: where the engine fails, one span of rule `secrets/unreadable` covers the whole text.
    """
    if not text:
        return []
    try:
        return (engine or scanner()).find(text)
    except Exception as error:  # noqa: BLE001 - a guard fails closed: whatever went wrong, nothing of the text may pass
        told(error)
        return [Span(f"{GUARD}/{UNREADABLE}", 0, len(text), 1.0)]


def mask(text: str, engine: Scanner | None = None) -> str:
    """`text` with every secret replaced by `[secrets/<kind>]`. Masking twice changes nothing more; never raises."""
    pieces: list[str] = []
    at = 0
    for rule, start, end, _ in find(text, engine):
        pieces += (text[at:start], f"[{rule}]")
        at = end
    return "".join((*pieces, text[at:])) if pieces else text
