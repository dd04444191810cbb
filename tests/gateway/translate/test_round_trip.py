"""There and back a conversation means the same: who said what, which tools, which calls with which results."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.gateway.translate import translate_request
from helmward.gateway.wire import read_chat

from ..scenes import compact

words = st.text(min_size=1, max_size=8)
text = words | st.lists(words.map(lambda said: {"type": "text", "text": said}), min_size=1, max_size=2)
image = st.just({"type": "image_url", "image_url": {"url": "https://x.test/a.png"}})
user = st.builds(lambda said: {"role": "user", "content": said}, text | st.lists(image, min_size=1, max_size=2))
system = st.builds(lambda said: {"role": "system", "content": said}, text)
arguments = st.dictionaries(words, st.integers() | words | st.none() | st.lists(words, max_size=2), max_size=3)


@st.composite
def exchange(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What the user says, what the assistant answers, and the results of the tools it calls."""
    inputs = draw(st.lists(arguments, max_size=3))
    number = draw(st.integers(0, 10**9))
    calls = [
        {
            "id": f"call_{number}_{index}",
            "type": "function",
            "function": {"name": "f", "arguments": compact(value).decode()},
        }
        for index, value in enumerate(inputs)
    ]
    said = draw(text) if not calls or draw(st.booleans()) else None
    assistant = {"role": "assistant", "content": said} | ({"tool_calls": calls} if calls else {})
    results = [{"role": "tool", "tool_call_id": call["id"], "content": draw(text)} for call in calls]
    return [*draw(st.lists(user, min_size=1, max_size=2)), assistant, *results]


requests = st.fixed_dictionaries(
    {
        "model": words,
        "messages": st.builds(
            lambda first, turns, last: [*first, *itertools.chain(*turns), last],
            st.lists(system, max_size=2),
            st.lists(exchange(), max_size=3),
            user,
        ),
        "max_completion_tokens": st.integers(1, 9999),
    },
    optional={
        "temperature": st.floats(0, 1),
        "top_p": st.floats(0, 1),
        "stop": st.lists(words, min_size=1, max_size=4),
        "user": words,
        "reasoning_effort": st.sampled_from(["low", "medium", "high"]),
        "service_tier": st.sampled_from(["auto", "default"]),
        "tools": st.lists(
            st.builds(
                lambda name, schema: {"type": "function", "function": {"name": name, "parameters": schema}},
                words,
                st.just({"type": "object", "properties": {"a": {"type": "string"}}}),
            ),
            min_size=1,
            max_size=2,
        ),
    },
)


def parts(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content or [])


def meaning(request: dict[str, Any]) -> dict[str, Any]:
    """A request with neighbouring messages of one speaker merged and every text as parts."""
    merged: list[dict[str, Any]] = []
    for message in request["messages"]:
        calls = [(call["id"], json.loads(call["function"]["arguments"])) for call in message.get("tool_calls", [])]
        shown = {"role": message["role"], "content": parts(message["content"]), "calls": calls}
        if message["role"] == "tool":
            shown["id"] = message["tool_call_id"]
        if merged and merged[-1]["role"] == message["role"] != "tool":
            merged[-1]["content"] += shown["content"]
            merged[-1]["calls"] += shown["calls"]
        else:
            merged.append(shown)
    return request | {"messages": merged}


@settings(max_examples=60, deadline=None)
@given(requests)
def test_there_and_back_a_request_means_the_same(request: dict[str, Any]) -> None:
    there = translate_request(read_chat(compact(request)), "anthropic", 9)
    back = json.loads(translate_request(there, "openai", 9).encode())
    assert meaning(back) == meaning(request)


@settings(max_examples=30, deadline=None)
@given(requests)
def test_guards_see_the_same_texts_on_both_sides(request: dict[str, Any]) -> None:
    here = read_chat(compact(request))
    there = translate_request(here, "anthropic", 9)
    for role in ("system", "user", "assistant", "tool"):
        before = [slot.text for slot in here.slots if slot.role == role and slot.kind == "text"]
        after = [slot.text for slot in there.slots if slot.role == role and slot.kind == "text"]
        assert sorted(before) == sorted(after)
