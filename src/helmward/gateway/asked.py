"""A model call as it came, and as it goes on to a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from helmward.core.errors import UsageError
from helmward.core.model import DATA_CLASSES, DataClass
from helmward.gateway.budget import Caller
from helmward.gateway.routing import Outgoing, Target
from helmward.gateway.translate import translate_request
from helmward.gateway.wire import Request
from helmward.gateway.wire.events import Api
from helmward.gateway.wire.request import RequestKind

_PATHS: Mapping[tuple[Api, RequestKind], str] = {
    ("openai", "chat"): "/chat/completions",
    ("openai", "embeddings"): "/embeddings",
    ("anthropic", "chat"): "/messages",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came: whose, in which API, of which kind. `least`: the class that its data has at least; `headers`: those
    of the API's own that go on (anthropic-beta)."""

    caller: Caller
    api: Api
    kind: RequestKind
    body: bytes
    least: DataClass = "public"
    headers: Mapping[str, str] = field(default_factory=dict)


class Expected(NamedTuple):
    """Tokens that a call uses at most: of the request, and of the answer."""

    given: int
    answer: int


def outgoing(request: Request, target: Target, headers: Mapping[str, str], max_output_tokens: int) -> Outgoing:
    """The request in the API and with the name that the target has for it. `max_output_tokens` stands in where the caller
    set none and the API wants one. Raises TranslationError."""
    api = target.upstream.api
    same = request.api == api
    sent = request if same else translate_request(request, api, max_output_tokens)
    return Outgoing(
        path=_PATHS[api, request.kind],
        body=sent.encode(model=target.name, include_usage=True),
        stream=request.stream,
        idempotent=True,
        headers=headers if same else None,
    )


def class_of(text: str) -> DataClass:
    """A class of data as a caller names it. Raises UsageError."""
    for known in DATA_CLASSES:
        if text.strip().lower() == known:
            return known
    raise UsageError(f"x-helmward-class takes one of {', '.join(DATA_CLASSES)}.")
