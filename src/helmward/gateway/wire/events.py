"""What a stream says, in one vocabulary for both APIs."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from helmward.gateway.wire.usage import Usage

Api = Literal["openai", "anthropic"]
Channel = Literal["text", "refusal", "reasoning"]
Reason = Literal["end", "tools", "length", "stop_sequence", "refused", "pause"]
"""Why a model stopped: it was done, wants tools run, hit a token limit (its own or the context's), met a stop sequence,
refused or was filtered, or paused a long turn (Anthropic's pause_turn)."""


class Started(msgspec.Struct, frozen=True):
    """The answer begins. `created` is Unix time in seconds (0: the API does not say)."""

    id: str
    model: str
    created: int = 0


class TextDelta(msgspec.Struct, frozen=True):
    """More text of a choice (OpenAI; always 0 with Anthropic) and block (Anthropic's content index; 0 with OpenAI).

    `reasoning` is the unsigned reasoning text of OpenAI-compatible servers (`reasoning_content`, `reasoning`).
    """

    choice: int
    block: int
    text: str
    channel: Channel = "text"


class BlockStarted(msgspec.Struct, frozen=True):
    """A text block begins (Anthropic)."""

    choice: int
    block: int


class BlockEnded(msgspec.Struct, frozen=True):
    """A block that is no tool call ends (Anthropic). Text held back for it is due now."""

    choice: int
    block: int


class ToolStarted(msgspec.Struct, frozen=True):
    """A tool call begins; `call` counts the calls of this choice from 0."""

    choice: int
    call: int
    id: str
    name: str


class ToolArguments(msgspec.Struct, frozen=True):
    """A piece of the JSON text of a call's arguments."""

    choice: int
    call: int
    fragment: str


class ToolEnded(msgspec.Struct, frozen=True):
    """The call is whole. OpenAI does not mark it: it then comes right before the choice's `Stopped`."""

    choice: int
    call: int


class Sealed(msgspec.Struct, frozen=True):
    """A piece of a signed block (thinking, redacted_thinking; Anthropic). `text` is thinking text, for guards to read;
    `raw` is the server-sent event as it came: it passes as it is or the answer ends."""

    block: int
    part: Literal["start", "text", "signature", "end"]
    text: str
    raw: bytes


class Used(msgspec.Struct, frozen=True):
    """Tokens used so far; a later one replaces it."""

    usage: Usage


class Stopped(msgspec.Struct, frozen=True):
    """A choice is done. `sequence` is the stop sequence that was met, where the API says so."""

    choice: int
    reason: Reason
    sequence: str | None = None


class Ended(msgspec.Struct, frozen=True):
    """The stream is at its proper end ([DONE], message_stop)."""


class Failed(msgspec.Struct, frozen=True):
    """The upstream says that it failed. `sentence` is bounded and fit to be shown; `status` as of HTTP."""

    status: int
    type: str
    sentence: str


class Broken(msgspec.Struct, frozen=True):
    """The stream is not what its API allows, or was cut off. Nothing follows."""

    sentence: str


class Other(msgspec.Struct, frozen=True):
    """Something else (a ping, citations, log probabilities, a server tool's result): it may pass as `raw`, or be left out.
    `texts` is every text in it, for guards to read. `block` is Anthropic's content index, -1 where it belongs to none.

    `raw` is empty where it came in one frame with other events: it then passes with the frame (`pass_on`) or not at all.
    `pieces`: (field, text) of what may go on in a later one, as a server tool's input does."""

    texts: tuple[str, ...]
    raw: bytes
    block: int = -1
    part: Literal["start", "delta", "end", ""] = ""
    pieces: tuple[tuple[str, str], ...] = ()


Event = (
    Started
    | TextDelta
    | BlockStarted
    | BlockEnded
    | ToolStarted
    | ToolArguments
    | ToolEnded
    | Sealed
    | Used
    | Stopped
    | Ended
    | Failed
    | Broken
    | Other
)


class Frame(msgspec.Struct, frozen=True):
    """One server-sent event: its bytes, blank line included, and what it says."""

    raw: bytes
    events: tuple[Event, ...]


class Call(msgspec.Struct, frozen=True):
    """A whole tool call. `arguments` is the text the model wrote; `value` the JSON object it is, None where it is none."""

    choice: int
    call: int
    id: str
    name: str
    arguments: str
    value: dict[str, Any] | None
