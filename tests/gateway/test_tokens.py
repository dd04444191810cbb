"""The bound for reservations, against tokenizers that the bound is about: byte-level BPE with any vocabulary."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helmward.gateway.tokens import PER_CALL, PER_IMAGE, PER_TOOLS, count, most_tokens
from helmward.gateway.wire import Request, read_anthropic, read_chat


def chat(content: Any, **more: Any) -> Request:
    return read_chat(json.dumps({"model": "m", "messages": [{"role": "user", "content": content}], **more}).encode())


def smallest(text: str) -> int:
    """The tokens of a vocabulary of single bytes: no byte-level BPE has more."""
    return len(text.encode())


@given(st.text(max_size=200))
def test_a_text_has_no_more_tokens_than_bytes(text: str) -> None:
    assert count([text]) == smallest(text)
    assert most_tokens(chat(text)) >= smallest(text) + PER_CALL


def test_half_a_character_is_counted_too() -> None:
    assert count(["\ud83d"]) == 3


def test_tools_and_messages_are_counted() -> None:
    tool = {
        "type": "function",
        "function": {"name": "look", "description": "d" * 500, "parameters": {"type": "object"}},
    }
    assert most_tokens(chat("hi", tools=[tool])) >= 500 + PER_TOOLS
    many = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}] * 50
    body = json.dumps({"model": "m", "messages": many}).encode()
    assert most_tokens(read_chat(body)) >= 100 * 10


@pytest.mark.parametrize("size", [100, 400_000])
def test_a_picture_counts_as_one_and_not_by_its_bytes(size: int) -> None:
    data = base64.b64encode(b"x" * size).decode()
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
    request = chat([{"type": "text", "text": "what is this?"}, picture])
    assert PER_IMAGE < most_tokens(request) < PER_IMAGE + 1000


def test_a_picture_in_a_tools_result() -> None:
    data = base64.b64encode(b"x" * 50_000).decode()
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [picture]}
    call = {"type": "tool_use", "id": "t", "name": "look", "input": {}}
    messages = [
        {"role": "user", "content": "look"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
    ]
    request = read_anthropic(json.dumps({"model": "m", "max_tokens": 9, "messages": messages}).encode())
    assert PER_IMAGE < most_tokens(request) < PER_IMAGE + 1500


@pytest.mark.parametrize("kind", [{}, [], None, 1])
def test_a_type_that_is_none_is_no_image(kind: Any) -> None:
    body = {"model": "m", "messages": [{"role": "user", "type": kind, "content": [{"type": "file", "file": {}}]}]}
    assert most_tokens(read_chat(json.dumps(body).encode())) >= PER_CALL


@pytest.mark.parametrize("tool", [{"name": ""}, {"name": "", "type": None}, {"type": "custom", "name": ""}])
def test_a_tool_without_a_name_is_offered_without_one(tool: dict[str, Any]) -> None:
    body = {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}]}
    asked = read_anthropic(json.dumps(body | {"tools": [tool | {"input_schema": {}}]}).encode())
    assert [one.name for one in asked.offered] in ([""], ["custom"])
