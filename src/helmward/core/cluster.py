"""What can go wrong between us and a cluster, so that rooms that may not know the client can still tell it apart."""

from __future__ import annotations

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError


class ClusterError(HelmwardError):
    """The API server refused. `status` is the HTTP status, `reason` metav1.Status.reason."""

    def __init__(self, message: str, status: int = 0, reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Unauthorized(ClusterError, DeniedError):
    """401: the credentials are not valid (any more)."""

    exit_code = DeniedError.exit_code


class Forbidden(ClusterError, DeniedError):
    """403: the credentials may not do this."""

    exit_code = DeniedError.exit_code


class NotFound(ClusterError):
    """404: no such object, or the server does not serve this kind."""


class Gone(ClusterError):
    """410: the resourceVersion is too old; list again."""


class Interrupted(ClusterError):
    """A watch or a response broke off in the middle; go on from the last resourceVersion."""


class Unavailable(ClusterError, UnreachableError):
    """No connection, a time-out, TLS failure, or a 5xx/429: try again later. `retry_after` in seconds, where said."""

    exit_code = UnreachableError.exit_code

    def __init__(self, message: str, status: int = 0, reason: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, status, reason)
        self.retry_after = retry_after
