"""What routing says where no answer can be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helmward.core.errors import DeniedError, UnreachableError, UsageError

if TYPE_CHECKING:
    from helmward.gateway.routing.target import Target


class UnknownModel(UsageError):
    """No model of that name, of that kind, or none that this caller may see."""


class NoneMay(DeniedError):
    """The model is there, but runs nowhere that may get data of this class."""


class NoneHealthy(UnreachableError):
    """All that could answer have failed or are limited. `retry_after`: seconds until the first of them is asked again."""

    def __init__(self, sentence: str, retry_after: float) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class UpstreamFailed(UnreachableError):
    """What was tried gave no good answer, or one that broke off in the middle.

    `status` and `body` (at most 64 KiB) are the upstream's own error answer, None and empty where there was none. `target` is
    where the last try went, `attempts` how many calls were made. `unused` is True where it is certain that no upstream did
    any work (no connection was made, or all calls were refused). `retry_after`: seconds the upstream asked for, or None.
    """

    def __init__(
        self,
        sentence: str,
        target: Target,
        *,
        status: int | None = None,
        body: bytes = b"",
        attempts: int = 0,
        unused: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.target, self.status, self.body = target, status, body
        self.attempts, self.unused, self.retry_after = attempts, unused, retry_after
