"""A whole answer as the gateway holds it: its texts and calls, what it used, why it stopped, and how to write it again."""

from __future__ import annotations

from typing import Any

from helmward.gateway.wire.decoding import decode_object, encode
from helmward.gateway.wire.events import Api, Call, Reason
from helmward.gateway.wire.problems import WireError
from helmward.gateway.wire.request import RequestKind
from helmward.gateway.wire.slots import Embedded, Slot, Unreadable
from helmward.gateway.wire.usage import Usage


class Response:
    """A validated answer of an upstream. `tree` is its JSON; only slots change it.

    `stops`: one reason for each choice. `calls`: the tool calls of all choices, as the model wrote them. `usage`: None where
    the upstream does not say.
    """

    def __init__(self, api: Api, kind: RequestKind, body: bytes, tree: dict[str, Any]) -> None:
        self.api: Api = api
        self.kind: RequestKind = kind
        self.tree = tree
        self.model: str = tree["model"] if isinstance(tree.get("model"), str) else ""
        self.slots: list[Slot] = []
        self.unreadable: list[Unreadable] = []
        self.calls: list[Call] = []
        self.stops: list[Reason] = []
        self.usage: Usage | None = None
        self.embedded: list[Embedded] = []
        self._body = body

    @property
    def changed(self) -> bool:
        """Whether a slot was replaced."""
        return any(slot.changed for slot in self.slots)

    def settle(self) -> dict[str, Any]:
        """The tree with every replaced text in it. Log probabilities and token ids (vLLM's), which spell the old text, go with
        a change."""
        for embedded in self.embedded:
            embedded.settle()
        if self.changed and self.api == "openai" and self.kind == "chat":
            for choice in self.tree["choices"]:
                for name in ("logprobs", "token_ids"):
                    choice.pop(name, None)
        return self.tree

    def encode(self, model: str | None = None) -> bytes:
        """The body for the caller; `model` is the name the caller used. Nothing to rewrite: the bytes that came."""
        tree = self.settle()
        if not self.changed and model in (None, self.model):
            return self._body
        return encode(tree | {"model": model or self.model})


def read_response(api: Api, body: bytes, kind: RequestKind = "chat") -> Response:
    """The answer to a chat, messages or embeddings request. Raises WireError: the upstream did not send such an answer."""
    from helmward.gateway.wire import anthropic_response, openai_response

    if kind == "embeddings":
        return openai_response.read_embeddings(body)
    tree = decode_object(body, "The answer")
    response = Response(api, kind, body, tree)
    if api == "openai":
        openai_response.read_completion(response)
    elif tree.get("type") != "message":
        raise WireError("The field 'type' of the answer must be 'message'.", "type")
    else:
        anthropic_response.read_message(response)
    return response
