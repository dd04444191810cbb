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
"""Top-level fields of a chat request. In parts also `prompt_cache_breakpoint` and an image's `detail`; in an assistant's message
`reasoning_content` and `reasoning` (unsigned, of an earlier turn) and null fields anywhere."""

FROM_ANTHROPIC = frozenset(
    (
        "cache_control",  # what the provider caches
        "diagnostics",  # why a cache was missed
    )
)
"""Top-level fields of a messages request. In blocks and tools also `cache_control`, `citations` that are not enabled, a tool's
`eager_input_streaming`; in an assistant's turn thinking without a signature (this gateway made it from unsigned reasoning)."""

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
