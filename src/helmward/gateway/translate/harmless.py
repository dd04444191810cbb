"""What a translation may leave out: hints and labels that change neither what the model reads nor what it may answer.

Everything else that the other API cannot express is refused by name.
"""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire.problems import TranslationError

FROM_OPENAI = frozenset(
    (
        "metadata",  # labels in the provider's dashboard
        "store",  # whether the provider keeps the answer for its own tools
        "prompt_cache_key",  # cache routing
        "prompt_cache_options",
        "prompt_cache_retention",
        "prediction",  # a guess at the answer, for speed alone
    )
)
"""Top-level fields of a chat request. `stream_options` is heeded by who writes the stream. In messages and parts also:
`prompt_cache_breakpoint`; an image's `detail`; a tool message's `name` (its id says which tool); an assistant's `annotations`,
`reasoning_content` and `reasoning` (of an earlier turn, unsigned); a JSON Schema format's `name` and `strict` (always so there);
null anywhere."""

FROM_ANTHROPIC = frozenset(
    (
        "cache_control",  # what the provider caches
        "diagnostics",  # why a cache was missed
    )
)
"""Top-level fields of a messages request. In blocks and tools also: `cache_control`; a document's `citations` that are not
enabled, and those of an earlier answer; a tool's `eager_input_streaming`; a tool call's `caller`; thinking of an earlier turn
without a signature (this gateway made it from unsigned reasoning); `thinking` that is adaptive or between_tools, which
leaves it to the model there; null anywhere."""

PART_FROM_OPENAI = frozenset(("prompt_cache_breakpoint",))
BLOCK_FROM_ANTHROPIC = frozenset(("cache_control",))


def only(holder: dict[str, Any], known: frozenset[str], where: str, api: str) -> None:
    """Refuse a member that is neither known nor null. `api` is the name of the API that lacks it."""
    if holder.keys() <= known:
        return
    for name, value in holder.items():
        if name not in known and value is not None:
            field = f"{where}.{name[:60]}" if where else name[:60]
            raise refused(field, api)


def refused(field: str, api: str, why: str = "") -> TranslationError:
    """The error for what `api` cannot express."""
    return TranslationError(
        f"The field '{field}' cannot be expressed in {api}'s API{': ' + why if why else ''}.", field
    )
