"""Errors as the caller's API writes them."""

from __future__ import annotations

from typing import NamedTuple

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, UsageError
from helmward.door.audit import AuditError
from helmward.door.identity import Refused
from helmward.gateway.budget import BudgetReached, BudgetUnkept
from helmward.gateway.inbound import Blocked
from helmward.gateway.routing import NoneHealthy, UnknownModel, UpstreamFailed
from helmward.gateway.wire import WireError, error_body, read_error
from helmward.gateway.wire.events import Api
from helmward.guard.secrets import mask


class Unfit(UsageError):
    """The request itself cannot be taken; `status` says how."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Problem(NamedTuple):
    """An error answer: HTTP status, body, and further headers."""

    status: int
    body: bytes
    headers: dict[bytes, bytes]


def problem(api: Api, error: HelmwardError, request: str = "") -> Problem:
    """The answer for an error. The SDKs of both APIs try 429 and 5xx again by themselves; `x-should-retry` stops them where
    that cannot help. `request`: the call's id, which Anthropic's errors carry in their body too."""
    status, code, sentence, headers = _status(error), _code(error), str(error), dict[bytes, bytes]()
    if isinstance(error, UpstreamFailed):
        # Addresses and what a connection said of itself are for whoever runs Helmward: the audit has them.
        sentence = sentence.partition(": ")[0].rstrip(".") + "."
        if error.status is not None and error.status < 500:
            status, sentence = _theirs(error)
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        headers[b"retry-after"] = str(max(1, round(retry_after))).encode()
    if isinstance(error, BudgetReached | AuditError):
        headers[b"x-should-retry"] = b"false"
    if status == 401:
        headers[b"www-authenticate"] = b"Bearer"
    body = error_body(api, status, sentence, field=getattr(error, "field", ""), code=code, request_id=request)
    return Problem(status, body, headers)


def _theirs(error: UpstreamFailed) -> tuple[int, str]:
    """What an upstream refuses is the caller's mistake, but for the key and the limits, which are ours."""
    said = read_error(error.status or 502, error.body)
    if said.status in (401, 403):
        return (
            502,
            f"The upstream '{error.target.upstream.name}' does not accept Helmward's key; tell whoever runs Helmward.",
        )
    if said.status == 429:
        return 429, str(error)
    return said.status, mask(said.sentence)


_STATUS: tuple[tuple[type[HelmwardError], int], ...] = (
    (Refused, 401),
    (BudgetReached, 429),
    (Blocked, 403),
    (AuditError, 503),
    (BudgetUnkept, 503),
    (UnknownModel, 404),
    (NoneHealthy, 503),
    (UpstreamFailed, 502),
    (WireError, 400),
    (DeniedError, 403),
    (UsageError, 400),
    (UnreachableError, 502),
)


def _status(error: HelmwardError) -> int:
    if isinstance(error, Unfit):
        return error.status
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def _code(error: HelmwardError) -> str:
    if isinstance(error, Blocked):
        return Blocked.CODE
    if isinstance(error, BudgetReached):
        return "budget_reached"
    return "model_not_found" if isinstance(error, UnknownModel) else ""
