"""Whatever comes in, only the module's own error comes out: random bytes, truncated JSON, right shapes with wrong types."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.gateway.translate import translate_request, translate_response
from helmward.gateway.wire import (
    Api,
    CallAssembler,
    Request,
    WireError,
    read_anthropic,
    read_chat,
    read_embeddings,
    read_error,
    read_response,
    stream_reader,
    stream_writer,
)

from ..scenes import ANTHROPIC_TOOLS, CHAT, COMPLETION, MESSAGE, MESSAGES, OPENAI_TOOLS, compact, inside

READERS: list[Callable[[bytes], Any]] = [
    read_chat,
    read_embeddings,
    read_anthropic,
    lambda body: read_response("openai", body),
    lambda body: read_response("anthropic", body),
    lambda body: read_response("openai", body, "embeddings"),
]
APIS: tuple[Api, Api] = ("openai", "anthropic")
SAMPLES: list[Any] = [CHAT, MESSAGES, COMPLETION, MESSAGE]
NAMES = sorted({path[-1] for path, _ in inside(SAMPLES) if isinstance(path[-1], str)} | {"usage", "error", "delta"})
WORDS = sorted(
    {each for _, each in inside(SAMPLES) if isinstance(each, str)} | {"input_audio", "file", "custom", "url"}
)
leaf = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(WORDS), st.text(max_size=4)
)
shape = st.recursive(
    leaf,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)),
    max_leaves=12,
)


def use(body: bytes) -> None:
    """Everything that the product does with a body."""
    for read in READERS:
        with contextlib.suppress(WireError):
            found = read(body)
            assert found.encode() is body
            for slot in found.slots:
                with contextlib.suppress(WireError):
                    slot.replace(slot.text + "!")
            other: Api = "openai" if found.api == "anthropic" else "anthropic"
            if isinstance(found, Request):
                assert all(isinstance(tool.name, str) for tool in found.offered)
                translate_request(found, other, 100)
            elif found.kind == "chat":
                translate_response(found, other)
            json.loads(found.encode("alias"))


def spoil(whole: Any, data: st.DataObject) -> bytes:
    """The JSON with one value of it replaced by another."""
    *path, last = data.draw(st.sampled_from([path for path, _ in inside(whole)]))
    holder = whole
    for key in path:
        holder = holder[key]
    holder[last] = data.draw(shape)
    return compact(whole)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text(alphabet='{}[]",:\\ud8n01.-e\r\n', max_size=60).map(str.encode)))
def test_random_bytes(body: bytes) -> None:
    use(body)
    read_error(500, body)


@settings(max_examples=150, deadline=None)
@given(shape)
def test_random_json_of_known_names(value: Any) -> None:
    use(compact(value))
    read_error(500, compact(value))


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_the_right_shape_with_one_value_of_another_type(base: Any, data: st.DataObject) -> None:
    use(spoil(copy.deepcopy(base), data))


@pytest.mark.parametrize("base", SAMPLES)
def test_truncated_json(base: Any) -> None:
    body = compact(base)
    use(body)
    for end in range(len(body)):
        for read in READERS:
            with pytest.raises(WireError):
                read(body[:end])


def stream(api: Api, given: bytes) -> None:
    """Everything that the product does with a stream."""
    reader = stream_reader(api, max_event=5000)
    frames = [*reader.feed(given), *reader.close()]
    held = CallAssembler()
    for frame in frames:
        for event in frame.events:
            held.add(event)
    for to in APIS:
        passing, anew = stream_writer(to, api, "alias"), stream_writer(to, api, "alias")
        with contextlib.suppress(WireError):
            b"".join([passing.pass_on(frame) for frame in frames])
        with contextlib.suppress(WireError):
            b"".join([anew.write(event) for frame in frames for event in frame.events])


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(APIS), st.lists(st.one_of(shape.map(compact), st.binary(max_size=30)), max_size=4))
def test_streams_of_anything(api: Api, data: list[bytes]) -> None:
    stream(api, b"".join([b"data: " + each + b"\n\n" for each in data]))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(APIS), st.data())
def test_streams_with_one_value_of_another_type(api: Api, data: st.DataObject) -> None:
    events = (OPENAI_TOOLS if api == "openai" else ANTHROPIC_TOOLS).split(b"\n\n")[:-1]
    index = data.draw(st.integers(0, len(events) - 1 - (api == "openai")))
    head, _, body = events[index].partition(b"data: ")
    events[index] = head + b"data: " + spoil(json.loads(body), data)
    stream(api, b"\n\n".join(events) + b"\n\n")
