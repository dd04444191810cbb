"""The port to a language model, for rooms that need one. The gateway implements it: every such call is guarded, authorised,
bounded and audited as any other model traffic."""

from __future__ import annotations

from typing import Any, Literal, Protocol

from helmward.core.nouns import Actor, Noun

DataClass = Literal["public", "internal", "confidential", "restricted"]
DATA_CLASSES: tuple[DataClass, ...] = ("public", "internal", "confidential", "restricted")
"""How far data may go, from what anybody may see to what stays here."""


class ToolCall(Noun, frozen=True, kw_only=True):
    """A call that a model asks for. `arguments` is the JSON object; None where the model's text was no such object."""

    id: str
    name: str
    arguments: dict[str, Any] | None


class Turn(Noun, frozen=True, kw_only=True):
    """One message. `tool` turns carry the result of the call `call`; `calls` are an assistant's."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    call: str = ""


class Offered(Noun, frozen=True, kw_only=True):
    """A tool that the model may ask for; `schema` is the JSON Schema of its arguments."""

    name: str
    description: str
    schema: dict[str, Any]


class Reply(Noun, frozen=True, kw_only=True):
    """What the model said, after the guards. `cost` in US dollars (None: the price is not known)."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    stop: Literal["end", "tools", "length", "refused"] = "end"


class Model(Protocol):
    """A model behind the gateway."""

    async def complete(
        self, actor: Actor, model: str, turns: tuple[Turn, ...], tools: tuple[Offered, ...], max_tokens: int
    ) -> Reply:
        """One answer. Raises DeniedError (guards, policy, budget), UnreachableError, HelmwardError with one sentence."""
        ...
