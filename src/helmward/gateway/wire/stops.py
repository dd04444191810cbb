"""Why a model stopped, in the words of each API and in ours."""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire.events import Reason

_FROM_OPENAI: dict[str, Reason] = {
    "stop": "end",
    "length": "length",
    "tool_calls": "tools",
    "function_call": "tools",
    "content_filter": "refused",
}
_TO_OPENAI: dict[Reason, str] = {
    "end": "stop",
    "stop_sequence": "stop",
    "pause": "stop",
    "length": "length",
    "tools": "tool_calls",
    "refused": "content_filter",
}
_FROM_ANTHROPIC: dict[str, Reason] = {
    "end_turn": "end",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "stop_sequence": "stop_sequence",
    "tool_use": "tools",
    "pause_turn": "pause",
    "refusal": "refused",
}
_TO_ANTHROPIC: dict[Reason, str] = {
    "end": "end_turn",
    "stop_sequence": "stop_sequence",
    "pause": "pause_turn",
    "length": "max_tokens",
    "tools": "tool_use",
    "refused": "refusal",
}


def from_openai(reason: Any) -> Reason:
    """`finish_reason` (openai `types/chat/chat_completion.py`); an unknown one counts as `end`."""
    return _FROM_OPENAI.get(reason, "end") if isinstance(reason, str) else "end"


def to_openai(reason: Reason) -> str:
    """The `finish_reason` for it. A stop sequence and a paused turn are `stop` there."""
    return _TO_OPENAI[reason]


def from_anthropic(reason: Any) -> Reason:
    """`stop_reason` (anthropic `types/stop_reason.py`); an unknown one counts as `end`."""
    return _FROM_ANTHROPIC.get(reason, "end") if isinstance(reason, str) else "end"


def to_anthropic(reason: Reason) -> str:
    """The `stop_reason` for it."""
    return _TO_ANTHROPIC[reason]
