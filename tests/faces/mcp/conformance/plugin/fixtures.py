"""The tools that the conformance suite calls, as a plugin of the registry: token, policy, guards and audit are passed for real.

Their names and answers are the suite's (its README, Server Implementation Requirements)."""

from __future__ import annotations

import logging

from helmward.core.errors import HelmwardError
from helmward.door.tool import Arguments, Page, Reading, ReadTool, tool


class Nothing(Arguments):
    """No arguments."""


@tool
class SimpleText(ReadTool):
    """Answers with text."""

    name = "test_simple_text"
    title = "Answer with text"
    description = "Answers with a line of text."
    permission = "read"
    arguments = Nothing

    async def read(self, arguments: Nothing, given: Reading) -> Page:
        return Page(text="This is a simple text response for testing.")


@tool
class ErrorHandling(ReadTool):
    """Fails."""

    name = "test_error_handling"
    title = "Fail"
    description = "Always fails."
    permission = "read"
    arguments = Nothing

    async def read(self, arguments: Nothing, given: Reading) -> Page:
        raise HelmwardError("This tool intentionally returns an error for testing.")


@tool
class WithProgress(ReadTool):
    """Tells how far it is."""

    name = "test_tool_with_progress"
    title = "Tell of progress"
    description = "Tells three times how far it is."
    permission = "read"
    arguments = Nothing

    async def read(self, arguments: Nothing, given: Reading) -> Page:
        for done in (0, 50, 100):
            await given.tell(done, 100, f"{done} of 100")
        return Page(text="Done.")


@tool
class Logging(ReadTool):
    """Logs, as code does; what it logs stays in the server's log."""

    name = "test_logging_tool"
    title = "Log"
    description = "Writes a line to the server's log."
    permission = "read"
    arguments = Nothing

    async def read(self, arguments: Nothing, given: Reading) -> Page:
        logging.getLogger(__name__).info("a line of the conformance suite")
        return Page(text="Done.")


@tool
class Streaming(ReadTool):
    """Answers on a stream, on which the suite looks for requests of the server's own."""

    name = "test_streaming_elicitation"
    title = "Answer on a stream"
    description = "Tells of progress, and asks the client for nothing."
    permission = "read"
    arguments = Nothing

    async def read(self, arguments: Nothing, given: Reading) -> Page:
        await given.tell(1, 2, "half")
        return Page(text="Done.")
