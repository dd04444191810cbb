"""What is tried again, and where: the rules after a call that failed. Pure.

A chat completion or an embedding does nothing at its upstream but cost, so a caller may mark it idempotent; then a second call
is made also where the first may have been worked on. Nothing is repeated once a piece of an answer has been given on.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from helmward.core.upstreams import UpstreamError

Kind = Literal["busy", "open", "connect", "status", "content", "lost", "slow", "large"]
"""No free connection; the breaker is open; no connection; an error's status; not what was asked for; the connection was lost;
too slow, so that work may still go on there; too large."""
Step = Literal["here", "elsewhere", "stop"]

_REFUSED = frozenset({429, 503, 529})
"""The upstream says that it did not begin (RFC 9110; 529 is Anthropic's overloaded_error)."""
_REPEATABLE = frozenset({408, 409, 425, 500, 502, 503, 529})
"""What the official SDKs try again too (openai and anthropic `_base_client.py`: 408, 409, 429, ≥ 500)."""
_MISPLACED = frozenset({401, 402, 403, 404, 405})
"""It is not the request that is wrong but the upstream, its key, its account or its model's name."""


class Failure(NamedTuple):
    """A call that failed. `status` and `body` are those of an error answer; `retry_after` in seconds, where it asked for some."""

    kind: Kind
    sentence: str
    status: int | None = None
    body: bytes = b""
    retry_after: float | None = None
    connecting: bool = False

    @property
    def sent(self) -> bool:
        """Whether a call was made at all."""
        return self.kind not in ("busy", "open")

    @property
    def unused(self) -> bool:
        """Whether it is certain that the upstream did no work for it."""
        if self.kind == "status" and self.status is not None:
            return self.status < 500 and self.status != 408
        return self.kind in ("busy", "open", "connect") or self.connecting

    @property
    def unhealthy(self) -> bool:
        """Whether it says something against the upstream (a breaker counts it). A caller's bad request does not."""
        if self.kind == "status" and self.status is not None:
            return self.status >= 500 or self.status < 400 or self.status in (401, 429)
        return self.kind in ("connect", "content", "lost", "slow")


def failure_of(error: UpstreamError) -> Failure:
    """An exchange that failed, as a `Failure`."""
    connecting = error.phase == "connect"
    if error.phase == "form":
        return Failure("content", str(error))
    kind: Kind = "slow" if error.timed_out else "connect" if connecting else "lost"
    return Failure(kind, str(error), connecting=connecting)


def next_step(failure: Failure, idempotent: bool, last: bool) -> Step:
    """Try again at the same target (after a pause), at the next one, or give up. `last`: there is no next one."""
    match failure.kind:
        case "busy" | "open":
            return "elsewhere"
        case "connect":
            return "here"
        case "lost":
            return "here" if idempotent else "stop"
        case "slow":
            return "elsewhere" if idempotent or failure.connecting else "stop"
        case "content":
            return "elsewhere" if idempotent else "stop"
        case "large":
            return "stop"
        case "status":
            return _after_status(failure, failure.status or 0, idempotent, last)


def _after_status(failure: Failure, status: int, idempotent: bool, last: bool) -> Step:
    if status in _REFUSED and failure.retry_after is not None:
        return "here" if last else "elsewhere"
    if status == 429 or (idempotent and status in _REPEATABLE):
        return "here"
    if status in _MISPLACED or 300 <= status < 400 or (idempotent and status >= 500):
        return "elsewhere"
    return "stop"
