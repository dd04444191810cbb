"""Reading a stream: bytes as they come → frames of events, one error at most, and a proper end or none."""

from __future__ import annotations

from abc import ABC, abstractmethod

from helmward.gateway.wire.events import Api, Broken, Ended, Event, Failed, Frame
from helmward.gateway.wire.problems import WireError
from helmward.gateway.wire.sse import MAX_EVENT, SseDecoder, SseEvent


class StreamReader(ABC):
    """Feed it the upstream's bytes. The last event is `Ended`, `Failed` or `Broken`; after it nothing comes."""

    def __init__(self, max_event: int = MAX_EVENT) -> None:
        self._decoder = SseDecoder(max_event)
        self.over = False

    def feed(self, chunk: bytes) -> list[Frame]:
        """The frames that are now whole. Never raises for what the bytes hold."""
        return [] if self.over else self._frames(self._decoder.feed(chunk))

    def close(self) -> list[Frame]:
        """The upstream closed the connection. Without a proper end before, the last event is `Broken`."""
        if self.over:
            return []
        frames = self._frames(self._decoder.close())
        cut = Frame(b"", (Broken("The answer was cut off before its end."),))
        if self.over:
            return [cut if isinstance(frame.events[-1], Broken) else frame for frame in frames]
        self.over = True
        ended = self._at_close()
        return [*frames, Frame(b"", ended) if ended else cut]

    @abstractmethod
    def _read(self, event: SseEvent) -> Frame:
        """What one server-sent event says; no events where it says nothing. Raises WireError."""

    def _at_close(self) -> tuple[Event, ...]:
        """What a closed connection means without an end mark: by default that it was cut off."""
        return ()

    def _frames(self, given: list[SseEvent]) -> list[Frame]:
        frames: list[Frame] = []
        for event in given:
            try:
                frame = self._read(event)
            except WireError as error:
                return [*frames, self._broken(error)]
            if frame.events:
                frames.append(frame)
                if isinstance(frame.events[-1], Ended | Failed | Broken):
                    self.over = True
                    return frames
        if self._decoder.error is not None:
            frames.append(self._broken(self._decoder.error))
        return frames

    def _broken(self, error: WireError) -> Frame:
        self.over = True
        return Frame(b"", (Broken(str(error)),))


def stream_reader(api: Api, max_event: int = MAX_EVENT) -> StreamReader:
    """A reader for the stream of an upstream that speaks this API. `max_event` in bytes."""
    from helmward.gateway.wire.anthropic_reading import AnthropicReader
    from helmward.gateway.wire.openai_reading import OpenAIReader

    return OpenAIReader(max_event) if api == "openai" else AnthropicReader(max_event)
