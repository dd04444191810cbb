"""The wire formats of the model APIs: read, change a text, write again. No I/O.

Requests: `read_chat`, `read_embeddings` (OpenAI), `read_anthropic` → `Request` (model, stream, limits, tools offered, slots).
Answers: `read_response` → `Response`. Both: replace a text with `slot.replace(text)`, then `encode()`.
Streams: `stream_reader(api)` gives `Frame`s of events; `stream_writer(api, source, …)` writes events, in either API: reading
with one and writing with the other is the translation of a stream. `CallAssembler` holds tool calls until they are whole;
`openai_messages.call_slots` gives their texts, the same that a whole answer has.

The loop over a stream is this; `judged` stands for the guards, which hold text back until a block, a choice or the stream ends:

    reader, writer = stream_reader(upstream_api), stream_writer(caller_api, upstream_api, model, include_usage)
    for frame in [*reader.feed(chunk), …, *reader.close()]:
        if nothing in it is held back or changed: send(writer.pass_on(frame))
        else: for event in frame.events: send(writer.write(judged(event)))    # a whole tool call: writer.call(call)
    # a refusal at any place: send(writer.fail(status, sentence)), and no more

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
