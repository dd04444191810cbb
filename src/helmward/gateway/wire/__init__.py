"""The wire formats of the model APIs: read, change a text, write again. No I/O.

Requests: `read_chat`, `read_embeddings` (OpenAI), `read_anthropic` → `Request` (model, stream, limits, tools offered, slots).
Answers: `read_response` → `Response`. Both: replace a text with `slot.replace(text)`, then `encode()`.
Streams: `stream_reader(api)` gives `Frame`s of events; `stream_writer(api, source, …)` writes events, in either API: reading
with one and writing with the other is the translation of a stream. `CallAssembler` holds tool calls until they are whole.
Errors: `WireError` names the field; `error_body` writes one, `read_error` reads an upstream's.
"""

from helmward.gateway.wire.anthropic_request import read_anthropic
from helmward.gateway.wire.calls import CallAssembler
from helmward.gateway.wire.error_bodies import error_body, error_type
from helmward.gateway.wire.events import (
    Api,
    BlockEnded,
    BlockStarted,
    Broken,
    Call,
    Ended,
    Event,
    Failed,
    Frame,
    Other,
    Reason,
    Sealed,
    Started,
    Stopped,
    TextDelta,
    ToolArguments,
    ToolEnded,
    ToolStarted,
    Used,
)
from helmward.gateway.wire.openai_request import read_chat, read_embeddings
from helmward.gateway.wire.problems import TranslationError, WireError
from helmward.gateway.wire.reading import StreamReader, stream_reader
from helmward.gateway.wire.request import Limit, LimitField, Request
from helmward.gateway.wire.response import Response, read_response
from helmward.gateway.wire.slots import Role, Slot, Unreadable
from helmward.gateway.wire.upstream_errors import read_error
from helmward.gateway.wire.usage import Usage
from helmward.gateway.wire.writing import StreamWriter, stream_writer

__all__ = [
    "Api",
    "BlockEnded",
    "BlockStarted",
    "Broken",
    "Call",
    "CallAssembler",
    "Ended",
    "Event",
    "Failed",
    "Frame",
    "Limit",
    "LimitField",
    "Other",
    "Reason",
    "Request",
    "Response",
    "Role",
    "Sealed",
    "Slot",
    "Started",
    "Stopped",
    "StreamReader",
    "StreamWriter",
    "TextDelta",
    "ToolArguments",
    "ToolEnded",
    "ToolStarted",
    "TranslationError",
    "Unreadable",
    "Usage",
    "Used",
    "WireError",
    "error_body",
    "error_type",
    "read_anthropic",
    "read_chat",
    "read_embeddings",
    "read_error",
    "read_response",
    "stream_reader",
    "stream_writer",
]
