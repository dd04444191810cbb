"""What secrets and personal data cost to look for: 1, 10 and 100 KB with spans, beside Python's `re` over the same patterns
one by one in the same run, and beside Presidio, detect-secrets and LLM Guard where they are installed."""

from __future__ import annotations

import re
from collections.abc import Callable

from bench.guards_peers import beside
from bench.measure import median_cpu, row
from bench.planting import sets
from helmward.app import load_guards
from helmward.core.settings import Settings
from helmward.core.settings_guard import GuardSettings
from helmward.guard.contract import About
from helmward.guard.pii.kinds import KINDS as PII
from helmward.guard.secrets.kinds import KINDS as SECRETS

SIZES = (1_000, 10_000, 100_000)
TARGET_MS = (0.1, 1.0, 10.0)
_STANDING = {"secrets", "pii"}


def cost() -> None:
    """Median CPU milliseconds of each for the same texts, and the ratio to the baseline."""
    others = tuple(one.name for one in load_guards(Settings()).all if one.name not in _STANDING)
    guards = load_guards(Settings(guard=GuardSettings(disabled=others, seconds=30)))
    about = About("tool")
    texts = [_text(size) for size in SIZES]
    found = [len(guards.check(text, about).spans) for text in texts]
    row("CPU ms, with spans", *(f"{size // 1000} KB, {count} found" for size, count in zip(SIZES, found, strict=True)))
    ours = _row("Helmward secrets + pii (≤ 0.1 / 1 / 10)", lambda text: guards.check(text, about), texts)
    everything = load_guards(Settings(guard=GuardSettings(seconds=30)))
    _row("every guard of the house", lambda text: everything.check(text, about), texts)
    patterns = [re.compile(kind.pattern.encode()) for kind in (*SECRETS, *PII)]
    one_by_one = _row(f"stdlib re, {len(patterns)} patterns one by one", lambda text: _all(patterns, text), texts)
    row("ratio", *(f"{mine / base:.2f}" for mine, base in zip(ours, one_by_one, strict=True)))
    beside(texts)


def _all(patterns: list[re.Pattern[bytes]], text: str) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return sum(1 for pattern in patterns for _ in pattern.finditer(data))


def _row(name: str, work: Callable[[str], object], texts: list[str]) -> list[float]:
    medians = [median_cpu(work, text) for text in texts]
    row(name, *(f"{median:.3f}" for median in medians))
    return medians


def _text(size: int) -> str:
    """Logs and objects as the labelled sets have them: one find in about 2 KB."""
    texts = sets()
    clean = [
        one.text for name in ("pii-open", "secrets-open") for one in texts[name] if one.clean and one.role == "tool"
    ]
    planted = [
        one.text for name in ("pii-open", "secrets-open") for one in texts[name] if one.planted and one.role == "tool"
    ]
    pieces, length, number = [planted[0]], len(planted[0]), 0
    while length < size:
        number += 1
        piece = planted[number // 30 % len(planted)] if number % 30 == 0 else clean[number * 7 % len(clean)]
        pieces.append(piece)
        length += len(piece) + 1
    return "\n".join(pieces)[:size]
