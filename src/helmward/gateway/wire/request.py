"""A request as the gateway holds it: what routing and budgets ask of it, its texts, and how to write it again."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import msgspec

from helmward.core.model import Offered
from helmward.gateway.wire.decoding import encode
from helmward.gateway.wire.events import Api
from helmward.gateway.wire.slots import Embedded, Slot, Unreadable

RequestKind = Literal["chat", "embeddings"]
LimitField = Literal["max_completion_tokens", "max_tokens"]


class Limit(msgspec.Struct, frozen=True):
    """The most tokens that one choice may have, and the field that says so to an OpenAI upstream.

    OpenAI's reasoning models want `max_completion_tokens` alone. Ollama and llama.cpp silently ignore that one (ollama issue
    7125) and heed `max_tokens`; vLLM takes both. A budget that is to hold needs the right one.
    """

    tokens: int
    field: LimitField = "max_completion_tokens"

    def fields(self) -> dict[str, int | None]:
        """Both fields: the one that is set, and the other, which must not be there beside it."""
        other = "max_tokens" if self.field == "max_completion_tokens" else "max_completion_tokens"
        return {self.field: self.tokens, other: None}


class Request:
    """A validated request. `tree` is its JSON; only slots change it.

    `model`; `stream`; `include_usage` (OpenAI: a usage chunk was asked for; Anthropic: always); `max_output_tokens` for one
    choice (None: not said); `choices` wanted; `slots`, in the order of the text; `unreadable` content.
    """

    def __init__(self, api: Api, kind: RequestKind, body: bytes, tree: dict[str, Any]) -> None:
        self.api: Api = api
        self.kind: RequestKind = kind
        self.tree = tree
        self.model: str = tree["model"]
        self.stream = False
        self.include_usage = False
        self.max_output_tokens: int | None = None
        self.choices = 1
        self.slots: list[Slot] = []
        self.unreadable: list[Unreadable] = []
        self.embedded: list[Embedded] = []
        self._body = body

    @property
    def size(self) -> int:
        """Bytes of the body as it came."""
        return len(self._body)

    @property
    def changed(self) -> bool:
        """Whether a slot was replaced."""
        return any(slot.changed for slot in self.slots)

    @cached_property
    def offered(self) -> tuple[Offered, ...]:
        """The tools that the model may ask for. A provider's own tools (web search …) have an empty schema."""
        return tuple(_offered(self.tree, self.api))

    def settle(self) -> dict[str, Any]:
        """The tree with every replaced text in it, also inside arguments that are JSON in a string."""
        for embedded in self.embedded:
            embedded.settle()
        return self.tree

    def encode(self, model: str | None = None, include_usage: bool = False, limit: Limit | None = None) -> bytes:
        """The body to send. `model`: the upstream's name for the model, if another. `include_usage`: ask an OpenAI upstream
        for the usage of a stream even if the caller did not. `limit`: the most tokens of one choice, for an OpenAI upstream,
        in the field that it heeds.

        Nothing replaced and nothing to rewrite: the bytes that came.
        """
        tree = self.settle()
        other: dict[str, Any] = {} if model in (None, self.model) else {"model": model}
        if self.api == "openai" and self.kind == "chat":
            if include_usage and self.stream and not self.include_usage:
                other["stream_options"] = (tree.get("stream_options") or {}) | {"include_usage": True}
            if limit is not None and any(tree.get(name) != value for name, value in limit.fields().items()):
                other |= limit.fields()
        if not other and not self.changed:
            return self._body
        return encode({name: value for name, value in (tree | other).items() if value is not None or name not in other})


def _offered(tree: dict[str, Any], api: Api) -> list[Offered]:
    tools = tree.get("tools") or []
    if api == "openai":
        tools = [tool[tool["type"]] for tool in tools] + (tree.get("functions") or [])
    schema = "parameters" if api == "openai" else "input_schema"
    return [
        Offered(
            name=_name(tool),
            description=tool.get("description") or "",
            schema=tool[schema] if isinstance(tool.get(schema), dict) else {},
        )
        for tool in tools
    ]


def _name(tool: dict[str, Any]) -> str:
    """A provider's own tool may have a type alone."""
    return next((name for field in ("name", "type") if (name := tool.get(field)) and isinstance(name, str)), "")
