"""What is sent where, and what comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

from helmward.core.settings_gateway import ModelSettings, UpstreamSettings


class Target(NamedTuple):
    """A model at an upstream that may be asked."""

    model: ModelSettings
    upstream: UpstreamSettings

    @property
    def name(self) -> str:
        """What the upstream calls the model."""
        return self.model.upstream_name or self.model.name


class Outgoing(NamedTuple):
    """A request as one target wants it. `path` follows the upstream's URL ("/chat/completions"); `body` is JSON.

    `stream`: the answer comes in pieces and is given on as it comes. Otherwise it is read whole before it is given on, so
    that one that breaks off can be tried again.
    `idempotent`: doing it twice does no harm but its cost, as for chat and embeddings; only then is a call repeated of
    which it is not certain that it had no effect. `headers`: of the API's own (anthropic-beta), others are dropped.
    """

    path: str
    body: bytes
    stream: bool
    idempotent: bool
    headers: Mapping[str, str] | None = None


class Incoming(NamedTuple):
    """A good answer (HTTP 2xx, of the right content type) from `target`, after `attempts` calls.

    `headers` as in core.upstreams.Answer. `body` may be read once; its pieces are not empty. It raises UpstreamFailed where the
    answer breaks off: end the client's answer with the API's own error event.
    """

    target: Target
    status: int
    headers: Mapping[str, str]
    body: AsyncIterator[bytes]
    attempts: int
