"""Keys: from where they come, to whom they go, and that nobody else ever sees them."""

from __future__ import annotations

import asyncio
import itertools
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from helmward.adapters.models import Upstreams
from helmward.adapters.models.keys import Key, read_key
from helmward.core.errors import UsageError
from helmward.core.settings_gateway import GatewaySettings, UpstreamSettings
from helmward.core.upstreams import UpstreamError

from ...gateway.upstream import cut_in_body, hangs_up, says, serving

KEY = "-".join(["the", "tests", "own", "key"])


def _upstream(**more: Any) -> UpstreamSettings:
    return UpstreamSettings.model_validate({"name": "one", "api": "openai", "url": "http://127.0.0.1:1/v1", **more})


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_a_key_is_read_once_from_where_the_settings_say(tmp_path: Path, api: str) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    header = {"openai": {"Authorization": f"Bearer {KEY}"}, "anthropic": {"x-api-key": KEY}}[api]
    assert read_key(_upstream(api=api, key_env="A"), {"A": f" {KEY} "}).headers(api) == header
    assert read_key(_upstream(api=api, key_file=file), {}).headers(api) == header
    assert read_key(_upstream(api=api), {"A": KEY}).headers(api) == {}


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({}, "'one' has no key: the environment variable ONE_KEY"),
        ({"ONE_KEY": "  "}, "'one' has no key: the environment variable ONE_KEY"),
        ({"ONE_KEY": f"{KEY}\nX-Other: 1"}, "'one' in the environment variable ONE_KEY .* is not one word"),
        ({"ONE_KEY": f"{KEY} {KEY}"}, "is not one word"),
        ({"ONE_KEY": KEY + "é"}, "is not one word"),
    ],
)
def test_a_key_that_is_missing_or_odd_stops_the_start(env: dict[str, str], sentence: str) -> None:
    gateway = GatewaySettings(upstreams=(_upstream(key_env="ONE_KEY"),))
    with pytest.raises(UsageError, match=sentence) as told:
        Upstreams(gateway, env)
    assert KEY not in str(told.value)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_key_file_that_is_missing_or_odd_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"'one'.*key.*`key_file`"):
        read_key(_upstream(key_file=file), {})


def test_a_key_does_not_print_itself() -> None:
    key = Key(KEY)
    assert KEY not in f"{key!r} {key} {[key]}"


@given(
    some.lists(some.sampled_from([b"ab", b"a", b"aab", b"abaab", b"x", b"-"]), max_size=12),
    some.lists(some.integers(0, 40)),
)
def test_it_is_hidden_however_a_body_is_cut(words: list[bytes], cuts: list[int]) -> None:
    body, key = b"".join(words), Key("abaab")
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]

    async def cut() -> AsyncIterator[bytes]:
        for begin, end in itertools.pairwise(edges):
            yield body[begin:end]

    async def joined() -> bytes:
        return b"".join([piece async for piece in key.hidden_in(cut())])

    assert asyncio.run(joined()) == body.replace(b"abaab", b"(hidden)")


async def test_an_error_that_repeats_it_is_passed_on_without_it() -> None:
    async with serving() as server:
        server.then(says(b'{"error": "no such key: ' + KEY.encode() + b'"}', 400))
        upstream = _upstream(url=server.url, key_env="A")
        async with (
            Upstreams(GatewaySettings(upstreams=(upstream,)), {"A": KEY}) as upstreams,
            upstreams.post(upstream, "/x", b"{}") as answer,
        ):
            assert b"".join([piece async for piece in answer.chunks()]) == b'{"error": "no such key: (hidden)"}'


@pytest.mark.parametrize("api", ["openai", "anthropic"])
@pytest.mark.parametrize("script", [hangs_up(), hangs_up(b"nonsense\r\n\r\n"), cut_in_body(), says(b"{}")])
async def test_no_log_no_error_and_no_trace_shows_it(api: str, script: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving() as server:
        server.then(script)
        upstream = _upstream(api=api, url=server.url, key_env="A")
        shown = ""
        async with Upstreams(GatewaySettings(upstreams=(upstream,)), {"A": KEY}) as upstreams:
            try:
                async with upstreams.post(upstream, "/x", b"{}") as answer:
                    shown += f"{answer!r} {answer.headers}"
                    shown += str([piece async for piece in answer.chunks()])
            except UpstreamError as error:
                shown += "".join(traceback.TracebackException.from_exception(error).format()) + repr(error)
            shown += f"{upstreams!r} {upstream!r} {vars(upstreams)}"
        assert KEY in str(server.received[0].headers)
    assert shown and KEY not in shown and KEY not in caplog.text
