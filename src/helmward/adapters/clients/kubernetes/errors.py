"""An API server's refusals as sentences that name the server and say what to do (the classes: core/cluster.py)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from helmward.core.cluster import (
    Forbidden,
    Gone,
    KubernetesError,
    NotFound,
    Unauthorized,
    Unavailable,
)
from helmward.core.text import one_line
from helmward.core.typed import decode


class Details(msgspec.Struct, rename="camel"):
    """metav1.StatusDetails, as far as we read it."""

    retry_after_seconds: float = 0


class Status(msgspec.Struct):
    """metav1.Status, the body of every failure."""

    reason: str = ""
    message: str = ""
    code: int = 0
    details: Details | None = None


_BY_STATUS: dict[int, tuple[type[KubernetesError], str]] = {
    401: (
        Unauthorized,
        "The API server at {server} does not accept the credentials of {user} ({said}); "
        "log in again or choose another --context.",
    ),
    403: (Forbidden, "The API server at {server} forbids this to {user}: {said}; ask its administrator for the right."),
    404: (NotFound, "The API server at {server} has no {path} ({said})."),
    410: (Gone, "The API server at {server} no longer has that version of {path} ({said}); list it again."),
}
_BUSY = (Unavailable, "The API server at {server} cannot answer now: {status} {said}; try again in a moment.")
_REDIRECT = (
    KubernetesError,
    "The API server at {server} redirects {path} elsewhere, and redirects are not followed; "
    "put its final address into `server` of the kubeconfig.",
)
_OTHER = (KubernetesError, "The API server at {server} refuses {path}: {status} {said}.")


def refusal(server: str, user: str, path: str, code: int, body: bytes, retry_after: str = "") -> KubernetesError:
    """The error for an answer of HTTP status `code`: `body` is a metav1.Status, or whatever a proxy wrote instead."""
    status = _read_status(body)
    said = one_line(status.message, 500).rstrip(".") or _plain(body) or status.reason or "no reason given"
    kind, sentence = _BY_STATUS.get(code) or (
        _BUSY if code == 429 or code >= 500 else _REDIRECT if 300 <= code < 400 else _OTHER
    )
    details = status.details.retry_after_seconds if status.details else 0
    return kind(
        sentence.format(server=server, user=user or "this user", path=path, status=code, said=said),
        status=code,
        reason=status.reason,
        message=said,
        retry_after=_seconds(retry_after) or details or None,
    )


def _read_status(body: bytes) -> Status:
    try:
        return decode(body, Status)
    except (msgspec.DecodeError, RecursionError):
        return Status()


def _plain(body: bytes) -> str:
    text = body[:2000].decode("utf-8", "replace")
    return "" if text.lstrip()[:1] in ("{", "<") else one_line(text, 200)


def _seconds(retry_after: str) -> float | None:
    """RFC 9110, 10.2.3: seconds or a date."""
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
