"""A text can be replaced where that keeps the message whole; where it cannot, it is refused and never half done."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helmward.gateway.wire import WireError, read_anthropic, read_chat, read_response
from helmward.gateway.wire.openai_messages import call_slots


def call(arguments: str) -> dict[str, Any]:
    function = {"name": "send", "arguments": arguments}
    return {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": function}]}


def arguments_of(request: Any) -> Any:
    return json.loads(request.encode())["messages"][0]["tool_calls"][0]["function"]["arguments"]


def test_a_replaced_text_is_what_is_sent() -> None:
    request = read_chat(b'{"model":"m","messages":[{"role":"user","content":"mail ann@example.org"}],"x":1}')
    request.slots[0].replace("mail <EMAIL_1>")
    assert request.changed
    assert request.encode() == b'{"model":"m","messages":[{"role":"user","content":"mail <EMAIL_1>"}],"x":1}'


def test_arguments_are_masked_inside_their_json_and_stay_json() -> None:
    given = {"to": 'say "ann@example.org"', "card": 4111111111111111, "keep": True}
    request = read_chat(json.dumps({"model": "m", "messages": [call(json.dumps(given))]}).encode())
    slot = next(slot for slot in request.slots if slot.where.endswith("arguments"))
    assert slot.text == 'to: say "ann@example.org"\ncard: 4111111111111111\nkeep: '
    slot.replace('to: say "<EMAIL_1>"\ncard: <CARD_1>\nkeep: ')
    assert json.loads(arguments_of(request)) == {"to": 'say "<EMAIL_1>"', "card": "<CARD_1>", "keep": True}


def test_escapes_in_arguments_hide_nothing() -> None:
    request = read_chat(json.dumps({"model": "m", "messages": [call('{"k":"\\u0073ecret"}')]}).encode())
    assert any(slot.text == "k: secret" for slot in request.slots)


@pytest.mark.parametrize("arguments", ["not json", '{"a":1', '{"a":"x","a":"y"}', "[1]", '"x"'])
def test_arguments_that_are_no_object_are_one_text(arguments: str) -> None:
    request = read_chat(json.dumps({"model": "m", "messages": [call(arguments)]}).encode())
    slot = next(slot for slot in request.slots if slot.kind == "arguments")
    assert slot.text == arguments
    slot.replace("masked")
    assert arguments_of(request) == "masked"


@pytest.mark.parametrize("masked", ["<X>", "a: 1\n<X>", "<X>: 1\nb: 2", "a: 1\nb: 2\nc: 3"])
def test_a_mask_that_swallows_a_name_or_a_line_is_refused_and_changes_nothing(masked: str) -> None:
    request = read_anthropic(
        json.dumps(
            {
                "model": "m",
                "max_tokens": 1,
                "messages": [{"role": "user", "content": "x"}],
                "metadata": {"a": "1", "b": "2"},
            }
        ).encode()
    )
    slot = request.slots[-1]
    assert slot.text == "a: 1\nb: 2"
    before = request.encode()
    with pytest.raises(WireError, match="part of a name or runs over several values"):
        slot.replace(masked)
    assert request.encode() == before


def test_a_restored_mask_may_have_more_lines_than_the_mask() -> None:
    request = read_chat(json.dumps({"model": "m", "messages": [call('{"key":"<KEY_1>","n":1}')]}).encode())
    for slot in request.slots:
        slot.rewrite(lambda text: text.replace("<KEY_1>", "one\ntwo"))
    assert json.loads(arguments_of(request)) == {"key": "one\ntwo", "n": 1}


def test_long_values_and_those_of_several_lines_are_slots_of_their_own() -> None:
    value = {"short": "s", "key": "-----BEGIN\nline\nEND", "long": "x" * 600}
    request = read_chat(json.dumps({"model": "m", "messages": [call(json.dumps(value))]}).encode())
    texts = {slot.where.rsplit(".", 1)[-1]: slot for slot in request.slots}
    texts["key"].replace("<KEY_1>")
    texts["long"].replace("<LONG>")
    assert json.loads(arguments_of(request)) == {"short": "s", "key": "<KEY_1>", "long": "<LONG>"}


def test_names_are_read_too_and_cannot_be_altered() -> None:
    request = read_chat(json.dumps({"model": "m", "messages": [call('{"token abc":null,"line\\nbreak":1}')]}).encode())
    texts = [slot.text for slot in request.slots]
    assert "token abc: \n1" in texts
    assert "line\nbreak" in texts


def test_signed_blocks_are_never_altered() -> None:
    block = {"type": "thinking", "thinking": "ann@example.org", "signature": "c2ln"}
    message = {
        "id": "a",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [block],
        "stop_reason": "end_turn",
    }
    given = json.dumps(message).encode()
    response = read_response("anthropic", given)
    assert response.slots[0].sealed
    with pytest.raises(WireError, match="signed"):
        response.slots[0].replace("<EMAIL_1>")
    assert response.encode() == given


@pytest.mark.parametrize("arguments", ['{"to":"ann","n":1}', "{}", '{"to":"a\\nb"}', "not json"])
def test_a_held_call_has_the_texts_that_a_whole_answer_has(arguments: str) -> None:
    message = {"role": "assistant", "content": None} | call(arguments)
    choices = [{"index": 0, "message": message, "finish_reason": "tool_calls"}]
    whole = read_response("openai", json.dumps({"id": "x", "model": "m", "choices": choices}).encode())
    (held,) = whole.calls
    entry = {"id": held.id, "function": {"name": held.name, "arguments": held.arguments}}
    texts = [(slot.kind, slot.text) for slot in call_slots([], entry, "assistant", "")]
    assert texts == [(slot.kind, slot.text) for slot in whole.slots]
    if held.value is not None:
        block = {"type": "tool_use", "id": held.id, "name": held.name, "input": held.value}
        message = {"id": "x", "type": "message", "model": "m", "content": [block]}
        other = read_response("anthropic", json.dumps(message).encode())
        assert [(slot.kind, slot.text) for slot in other.slots] == texts


def test_one_changed_argument_leaves_the_others_untouched() -> None:
    spaced = '{ "a" : "x" }'
    two = {"role": "assistant", "tool_calls": [*call(spaced)["tool_calls"], *call('{"a": "y"}')["tool_calls"]]}
    request = read_chat(json.dumps({"model": "m", "messages": [two]}).encode())
    next(slot for slot in request.slots if slot.text == "a: y").replace("a: z")
    sent = [each["function"]["arguments"] for each in json.loads(request.encode())["messages"][0]["tool_calls"]]
    assert sent == [spaced, '{"a":"z"}']
