"""A request as the gateway holds it: what routing and budgets ask of it, its texts, and how to write it again."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

from helmward.core.model import Offered
from helmward.gateway.wire.decoding import encode
from helmward.gateway.wire.events import Api
from helmward.gateway.wire.slots import Embedded, Slot, Unreadable

RequestKind = Literal["chat", "embeddings"]


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

    def encode(self, model: str | None = None, include_usage: bool = False) -> bytes:
        """The body to send. `model`: the upstream's name for the model, if another. `include_usage`: ask an OpenAI upstream
        for the usage of a stream even if the caller did not.

        Nothing replaced and nothing to rewrite: the bytes that came.
        """
        tree = self.settle()
        ask = include_usage and self.api == "openai" and self.stream and not self.include_usage
        if not ask and not self.changed and model in (None, self.model):
            return self._body
        if ask:
            tree = tree | {"stream_options": (tree.get("stream_options") or {}) | {"include_usage": True}}
        return encode(tree | {"model": model or self.model})


def _offered(tree: dict[str, Any], api: Api) -> list[Offered]:
    tools = tree.get("tools") or []
    if api == "openai":
        tools = [tool[tool["type"]] for tool in tools] + (tree.get("functions") or [])
    schema = "parameters" if api == "openai" else "input_schema"
    return [
        Offered(
            name=tool.get("name") or tool["type"],
            description=tool.get("description") or "",
            schema=tool[schema] if isinstance(tool.get(schema), dict) else {},
        )
        for tool in tools
    ]
