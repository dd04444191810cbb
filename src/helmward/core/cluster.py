"""What can go wrong between us and a cluster; here, so that rooms that may not know the client can tell it apart.

KubernetesError            any other answer that is no success
├── Unauthorized           401: the credentials are not accepted (exit 5)
├── Forbidden              403: the user may not do this (exit 5)
├── NotFound               404
├── Gone                   410: the resourceVersion or continue token is too old; list again
├── ExactRefused           a list at exactly one resourceVersion was refused; list without it
├── Unavailable            no connection, a time-out, 429, 5xx (exit 7)
└── Interrupted            the answer broke off in the middle (exit 7); ask again, or watch on from the last version
"""

from __future__ import annotations

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError


class KubernetesError(HelmwardError):
    """An API server failed us. `status` is the HTTP status (None: there was no answer), `reason` and `message` are
    those of metav1.Status, `retry_after` the seconds the server asks to wait (None: it does not say)."""

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        reason: str = "",
        message: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.reason = reason
        self.message = message
        self.retry_after = retry_after


class Unauthorized(KubernetesError, DeniedError):
    """401."""


class Forbidden(KubernetesError, DeniedError):
    """403."""


class NotFound(KubernetesError):
    """404."""


class Gone(KubernetesError):
    """410, as HTTP status or as an ERROR event of a watch."""


class ExactRefused(KubernetesError):
    """The server does not list at exactly the resourceVersion that was asked for."""


class Unavailable(KubernetesError, UnreachableError):
    """The server cannot be reached, or says that it cannot answer now."""


class Interrupted(KubernetesError, UnreachableError):
    """An answer broke off before its end."""
