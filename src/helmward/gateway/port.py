"""The gateway as the `Model` that other rooms know: Helmward's own calls pass it as everybody's do."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from helmward.core.model import DataClass, Offered, Reply, ToolCall, Turn
from helmward.core.nouns import Actor
from helmward.gateway.asked import Asked
from helmward.gateway.budget import Caller
from helmward.gateway.gateway import Gateway
from helmward.gateway.wire import read_response
from helmward.gateway.wire.events import Reason

_STOPS: dict[Reason, Literal["end", "tools", "length", "refused"]] = {
    "tools": "tools",
    "length": "length",
    "refused": "refused",
}


class GatewayModel:
    """Implements core.model.Model. `team` names an actor's team; `least`: the class that Helmward's own questions have."""

    def __init__(self, gateway: Gateway, callers: Any, least: DataClass = "internal") -> None:
        self._gateway, self._callers, self._least = gateway, callers, least

    async def complete(
        self, actor: Actor, model: str, turns: tuple[Turn, ...], tools: tuple[Offered, ...], max_tokens: int
    ) -> Reply:
        """One answer. Raises DeniedError, UnreachableError, HelmwardError."""
        caller: Caller = self._callers(actor)
        body = msgspec.json.encode(_request(model, turns, tools, max_tokens))
        answer = await self._gateway.call(Asked(caller, "openai", "chat", body, self._least))
        response = read_response("openai", answer.body)
        used = answer.used
        texts = [slot.text for slot in response.slots if slot.kind == "text"]
        return Reply(
            text="\n".join(texts),
            calls=tuple(ToolCall(id=call.id, name=call.name, arguments=call.value) for call in response.calls),
            input_tokens=used.input_tokens if used else 0,
            output_tokens=used.output_tokens if used else 0,
            cost=used.usd if used else None,
            stop=_STOPS.get(response.stops[0], "end") if response.stops else "end",
        )


def _request(model: str, turns: tuple[Turn, ...], tools: tuple[Offered, ...], max_tokens: int) -> dict[str, Any]:
    """OpenAI's chat request (openai `types/chat/completion_create_params.py`)."""
    request: dict[str, Any] = {"model": model, "messages": [_message(turn) for turn in turns], "max_tokens": max_tokens}
    if tools:
        request["tools"] = [
            {
                "type": "function",
                "function": {"name": one.name, "description": one.description, "parameters": one.schema},
            }
            for one in tools
        ]
    return request


def _message(turn: Turn) -> dict[str, Any]:
    if turn.role == "tool":
        return {"role": "tool", "tool_call_id": turn.call, "content": turn.text}
    message: dict[str, Any] = {"role": turn.role, "content": turn.text}
    if turn.calls:
        message["content"] = turn.text or None
        message["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": msgspec.json.encode(call.arguments or {}).decode()},
            }
            for call in turn.calls
        ]
    return message
