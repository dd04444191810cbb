"""Waiting: growing, spread, capped, obedient."""

from __future__ import annotations

from helmward.adapters.clients.kubernetes.backoff import Backoff
from helmward.adapters.clients.kubernetes.errors import refusal


def test_it_grows_to_its_cap_and_starts_afresh() -> None:
    clock = [0.0]
    backoff = Backoff(base=1, cap=30, uniform=lambda: 1.0, clock=lambda: clock[0])
    assert [backoff.delay() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    clock[0] = 200
    assert backoff.delay() == 1
    backoff.delay()
    backoff.reset()
    assert backoff.delay() == 1


def test_a_long_wait_is_no_steady_time() -> None:
    clock = [0.0]
    backoff = Backoff(base=1, cap=30, uniform=lambda: 1.0, clock=lambda: clock[0])
    backoff.delay(retry_after=100)
    clock[0] = 110
    assert backoff.delay() == 2


def test_jitter_is_full_and_never_below_what_the_server_asks() -> None:
    assert Backoff(uniform=lambda: 0.0).delay() == 0
    assert Backoff(uniform=lambda: 0.0).delay(retry_after=7) == 7
    assert Backoff(base=1, uniform=lambda: 0.5).delay(retry_after=7) == 7.5
    assert Backoff(uniform=lambda: 0.0).delay(retry_after=1e9) == 120


def test_retry_after_as_seconds_as_date_and_in_the_body() -> None:
    def asked(header: str, body: bytes = b"") -> float | None:
        return refusal("s", "u", "/p", 503, body, header).retry_after

    assert asked("3") == 3
    assert asked("Wed, 21 Oct 2015 07:28:00 GMT") is None
    future = asked("Wed, 21 Oct 2099 07:28:00 GMT")
    assert future is not None
    assert future > 1e6
    assert asked("soon") is None
    assert asked("") is None
    assert asked("", b'{"kind":"Status","details":{"retryAfterSeconds":9}}') == 9
