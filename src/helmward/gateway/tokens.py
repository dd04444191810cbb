"""How many tokens a call can have at most, and how many an answer has whose upstream does not say.

No tokenizer: each family of models has its own (those of Claude and Gemini are not public, one that carries the tables of
OpenAI's weighs 74 MB), and an estimate of the wrong family undercounts. Instead a bound that holds for every byte-level BPE
and for SentencePiece with byte fallback: no token stands for less than a byte of UTF-8. English text has about four bytes a
token, so it is reserved fourfold; what was reserved too much comes back when the call is settled.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from helmward.gateway.wire import Request

PER_CALL = 64
"""Tokens that a chat template adds by itself: markers, and the system message that Qwen or Llama put in where none is given."""

PER_TOOLS = 1000
"""Tokens that a provider adds to a call with tools. Anthropic: up to 735 (docs: "Tool use", pricing)."""

PER_IMAGE = 5000
"""Tokens of an image. Anthropic: at most 4784, OpenAI: at most 2833 but for a few old models; a picture's bytes say nothing."""

_IMAGES = frozenset({"image", "image_url", "input_image"})


def most_tokens(request: Request) -> int:
    """At most so many input tokens has a call. The body's JSON is no shorter than the text in it, and around each message it
    has more bytes than a chat template has tokens. A file or sound counts by its bytes."""
    most = request.size + PER_CALL
    if request.offered:
        most += PER_TOOLS
    if request.unreadable:
        images = list(_images(request.tree.get("messages")))
        most += len(images) * PER_IMAGE - sum(images)
    return most


def count(texts: Iterable[str]) -> int:
    """At most so many tokens are these texts: for an answer whose upstream reports no usage."""
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def _images(part: Any) -> Iterable[int]:
    """The length of the data of each image."""
    if isinstance(part, list):
        for each in part:
            yield from _images(each)
    elif isinstance(part, dict):
        if isinstance(kind := part.get("type"), str) and kind in _IMAGES:
            yield sum(_lengths(part))
        elif isinstance(content := part.get("content"), list):
            yield from _images(content)


def _lengths(part: Any) -> Iterable[int]:
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        if isinstance(each, str):
            yield len(each.encode("utf-8", "surrogatepass"))
        else:
            yield from _lengths(each)
