"""OpenAI's API ↔ Anthropic's API, both directions, requests and answers. No I/O.

`translate_request` and `translate_response` give a `Request` or `Response` of the other API, to be encoded. A stream is
translated by reading it with `wire.stream_reader` of the upstream's API and writing it with `wire.stream_writer` of the caller's.
`model_list` and `model_card` are the answers of `/v1/models`. Errors: `wire.read_error` of the upstream's body, `wire.error_body`
in the caller's shape.

What the other API cannot express raises `TranslationError`, which names the field; nothing is dropped silently but the
harmless fields that `translate.harmless` lists.
"""

from __future__ import annotations

from helmward.gateway.translate.answers import completion_to_message, message_to_completion
from helmward.gateway.translate.models import model_card, model_list
from helmward.gateway.translate.to_anthropic import to_anthropic
from helmward.gateway.translate.to_openai import to_openai
from helmward.gateway.wire.anthropic_request import read_anthropic
from helmward.gateway.wire.decoding import encode
from helmward.gateway.wire.events import Api
from helmward.gateway.wire.openai_request import read_chat
from helmward.gateway.wire.problems import TranslationError, WireError
from helmward.gateway.wire.request import LimitField, Request
from helmward.gateway.wire.response import Response, read_response


def translate_request(
    request: Request, api: Api, max_output_tokens: int, limit_field: LimitField = "max_completion_tokens"
) -> Request:
    """The request for an upstream that speaks `api`, replaced texts included; the same object where it is that API already.

    `max_output_tokens` stands in where the caller set none. `limit_field`: as of `wire.Limit`.
    Raises TranslationError, which names the field.
    """
    if request.api == api:
        return request
    if request.kind != "chat":
        raise TranslationError("Anthropic's API has no embeddings; route this model to an OpenAI upstream.")
    tree = request.settle()
    if api == "anthropic":
        return read_anthropic(encode(to_anthropic(tree, max_output_tokens)))
    return read_chat(encode(to_openai(tree, limit_field)))


def translate_response(response: Response, api: Api, created: int = 0) -> Response:
    """The answer for a caller who speaks `api`; the same object where it is that API already. `created`: Unix seconds.

    Raises TranslationError: the upstream's answer cannot be expressed.
    """
    if response.api == api:
        return response
    if api == "openai":
        return read_response("openai", encode(message_to_completion(response, created)))
    return read_response("anthropic", encode(completion_to_message(response)))


__all__ = [
    "TranslationError",
    "WireError",
    "model_card",
    "model_list",
    "translate_request",
    "translate_response",
]
