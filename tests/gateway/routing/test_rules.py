"""The rules after a failure, and the pauses between tries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helmward.core.upstreams import UpstreamError
from helmward.gateway.routing.pauses import BASE, CAP, LONGEST_OBEYED, pause
from helmward.gateway.routing.retry_after import retry_after
from helmward.gateway.routing.rules import Failure, Step, failure_of, next_step


def _status(status: int, asked: float | None = None) -> Failure:
    return Failure("status", "no", status, b"", asked)


@pytest.mark.parametrize(
    ("failure", "idempotent", "once"),
    [
        (Failure("busy", ""), "elsewhere", "elsewhere"),
        (Failure("open", ""), "elsewhere", "elsewhere"),
        (Failure("connect", "", connecting=True), "here", "here"),
        (Failure("slow", "", connecting=True), "elsewhere", "elsewhere"),
        (Failure("slow", ""), "elsewhere", "stop"),
        (Failure("lost", ""), "here", "stop"),
        (Failure("content", ""), "elsewhere", "stop"),
        (Failure("large", ""), "stop", "stop"),
        (_status(307), "elsewhere", "elsewhere"),
        (_status(400), "stop", "stop"),
        (_status(401), "elsewhere", "elsewhere"),
        (_status(404), "elsewhere", "elsewhere"),
        (_status(408), "here", "stop"),
        (_status(413), "stop", "stop"),
        (_status(422), "stop", "stop"),
        (_status(429), "here", "here"),
        (_status(500), "here", "stop"),
        (_status(502), "here", "stop"),
        (_status(503), "here", "stop"),
        (_status(504), "elsewhere", "stop"),
        (_status(529), "here", "stop"),
    ],
)
def test_what_comes_next(failure: Failure, idempotent: Step, once: Step) -> None:
    assert (next_step(failure, True, True), next_step(failure, False, True)) == (idempotent, once)


@pytest.mark.parametrize("status", [429, 503, 529])
def test_who_asks_for_time_gets_it_only_where_nobody_else_can_answer(status: int) -> None:
    for idempotent in (True, False):
        assert next_step(_status(status, 1.0), idempotent, last=False) == "elsewhere"
        assert next_step(_status(status, 1.0), idempotent, last=True) == "here"


@pytest.mark.parametrize(
    ("failure", "unused", "unhealthy"),
    [
        (Failure("busy", ""), True, False),
        (Failure("connect", "", connecting=True), True, True),
        (Failure("slow", "", connecting=True), True, True),
        (Failure("slow", ""), False, True),
        (Failure("lost", ""), False, True),
        (Failure("large", ""), False, False),
        (_status(400), True, False),
        (_status(401), True, True),
        (_status(403), True, False),
        (_status(408), False, False),
        (_status(429), True, True),
        (_status(500), False, True),
    ],
)
def test_what_a_failure_says_of_costs_and_of_health(failure: Failure, unused: bool, unhealthy: bool) -> None:
    assert (failure.unused, failure.unhealthy) == (unused, unhealthy)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (UpstreamError("", "connect"), "connect"),
        (UpstreamError("", "connect", True), "slow"),
        (UpstreamError("", "answer", True), "slow"),
        (UpstreamError("", "answer"), "lost"),
        (UpstreamError("", "body"), "lost"),
    ],
)
def test_an_exchange_that_failed_is_a_failure(error: UpstreamError, kind: str) -> None:
    assert failure_of(error).kind == kind


def test_pauses_grow_to_a_cap_and_are_spread() -> None:
    longest = [pause(tried, None, lambda: 1.0) for tried in range(1, 12)]
    assert longest[:3] == [BASE, 2 * BASE, 4 * BASE] and longest[-1] == CAP
    assert pause(3, None, lambda: 0.0) == 0.0


def test_what_is_asked_for_is_waited_in_full_or_not_at_all() -> None:
    waited = pause(1, 2.0, lambda: 0.0)
    assert waited is not None and 2.0 < waited < 2.1
    assert pause(1, LONGEST_OBEYED + 0.1, lambda: 0.0) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "2"}, 0.25),
        ({"retry-after": "Fri, 02 Jan 2026 00:00:30 GMT"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 00:00:00 GMT"}, 0.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Fri, 99 Jan 99999999999 00:00:30 GMT"}, None),
        ({"retry-after": ""}, None),
    ],
)
def test_for_how_long_an_upstream_asks(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, datetime(2026, 1, 2, tzinfo=UTC)) == seconds
