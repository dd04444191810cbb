"""Writing a stream: events → legal server-sent events of one API, whichever API they came from."""

from __future__ import annotations

from abc import ABC, abstractmethod

from helmward.gateway.wire.events import Api, Call, Event, Frame


class StreamWriter(ABC):
    """Writes an answer to a caller. What is not said by the events (role chunks, block starts and ends, the last usage) it
    adds, so that the sequence is legal whatever was changed, held back or left out.

    `model` is the name that the caller used. Raw pieces (`Sealed`, `Other`) pass only where the source speaks the same API.
    """

    def __init__(self, model: str, same_api: bool, include_usage: bool, created: int) -> None:
        self._model = model
        self._same = same_api
        self._include_usage = include_usage
        self._created = created

    @abstractmethod
    def write(self, event: Event) -> bytes:
        """The bytes for an event; often none yet."""

    @abstractmethod
    def call(self, call: Call) -> bytes:
        """A whole tool call, which was held back until it was cleared."""

    @abstractmethod
    def fail(self, status: int, sentence: str, kind: str = "", code: str = "") -> bytes:
        """The API's own error event; nothing may follow it. `kind`: the API's error type, by default that of `status`;
        `code`: a machine-readable name (OpenAI alone has one)."""

    @abstractmethod
    def pass_on(self, frame: Frame) -> bytes:
        """A frame in which nothing was changed: its own bytes where they fit in, else its events written anew."""


def stream_writer(api: Api, source: Api, model: str, include_usage: bool = True, created: int = 0) -> StreamWriter:
    """A writer for a caller who speaks `api`, for events that were read from a stream of `source`.

    `include_usage`: whether an OpenAI caller asked for the usage chunk; `created`: Unix seconds, for what an Anthropic
    upstream does not say.
    """
    from helmward.gateway.wire.anthropic_writing import AnthropicWriter
    from helmward.gateway.wire.openai_writing import OpenAIWriter

    made = OpenAIWriter if api == "openai" else AnthropicWriter
    return made(model, api == source, include_usage, created)
