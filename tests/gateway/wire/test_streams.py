"""Streams of both APIs: the same events at every split, one end or one error, and nothing unread passes as text."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.gateway.wire import (
    Api,
    BlockEnded,
    BlockStarted,
    Broken,
    Call,
    CallAssembler,
    Ended,
    Event,
    Failed,
    Other,
    Sealed,
    Started,
    Stopped,
    TextDelta,
    ToolArguments,
    ToolEnded,
    ToolStarted,
    Usage,
    Used,
    WireError,
    stream_reader,
)

from ..scenes import ANTHROPIC_TEXT, ANTHROPIC_TOOLS, OPENAI_TEXT, OPENAI_TOOLS, block, chunk, event, events_of

USED = Used(Usage(input_tokens=11, output_tokens=4, cached_tokens=5))


def plain(events: list[Event]) -> list[Event]:
    """Without raw bytes, which the SSE tests look at."""
    return [item for item in events if not isinstance(item, Other)]


def test_openai_text() -> None:
    assert plain(events_of("openai", OPENAI_TEXT)) == [
        Started("chatcmpl-1", "up", 7),
        TextDelta(0, 0, "Hé"),
        TextDelta(0, 0, "llo"),
        Stopped(0, "end"),
        USED,
        Ended(),
    ]


def test_openai_tools_that_come_interleaved() -> None:
    assert plain(events_of("openai", OPENAI_TOOLS)) == [
        Started("chatcmpl-1", "up", 7),
        TextDelta(0, 0, "hm", "reasoning"),
        TextDelta(0, 0, "Let me see."),
        ToolStarted(0, 0, "call_a", "pods_list"),
        ToolArguments(0, 0, '{"namespace":'),
        ToolStarted(0, 1, "call_b", "pods_log"),
        ToolArguments(0, 1, '{"n'),
        ToolArguments(0, 0, '"shop"}'),
        ToolArguments(0, 1, 'ame":"a"}'),
        ToolEnded(0, 0),
        ToolEnded(0, 1),
        Stopped(0, "tools"),
        USED,
        Ended(),
    ]


def test_anthropic_text() -> None:
    assert plain(events_of("anthropic", ANTHROPIC_TEXT)) == [
        Started("msg_1", "up"),
        Used(Usage(input_tokens=11, output_tokens=1, cached_tokens=5)),
        BlockStarted(0, 0),
        TextDelta(0, 0, "Hé"),
        TextDelta(0, 0, "llo"),
        BlockEnded(0, 0),
        USED,
        Stopped(0, "end"),
        Ended(),
    ]


def test_anthropic_thinking_is_sealed_with_its_bytes() -> None:
    sealed = [item for item in events_of("anthropic", ANTHROPIC_TOOLS) if isinstance(item, Sealed)]
    assert [(item.part, item.text) for item in sealed] == [
        ("start", ""),
        ("text", "hm"),
        ("signature", ""),
        ("end", ""),
    ]
    assert b"".join([item.raw for item in sealed]) in ANTHROPIC_TOOLS


@pytest.mark.parametrize(
    ("api", "stream"),
    [
        ("openai", OPENAI_TEXT),
        ("openai", OPENAI_TOOLS),
        ("anthropic", ANTHROPIC_TEXT),
        ("anthropic", ANTHROPIC_TOOLS),
        ("openai", OPENAI_TEXT.replace(b"\n", b"\r\n")),
        ("anthropic", ANTHROPIC_TEXT[:-40]),
        ("openai", OPENAI_TEXT[:300] + b"data: {broken\n\n" + OPENAI_TEXT[300:]),
    ],
)
def test_every_split_gives_the_same_events(api: Api, stream: bytes) -> None:
    whole = events_of(api, stream)
    for split in range(len(stream) + 1):
        assert events_of(api, stream, split) == whole
    assert events_of(api, stream, *range(len(stream))) == whole


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_held_calls_are_whole(api: Api) -> None:
    held = CallAssembler()
    events = events_of(api, OPENAI_TOOLS if api == "openai" else ANTHROPIC_TOOLS)
    assert [call for item in events if (call := held.add(item))] == [
        Call(0, 0, "call_a", "pods_list", '{"namespace":"shop"}', {"namespace": "shop"}),
        Call(0, 1, "call_b", "pods_log", '{"name":"a"}', {"name": "a"}),
    ]


def test_held_calls_have_a_bound() -> None:
    held = CallAssembler()
    held.add(ToolStarted(0, 0, "a", "b"))
    with pytest.raises(WireError, match="longer than"):
        for _ in range(3):
            held.add(ToolArguments(0, 0, "x" * 500_000))


@pytest.mark.parametrize(
    ("api", "stream"),
    [
        ("openai", OPENAI_TEXT.replace(b"data: [DONE]\n\n", b"")),
        ("openai", OPENAI_TEXT.replace(b"data: [DONE]\n\n", b"data: [DONE]")),
        ("anthropic", ANTHROPIC_TEXT[:-1]),
        ("anthropic", ANTHROPIC_TEXT.replace(b'"type":"message_stop"', b'"type":"message_stop","note":"n"')),
    ],
)
def test_an_end_without_its_last_mark_is_an_end(api: Api, stream: bytes) -> None:
    assert events_of(api, stream)[-1] == Ended()


@pytest.mark.parametrize(
    ("api", "stream", "why"),
    [
        ("openai", b"", "cut off"),
        ("openai", chunk({"content": "a"}), "cut off"),
        ("anthropic", ANTHROPIC_TEXT[:-100], "cut off"),
        ("openai", b"data: {\n\n", "not valid JSON"),
        ("openai", b"data: []\n\n", "must be a JSON object"),
        ("openai", b"<html>oops</html>\n\n", "cut off"),
        ("openai", chunk({"content": 3}), "content"),
        ("openai", chunk({"content": "a"}).replace(b'"content"', b'"content":"b","content"'), "twice"),
        ("openai", chunk({"content": "a"}).replace(b'"content"', b'"content":"b","\\u0063ontent"'), "twice"),
        ("openai", chunk({"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}), "without a name"),
        ("openai", chunk({"tool_calls": [{"index": "0"}]}), "index"),
        ("openai", b'data: {"choices":[{"index":true,"delta":{}}]}\n\n', "index"),
        ("openai", b'data: {"choices":[{"index":0,"delta":{"content":"a","content":"b"},"x":1}]}\n\n', "twice"),
        ("anthropic", event("content_block_delta", index=0, delta={"type": "text_delta", "text": "x"}), "no open text"),
        ("anthropic", event("content_block_stop", index=3), "not open"),
        ("anthropic", event("message_start", message=3), "message"),
        (
            "anthropic",
            event("message_start", message={"content": [{"type": "text", "text": "x"}]}),
            "has content already",
        ),
    ],
)
def test_a_stream_that_is_wrong_or_cut_is_one_error_at_its_end(api: Api, stream: bytes, why: str) -> None:
    events = events_of(api, stream + (b"" if why == "cut off" else OPENAI_TEXT))
    assert isinstance(events[-1], Broken)
    assert why in events[-1].sentence
    assert sum(isinstance(item, Broken | Ended | Failed) for item in events) == 1


@pytest.mark.parametrize(
    ("api", "stream", "status"),
    [
        ("openai", b'data: {"error":{"message":"too many","type":"rate_limit_error"}}\n\n', 429),
        ("openai", b'data: {"object":"error","message":"bad","type":"BadRequestError","code":400}\n\n', 400),
        ("openai", b'data: {"error":"gone"}\n\n', 502),
        ("anthropic", event("error", error={"type": "overloaded_error", "message": "Overloaded"}), 529),
    ],
)
def test_an_upstream_s_error_ends_the_stream(api: Api, stream: bytes, status: int) -> None:
    (failed,) = events_of(api, stream + OPENAI_TEXT)
    assert isinstance(failed, Failed)
    assert failed.status == status


def test_nothing_follows_an_end() -> None:
    reader = stream_reader("openai")
    reader.feed(OPENAI_TEXT)
    assert reader.over
    assert reader.feed(OPENAI_TEXT) == []
    assert reader.close() == []


@pytest.mark.parametrize(
    ("api", "stream", "text"),
    [
        ("openai", chunk({"content": "a", "secret_notes": "hidden"}), "secret_notes: hidden"),
        ("openai", chunk({"content": "a"}, note="hidden"), "note: hidden"),
        ("anthropic", event("message_start", message={"note": "hidden"}), "note: hidden"),
        ("anthropic", event("message_delta", delta={"stop_details": {"explanation": "hidden"}}), "explanation: hidden"),
        ("anthropic", event("message_start", message={}) + event("novelty", body="hidden"), "body: hidden"),
        (
            "anthropic",
            block(0, {"type": "text", "text": ""}, {"type": "citations_delta", "citation": {"cited_text": "hidden"}}),
            "hidden",
        ),
    ],
)
def test_texts_in_fields_that_we_do_not_know_are_there_for_guards_to_read(api: Api, stream: bytes, text: str) -> None:
    others = [item for item in events_of(api, stream) if isinstance(item, Other)]
    assert any(text in found for item in others for found in item.texts)


def test_reasoning_under_both_its_names_is_read_once() -> None:
    events = events_of("openai", chunk({"reasoning_content": "hm", "reasoning": "hm"}) + chunk({"reasoning": "so"}))
    assert [item.text for item in events if isinstance(item, TextDelta)] == ["hm", "so"]


def test_servers_that_give_every_call_the_same_index_are_understood() -> None:
    def whole(name: str) -> dict[str, Any]:
        return {
            "tool_calls": [{"index": 0, "id": name, "type": "function", "function": {"name": name, "arguments": "{}"}}]
        }

    held = CallAssembler()
    events = events_of("openai", chunk(whole("a")) + chunk(whole("b")) + chunk({}, "stop") + b"data: [DONE]\n\n")
    calls = [call for item in events if (call := held.add(item))]
    assert [(call.call, call.id, call.name) for call in calls] == [(0, "a", "a"), (1, "b", "b")]


def test_a_call_whose_input_stands_at_its_start() -> None:
    start = event("message_start", message={}) + block(
        0, {"type": "tool_use", "id": "a", "name": "b", "input": {"c": 1}}
    )
    held = CallAssembler()
    assert [call.value for item in events_of("anthropic", start) if (call := held.add(item))] == [{"c": 1}]
