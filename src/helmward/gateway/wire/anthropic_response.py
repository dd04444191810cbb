"""Whole answers of Anthropic's API. Fields as of anthropic `types/message.py`."""

from __future__ import annotations

from helmward.gateway.wire import checks, stops, usage
from helmward.gateway.wire.anthropic_blocks import read_block
from helmward.gateway.wire.decoding import encode
from helmward.gateway.wire.events import Call
from helmward.gateway.wire.leaves import leaf_slots
from helmward.gateway.wire.response import Response

_READ = frozenset(["id", "type", "role", "model", "content", "stop_reason", "usage", "container"])


def read_message(response: Response) -> None:
    """Check a message and fill the response in."""
    tree = response.tree
    if not isinstance(tree.get("content"), list):
        raise checks.missing_or("content", "an array of blocks", tree)
    for index, block in enumerate(tree["content"]):
        read_block(response, block, "assistant", f"content[{index}]")
        if block["type"] == "tool_use":
            arguments = encode(block["input"]).decode()
            number = len(response.calls)
            response.calls.append(Call(0, number, block["id"], block["name"], arguments, block["input"]))
    response.stops.append(stops.from_anthropic(tree.get("stop_reason")))
    response.usage = usage.from_anthropic(tree.get("usage"))
    if not tree.keys() <= _READ:
        response.slots += leaf_slots(tree, "assistant", "answer", skip=_READ)
