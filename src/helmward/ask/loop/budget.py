"""What one question may use: rounds, seconds, tokens, bytes of tools' output, and wrong or repeated calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from helmward.core.model import Offered, Reply, Turn

CALL_BYTES = 8 * 1024
"""Of one call's output, that the model gets to see."""

TOTAL_BYTES = 96 * 1024
"""Of all calls' output."""

CALLS = 8
"""Calls that one reply may ask for."""

PROPOSALS = 3
"""Changes that one question may bring."""

MISTAKES = 4
"""Wrong or refused calls after which it ends."""

REPEATS = 3
"""Calls made a second time, with the same arguments, after which it ends."""

ANSWER_TOKENS = 2048
"""The longest reply that is asked for."""

_CHARACTERS = 3  # of a token, at least: what a model says that it used is not believed below this
_OVERHEAD = 8  # tokens of a message


@dataclass
class Budget:
    """Counts down; the figures of the settings' section `ask`."""

    steps: int
    seconds: float
    tokens: int
    used: int = 0
    rounds: int = 0
    mistakes: int = 0
    repeats: int = 0
    shown: int = 0
    cost: float | None = 0.0
    _seen: set[bytes] = field(default_factory=set)

    def affords(self, turns: Sequence[Turn], tools: Sequence[Offered]) -> int:
        """The tokens that the next reply may have; 0: not even the question can be paid."""
        rest = self.tokens - self.used - weight(turns, tools)
        return min(ANSWER_TOKENS, rest) if rest >= 64 else 0

    def another(self, turns: Sequence[Turn], tools: Sequence[Offered]) -> bool:
        """Will there be tokens for one more round after the next one? If not, the next one is for the answer."""
        asked = weight(turns, tools)
        return self.used + 2 * asked + 2 * ANSWER_TOKENS + CALL_BYTES // _CHARACTERS <= self.tokens

    def spent(self, reply: Reply, turns: Sequence[Turn], tools: Sequence[Offered]) -> None:
        """One more round. An upstream that reports less than the texts can have taken is not believed."""
        said = len(reply.text) // _CHARACTERS + sum(len(_plain(call.arguments)) // _CHARACTERS for call in reply.calls)
        self.used += max(reply.input_tokens, weight(turns, tools) // 2) + max(reply.output_tokens, said)
        self.rounds += 1
        self.cost = None if self.cost is None or reply.cost is None else self.cost + reply.cost

    def repeated(self, name: str, arguments: Mapping[str, Any]) -> bool:
        """True for a call that was made before with the same arguments; counts it."""
        key = name.encode("utf-8", "replace") + b"\0" + _plain(arguments)
        if key in self._seen:
            self.repeats += 1
            return True
        self._seen.add(key)
        return False


def weight(turns: Sequence[Turn], tools: Sequence[Offered]) -> int:
    """About the tokens of a request."""
    texts = sum(
        len(turn.text.encode("utf-8", "replace")) + sum(len(_plain(c.arguments)) for c in turn.calls) for turn in turns
    )
    offered = sum(len(tool.description) + len(_plain(tool.schema)) for tool in tools)
    return (texts + offered) // _CHARACTERS + _OVERHEAD * (len(turns) + len(tools))


def _plain(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")
