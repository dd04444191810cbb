"""The port to the servers that models run on: one HTTP exchange, no rules about what to try again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from helmward.core.errors import UnreachableError
from helmward.core.settings_gateway import UpstreamSettings

Phase = Literal["connect", "answer", "form", "body"]
"""How far an exchange came: no connection was made; no answer came; it came in a form that cannot be read; it broke off."""


class UpstreamError(UnreachableError):
    """An exchange failed. The sentence names the upstream and the setting to look at, never a key or a header.

    `phase` "connect": the upstream got nothing of the request. "answer": it may have got it. "form": it answers, but not as HTTP
    that can be used. "body": its answer is cut short.
    `timed_out`: it was too slow, and may still be at work.
    """

    def __init__(self, sentence: str, phase: Phase, timed_out: bool = False) -> None:
        super().__init__(sentence)
        self.phase: Phase = phase
        self.timed_out = timed_out


class Answer(Protocol):
    """An upstream's answer, of any status; its body is still to be read."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that are let through, by name in lower case: content-type, retry-after, request ids, rate limits."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, each piece not empty. May be asked for once. Raises UpstreamError."""
        ...


class Upstreams(Protocol):
    """The servers of the settings. Leaving a block before the body's end closes the connection at once."""

    def post(
        self,
        upstream: UpstreamSettings,
        path: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> AbstractAsyncContextManager[Answer]:
        """POST JSON to `upstream.url` + `path` ("/chat/completions"), with the upstream's key.

        `headers` are further ones of the API's own (anthropic-beta, anthropic-version); others are dropped. `seconds` is for
        all of it, body included, at most the upstream's `total_seconds`. Entering raises UpstreamError.
        """
        ...

    def get(
        self, upstream: UpstreamSettings, path: str, seconds: float | None = None
    ) -> AbstractAsyncContextManager[Answer]:
        """GET `upstream.url` + `path` ("/models"), as `post`."""
        ...
