"""Every stream the product writes is one that the official SDKs accept, in both APIs, translated or not."""

from __future__ import annotations

from typing import Any

import anthropic
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.gateway.wire import (
    Api,
    BlockEnded,
    BlockStarted,
    Call,
    CallAssembler,
    Ended,
    Event,
    Frame,
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
    stream_writer,
)

from ..scenes import (
    ANTHROPIC_TEXT,
    ANTHROPIC_TOOLS,
    OPENAI_TEXT,
    OPENAI_TOOLS,
    block,
    by_anthropic_sdk,
    by_openai_sdk,
    chunk,
    compact,
    event,
    events_of,
    rewritten,
)

TEXTS: dict[Api, bytes] = {"openai": OPENAI_TEXT, "anthropic": ANTHROPIC_TEXT}
TOOLS: dict[Api, bytes] = {"openai": OPENAI_TOOLS, "anthropic": ANTHROPIC_TOOLS}
APIS: tuple[Api, Api] = ("openai", "anthropic")
ways = pytest.mark.parametrize(("source", "passing"), [(api, passing) for api in APIS for passing in (True, False)])


@ways
def test_openai_s_sdk_reads_text_and_usage(source: Api, passing: bool) -> None:
    found = by_openai_sdk(rewritten("openai", source, TEXTS[source], passing=passing))
    (choice,) = found.choices
    assert (found.model, choice.message.role, choice.message.content) == ("alias", "assistant", "Héllo")
    assert choice.finish_reason == "stop"
    assert found.usage is not None
    assert found.usage.prompt_tokens_details is not None
    assert (found.usage.prompt_tokens, found.usage.completion_tokens, found.usage.total_tokens) == (11, 4, 15)
    assert found.usage.prompt_tokens_details.cached_tokens == 5


@ways
def test_openai_s_sdk_reads_tool_calls_and_reasoning(source: Api, passing: bool) -> None:
    found = by_openai_sdk(rewritten("openai", source, TOOLS[source], passing=passing))
    message = found.choices[0].message
    assert message.content == "Let me see."
    calls: list[Any] = message.tool_calls or []
    assert [(call.id, call.function.name, call.function.arguments) for call in calls] == [
        ("call_a", "pods_list", '{"namespace":"shop"}'),
        ("call_b", "pods_log", '{"name":"a"}'),
    ]
    assert found.choices[0].finish_reason == "tool_calls"
    assert (message.model_extra or {})["reasoning_content"] == "hm"


@ways
def test_anthropic_s_sdk_reads_text_and_usage(source: Api, passing: bool) -> None:
    found = by_anthropic_sdk(rewritten("anthropic", source, TEXTS[source], passing=passing))
    assert (found.model, found.role, [part.model_dump()["text"] for part in found.content]) == (
        "alias",
        "assistant",
        ["Héllo"],
    )
    assert found.stop_reason == "end_turn"
    assert (found.usage.input_tokens, found.usage.cache_read_input_tokens, found.usage.output_tokens) == (6, 5, 4)


@ways
def test_anthropic_s_sdk_reads_tool_calls_and_thinking(source: Api, passing: bool) -> None:
    found = by_anthropic_sdk(rewritten("anthropic", source, TOOLS[source], passing=passing))
    signature = "c2lnbmVk" if source == "anthropic" else ""
    assert [part.to_dict() for part in found.content] == [
        {"type": "thinking", "thinking": "hm", "signature": signature},
        {"type": "text", "text": "Let me see."},
        {"type": "tool_use", "id": "call_a", "name": "pods_list", "input": {"namespace": "shop"}},
        {"type": "tool_use", "id": "call_b", "name": "pods_log", "input": {"name": "a"}},
    ]
    assert found.stop_reason == "tool_use"


def test_what_nobody_changed_passes_byte_by_byte() -> None:
    for api in APIS:
        stream = TOOLS[api] if api == "openai" else TEXTS[api]
        same = stream.replace(b'"up"', b'"alias"')
        assert rewritten(api, api, same, passing=True) == same


def test_signed_blocks_keep_their_bytes_when_all_else_is_written_anew() -> None:
    thinking = ANTHROPIC_TOOLS[ANTHROPIC_TOOLS.index(b"event: content_block_start") :]
    thinking = thinking[
        : thinking.index(b'"index":1') - len(b'event: content_block_start\ndata: {"type":"content_block_start",')
    ]
    assert thinking in rewritten("anthropic", "anthropic", ANTHROPIC_TOOLS)


def test_the_usage_chunk_is_kept_from_a_caller_who_did_not_ask() -> None:
    for passing in (True, False):
        sent = rewritten("openai", "openai", OPENAI_TEXT, include_usage=False, passing=passing)
        assert b"usage" not in sent
        assert by_openai_sdk(sent).usage is None
        assert sent.endswith(b"data: [DONE]\n\n")


def test_a_model_s_name_inside_a_text_is_left_alone() -> None:
    said = 'set "model":"up" there'
    stream = (
        chunk({"role": "assistant", "content": ""}) + chunk({"content": said}) + chunk({}, "stop") + b"data: [DONE]\n\n"
    )
    found = by_openai_sdk(rewritten("openai", "openai", stream, passing=True))
    assert (found.model, found.choices[0].message.content) == ("alias", said)


@pytest.mark.parametrize("source", APIS)
@pytest.mark.parametrize("api", APIS)
def test_calls_that_were_held_are_written_in_one_piece(api: Api, source: Api) -> None:
    writer, held = stream_writer(api, source, "alias"), CallAssembler()
    sent = b""
    for item in events_of(source, TOOLS[source]):
        if isinstance(item, ToolStarted | ToolArguments | ToolEnded):
            call = held.add(item)
            sent += writer.call(call) if call else b""
        else:
            sent += writer.write(item)
    if api == "openai":
        calls: list[Any] = by_openai_sdk(sent).choices[0].message.tool_calls or []
        assert [call.function.name for call in calls] == ["pods_list", "pods_log"]
    else:
        assert [part.to_dict().get("input") for part in by_anthropic_sdk(sent).content][-2:] == [
            {"namespace": "shop"},
            {"name": "a"},
        ]


def test_other_text_in_place_of_the_model_s() -> None:
    for api in APIS:
        for source in APIS:
            writer = stream_writer(api, source, "alias")
            sent = b"".join(
                [
                    writer.write(TextDelta(item.choice, item.block, "*") if isinstance(item, TextDelta) else item)
                    for item in events_of(source, TEXTS[source])
                ]
            )
            if api == "openai":
                assert by_openai_sdk(sent).choices[0].message.content == "**"
            else:
                assert [part.to_dict()["text"] for part in by_anthropic_sdk(sent).content] == ["**"]


def test_a_block_that_was_left_out_leaves_no_gap() -> None:
    frames: list[Frame] = stream_reader("anthropic").feed(ANTHROPIC_TOOLS)
    writer = stream_writer("anthropic", "anthropic", "alias")
    sent = b""
    for frame in frames:
        dropped = isinstance(frame.events[0], BlockStarted | BlockEnded | TextDelta)
        sent += b"" if dropped else writer.pass_on(frame)
    assert [part.type for part in by_anthropic_sdk(sent).content] == ["thinking", "tool_use", "tool_use"]


@pytest.mark.parametrize("after", [0, 2])
def test_a_refusal_in_mid_stream_is_the_api_s_own_error(after: int) -> None:
    for source in APIS:
        for api, error in (("openai", openai.APIError), ("anthropic", anthropic.APIStatusError)):
            to: Api = "openai" if api == "openai" else "anthropic"
            writer = stream_writer(to, source, "alias")
            sent = b"".join([writer.write(item) for item in events_of(source, TEXTS[source])[: after * 2]])
            sent += writer.fail(403, "The answer was stopped by a guard.")
            with pytest.raises(error, match="stopped by a guard"):
                (by_openai_sdk if api == "openai" else by_anthropic_sdk)(sent)


@pytest.mark.parametrize("source", APIS)
def test_a_stream_that_was_cut_is_an_error_for_the_caller(source: Api) -> None:
    cut = TEXTS[source][: len(TEXTS[source]) // 2]
    with pytest.raises(openai.APIError, match="cut off"):
        by_openai_sdk(rewritten("openai", source, cut))
    with pytest.raises(anthropic.APIStatusError, match="cut off"):
        by_anthropic_sdk(rewritten("anthropic", source, cut))


def test_an_upstream_s_own_error_is_in_the_caller_s_shape() -> None:
    busy = event("error", error={"type": "overloaded_error", "message": "Overloaded"})
    with pytest.raises(openai.APIError, match="Overloaded"):
        by_openai_sdk(rewritten("openai", "anthropic", busy))
    late = b'data: {"error":{"message":"too many","type":"rate_limit_error"}}\n\n'
    with pytest.raises(anthropic.APIStatusError, match="too many") as caught:
        by_anthropic_sdk(rewritten("anthropic", "openai", late))
    assert caught.value.type == "rate_limit_error"


def test_a_chunk_with_unknown_fields_says_its_text_once() -> None:
    stream = OPENAI_TEXT.replace(b'"content":"llo"', b'"content":"llo","note":"n"')
    assert b'"note":"n"' in rewritten("openai", "openai", stream, passing=True)
    for passing in (True, False):
        assert (
            by_openai_sdk(rewritten("openai", "openai", stream, passing=passing)).choices[0].message.content == "Héllo"
        )


def test_events_without_a_name_get_it_since_the_sdk_skips_them() -> None:
    nameless = b"".join([line + b"\n" for line in ANTHROPIC_TEXT.split(b"\n") if not line.startswith(b"event: ")])
    for passing in (True, False):
        found = by_anthropic_sdk(rewritten("anthropic", "anthropic", nameless, passing=passing))
        assert [part.to_dict()["text"] for part in found.content] == ["Héllo"]


def test_several_choices_reach_openai_s_caller_and_are_refused_to_anthropic_s() -> None:
    stream = chunk({"role": "assistant", "content": "a"}) + chunk({"content": "b"}, index=1)
    stream += chunk({}, "stop") + chunk({}, "stop", index=1) + b"data: [DONE]\n\n"
    for passing in (True, False):
        found = by_openai_sdk(rewritten("openai", "openai", stream, passing=passing))
        assert [(each.message.content, each.finish_reason) for each in found.choices] == [("a", "stop"), ("b", "stop")]
    with pytest.raises(WireError, match="several choices"):
        rewritten("anthropic", "openai", stream)


def test_arguments_that_are_no_object_are_refused_to_anthropic_s_caller() -> None:
    with pytest.raises(WireError, match="no JSON object"):
        stream_writer("anthropic", "openai", "alias").call(Call(0, 0, "a", "pods_list", "{", None))


def test_stop_beside_tool_calls_is_tool_use() -> None:
    stream = OPENAI_TOOLS.replace(b'"finish_reason":"tool_calls"', b'"finish_reason":"stop"')
    assert by_anthropic_sdk(rewritten("anthropic", "openai", stream)).stop_reason == "tool_use"


def test_a_provider_s_own_tool_passes_in_its_api() -> None:
    served = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    stream = ANTHROPIC_TEXT.replace(
        event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 4}),
        block(1, served, {"type": "input_json_delta", "partial_json": '{"query":"x"}'})
        + event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 4}),
    )
    for passing in (True, False):
        found = by_anthropic_sdk(rewritten("anthropic", "anthropic", stream, passing=passing))
        assert [part.type for part in found.content] == ["text", "server_tool_use"]
    assert by_openai_sdk(rewritten("openai", "anthropic", stream)).choices[0].message.content == "Héllo"


text = st.builds(
    TextDelta, st.just(0), st.just(0), st.text(min_size=1, max_size=5), st.sampled_from(["text", "reasoning"])
)
arguments = st.dictionaries(st.text(max_size=3), st.integers(-9, 9) | st.text(max_size=4), max_size=3)


@settings(max_examples=25, deadline=None)
@given(st.lists(text, max_size=6), st.lists(arguments, max_size=3), st.data())
def test_any_answer_says_the_same_in_both_apis(
    said: list[TextDelta], called: list[dict[str, Any]], data: st.DataObject
) -> None:
    said.sort(key=lambda delta: delta.channel)
    writer = stream_writer("openai", "openai", "up")
    calls = [Call(0, number, f"c{number}", "f", compact(value).decode(), value) for number, value in enumerate(called)]
    events: list[Event] = [Started("id", "up", 7), *said]
    after: list[Event] = [
        Stopped(0, "tools" if calls else "end"),
        Used(Usage(input_tokens=3, output_tokens=2)),
        Ended(),
    ]
    stream = b"".join([writer.write(item) for item in events])
    stream += b"".join([writer.call(call) for call in calls]) + b"".join([writer.write(item) for item in after])
    there = rewritten("anthropic", "openai", stream)
    back = rewritten("openai", "anthropic", there)
    cut = data.draw(st.integers(0, len(back)))
    held = CallAssembler()
    found = events_of("openai", back, cut)
    for channel in ("text", "reasoning"):
        assert spoken(found, channel) == spoken(said, channel)
    assert [call.value for item in found if (call := held.add(item))] == called
    assert found[-3:] == after


def spoken(events: Any, channel: str) -> str:
    return "".join([item.text for item in events if isinstance(item, TextDelta) and item.channel == channel])
