"""What a check says of upstreams that are well, that are not, and that lack a model."""

from __future__ import annotations

import pytest

from helmward.adapters.models import Upstreams
from helmward.gateway.routing.checking import Checked, check

from ..upstream import Script, answers, hangs_up, huge, redirects, refuses, says, serving
from .world import at, settings


async def _check(script: Script, model: str = "small") -> Checked:
    async with serving() as upstream:
        upstream.then(script)
        gateway = settings(at(upstream), models=[{"name": model, "upstream": "one"}])
        async with Upstreams(gateway, {}) as upstreams:
            (checked,) = await check(gateway, upstreams)
        assert {received.path for received in upstream.received} == {"/v1/models"}
        return checked


async def test_an_upstream_that_is_well_has_nothing_to_say() -> None:
    checked = await _check(answers())
    assert checked[:3] == ("one", True, "") and checked.seconds is not None and checked.seconds > 0


async def test_a_model_that_is_not_there_is_named() -> None:
    checked = await _check(answers(), "medium")
    assert checked.good and checked.sentence == "The upstream 'one' lists no 'medium'; check `upstream_name`."


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (refuses(401), "refuses our key (401)"),
        (refuses(403), "refuses our key (403)"),
        (refuses(500), "answers 500"),
        (refuses(429), "answers 429"),
        (redirects("http://127.0.0.1:9/"), "sends us elsewhere (307)"),
        (hangs_up(), "closed the connection without an answer"),
    ],
)
async def test_what_is_wrong_is_said(script: Script, sentence: str) -> None:
    checked = await _check(script)
    assert not checked.good and sentence in checked.sentence


@pytest.mark.parametrize("script", [refuses(404), says(b"[" * 100_000), says(b'{"data": [1]}'), says(b"\xff"), huge(6)])
async def test_a_server_without_a_list_is_well_as_far_as_one_can_tell(script: Script) -> None:
    checked = await _check(script)
    assert checked.good and "whether it has 'small' shows the first call" in checked.sentence


async def test_all_are_asked_and_told_in_their_order() -> None:
    async with serving() as first, serving() as second:
        first.then(refuses(500))
        gateway = settings(at(first), at(second, "two", api="anthropic"))
        async with Upstreams(gateway, {}) as upstreams:
            told = await check(gateway, upstreams)
    assert [(one.name, one.good) for one in told] == [("one", False), ("two", True)]
