"""Server-sent events are the same at every split, whatever the line ends, and have a bound."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helmward.gateway.wire.sse import SseDecoder, SseEvent, encode_event

STREAM = "data: a\n\n: comment\n\nevent: x\ndata: é\ndata:2\nid: 9\nretry: 1\nodd\n\n\n\ndata\n\n".encode()
EVENTS = [("", b"a"), ("x", "é\n2".encode()), ("", b"")]


def decoded(pieces: list[bytes], max_event: int = 1000) -> tuple[list[SseEvent], bool]:
    decoder = SseDecoder(max_event)
    events = [event for piece in pieces for event in decoder.feed(piece)]
    return events + decoder.close(), decoder.error is not None


def shown(events: list[SseEvent]) -> list[tuple[str, bytes]]:
    return [(event.event, event.data) for event in events]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_every_split_and_every_line_end_gives_the_same_events(end: bytes, mark: bytes) -> None:
    stream = mark + STREAM.replace(b"\n", end)
    whole, _ = decoded([stream])
    assert shown(whole) == EVENTS
    for first, second in itertools.combinations(range(len(stream) + 1), 2):
        assert decoded([stream[:first], stream[first:second], stream[second:]]) == (whole, False)
    assert decoded([stream[index : index + 1] for index in range(len(stream))])[0] == whole


def test_raw_is_what_an_encoder_would_write_and_nothing_else() -> None:
    raw = b"".join([event.raw for event in decoded([STREAM])[0]])
    assert raw == "data: a\n\nevent: x\ndata: é\ndata: 2\n\ndata: \n\n".encode()
    assert shown(decoded([raw])[0]) == EVENTS


def test_an_event_without_its_blank_line_still_counts_at_the_end() -> None:
    assert shown(decoded([b"data: a\n\ndata: b"])[0]) == [("", b"a"), ("", b"b")]
    assert shown(decoded([b"data: a\n\ndata: b\n"])[0]) == [("", b"a"), ("", b"b")]


@pytest.mark.parametrize("stream", [b"data: ok\n\ndata: " + b"x" * 94 + b"y\n\n", b"data: ok\n\n" + b"x" * 101])
def test_an_event_beyond_the_bound_is_one_error_behind_what_came_before_it(stream: bytes) -> None:
    for split in range(len(stream)):
        events, failed = decoded([stream[:split], stream[split:]], 100)
        assert (shown(events), failed) == ([("", b"ok")], True)
    assert decoded([b"data: " + b"x" * 94 + b"\n\n"], 100)[1] is False


def test_many_small_pieces_of_a_large_event_cost_no_more_than_their_bytes() -> None:
    decoder = SseDecoder(4_000_000)
    assert not [event for _ in range(100_000) for event in decoder.feed(b"y" * 20)]
    assert decoder.error is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", "delta"]), st.binary(max_size=20)), max_size=5), st.data())
def test_what_is_encoded_is_decoded_again(events: list[tuple[str, bytes]], data: st.DataObject) -> None:
    events = [(name, value.replace(b"\r", b"")) for name, value in events]
    stream = b"".join([encode_event(value, name) for name, value in events])
    cut = data.draw(st.integers(0, len(stream)))
    assert shown(decoded([stream[:cut], stream[cut:]])[0]) == events
