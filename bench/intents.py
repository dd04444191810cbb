"""How long `ask` takes to understand what it never saw: every held-apart utterance, one after the other."""

from __future__ import annotations

import statistics
import time

from bench.measure import child, row


def run() -> None:
    """Milliseconds an utterance (≤ 10)."""
    said = child("bench.intents:understood").said
    row("an intent (≤ 10 ms)", f"p50 {said['p50']:.2f} ms", f"p99 {said['p99']:.2f} ms", f"max {said['max']:.2f} ms")


def understood() -> dict[str, float]:
    """The times, after one of each that is not counted."""
    from helmward.ask.conversation import NOTHING
    from helmward.ask.understand import understand
    from helmward.ask.utterances import HELD_APART, load
    from helmward.ask.utterances.shop import SHOP

    texts = [example.text for example in load(HELD_APART)]
    understand(texts[0], SHOP, NOTHING)
    taken = []
    for text in texts:
        started = time.perf_counter()
        understand(text, SHOP, NOTHING)
        taken.append((time.perf_counter() - started) * 1000)
    taken.sort()
    return {"p50": statistics.median(taken), "p99": taken[int(len(taken) * 0.99)], "max": taken[-1]}
