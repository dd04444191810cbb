"""Tokens used, in one meaning for both APIs."""

from __future__ import annotations

from typing import Any

import msgspec


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of tokens. `input_tokens` holds all input, cached or not; `cached_tokens` (read from the cache) and
    `cache_write_tokens` are parts of it. `output_tokens` holds all output; `reasoning_tokens` is a part of it.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


def from_openai(value: Any) -> Usage | None:
    """`CompletionUsage` (openai `types/completion_usage.py`): prompt_tokens counts cached tokens too. None: no such object."""
    if not isinstance(value, dict):
        return None
    prompt, completion = value.get("prompt_tokens_details"), value.get("completion_tokens_details")
    return Usage(
        input_tokens=_count(value, "prompt_tokens"),
        output_tokens=_count(value, "completion_tokens"),
        cached_tokens=_count(prompt, "cached_tokens"),
        cache_write_tokens=_count(prompt, "cache_write_tokens"),
        reasoning_tokens=_count(completion, "reasoning_tokens"),
    )


def to_openai(usage: Usage) -> dict[str, Any]:
    """The object that `from_openai` reads."""
    shown: dict[str, Any] = {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }
    details = {"cached_tokens": usage.cached_tokens}
    if usage.cache_write_tokens:
        details["cache_write_tokens"] = usage.cache_write_tokens
    if usage.cached_tokens or usage.cache_write_tokens:
        shown["prompt_tokens_details"] = details
    if usage.reasoning_tokens:
        shown["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    return shown


def from_anthropic(value: Any, before: Usage | None = None) -> Usage | None:
    """`Usage` and `MessageDeltaUsage` (anthropic `types/usage.py`, `types/message_delta_usage.py`): input_tokens leaves out
    what the cache read and wrote; the whole is their sum. A delta's counts are totals so far; what it leaves out stands in
    `before`. None: no such object and nothing before.
    """
    if not isinstance(value, dict):
        return before
    old = before or Usage()
    cached = _count(value, "cache_read_input_tokens", old.cached_tokens)
    written = _count(value, "cache_creation_input_tokens", old.cache_write_tokens)
    fresh = _count(value, "input_tokens", old.input_tokens - old.cached_tokens - old.cache_write_tokens)
    return Usage(
        input_tokens=fresh + cached + written,
        output_tokens=_count(value, "output_tokens", old.output_tokens),
        cached_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=_count(value.get("output_tokens_details"), "thinking_tokens", old.reasoning_tokens),
    )


def to_anthropic(usage: Usage) -> dict[str, Any]:
    """The object that `from_anthropic` reads."""
    cached = min(usage.cached_tokens, usage.input_tokens)
    written = min(usage.cache_write_tokens, usage.input_tokens - cached)
    shown: dict[str, Any] = {
        "input_tokens": usage.input_tokens - cached - written,
        "output_tokens": usage.output_tokens,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": written,
    }
    if usage.reasoning_tokens:
        shown["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    return shown


def _count(holder: Any, name: str, otherwise: int = 0) -> int:
    """A count is a whole number of zero or more; what is not (an upstream's slip) counts as absent."""
    value = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        return max(otherwise, 0)
    return value
