"""A model call as it came, and as it goes on to a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from helmward.core.errors import UsageError
from helmward.core.model import DATA_CLASSES, DataClass
from helmward.gateway.budget import Caller
from helmward.gateway.routing import Outgoing, Target
from helmward.gateway.translate import translate_request
from helmward.gateway.wire import Request
from helmward.gateway.wire.events import Api
from helmward.gateway.wire.request import Limit, LimitField, RequestKind

_PATHS: Mapping[tuple[Api, RequestKind], str] = {
    ("openai", "chat"): "/chat/completions",
    ("openai", "embeddings"): "/embeddings",
    ("anthropic", "chat"): "/messages",
}

_OPENAI_HOSTS = ("api.openai.com", ".openai.azure.com", ".services.ai.azure.com")


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came: whose, in which API, of which kind. `least`: the class that its data has at least; `headers`: those
    of the API's own that go on (anthropic-beta); `request`: the id under which its answer goes out, for the audit."""

    caller: Caller
    api: Api
    kind: RequestKind
    body: bytes
    least: DataClass = "public"
    headers: Mapping[str, str] = field(default_factory=dict)
    request: str = ""


class Expected(NamedTuple):
    """Tokens that a call uses at most: of the request, and of the answer."""

    given: int
    answer: int


def outgoing(request: Request, target: Target, headers: Mapping[str, str], max_output_tokens: int) -> Outgoing:
    """The request in the API and with the name that the target has for it. `max_output_tokens` is the limit where the caller
    set none: what was reserved for the answer is what the upstream is told. Raises TranslationError."""
    api = target.upstream.api
    same, field = request.api == api, _limit_field(target)
    limit = Limit(request.max_output_tokens or max_output_tokens, field)
    sent = request if same else translate_request(request, api, max_output_tokens, field)
    return Outgoing(
        path=_PATHS[api, request.kind],
        body=sent.encode(model=target.name, include_usage=True, limit=limit),
        stream=request.stream,
        idempotent=True,
        headers=headers if same else None,
    )


def _limit_field(target: Target) -> LimitField:
    """OpenAI's reasoning models refuse `max_tokens`; elsewhere that is the one which everybody heeds."""
    if target.upstream.output_limit_field is not None:
        return target.upstream.output_limit_field
    host = urlsplit(target.upstream.url).hostname or ""
    return "max_completion_tokens" if host.endswith(_OPENAI_HOSTS) else "max_tokens"


def class_of(text: str) -> DataClass:
    """A class of data as a caller names it. Raises UsageError."""
    for known in DATA_CLASSES:
        if text.strip().lower() == known:
            return known
    raise UsageError(f"x-helmward-class takes one of {', '.join(DATA_CLASSES)}.")
