"""What is told of the calls that a model makes while it looks for an answer.

A step repeats nothing of a call that was not made, and of what a tool found no more than how much: the guards have not yet
held a model's words against what it saw."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from helmward.ask.loop import Attempt, Withheld
from helmward.core.errors import DeniedError, HelmwardError
from helmward.core.text import one_line
from helmward.guard.contract import About
from helmward.guard.pipeline import Guards
from helmward.house import present_changes
from helmward.house.asking.telling import Told, to_nobody
from helmward.house.calling.value_text import ValueText

_LONGEST = 200  # characters of a text in an argument
_NOT_MADE = {
    "not-offered": "it asked for a tool that it was not offered",
    "malformed": "its arguments were none",
    "repeated": "it had made this very call before",
    "too-many": "it asked for too many at once",
    "guard": "the guards blocked it, or part of what it found",
}
_NOT_SAID = {
    "guard": "the guards blocked its reply",
    "budget": "it had used what the settings allow one question",
}
"""Refusals of a call, or of a reply, in our words: a model's own could say anything. The audit log has them."""


class Step:
    """A call that is being made; `result` in a few words, once it is known."""

    result = ""


class Steps:
    """The calls of one question, numbered from 1."""

    def __init__(self, guards: Guards, told: Told) -> None:
        self._guards, self._told, self._number = guards, told, 0

    @contextmanager
    def made(self, tool: str, arguments: Mapping[str, Any]) -> Iterator[Step]:
        """Around a call that is made."""
        began, step = time.monotonic(), Step()
        try:
            yield step
        except HelmwardError as error:
            outcome = "withheld" if isinstance(error, Withheld) else _outcome(error)
            self._tell(tool, None, began, outcome, _FAILED[outcome])
            raise
        self._tell(tool, arguments, began, "done", step.result)

    def not_made(self, attempt: Attempt, known: bool) -> None:
        """What was refused: a call, or (`ask`) a whole reply. `known`: it names a tool that there is."""
        reply = attempt.tool == "ask"
        why = (_NOT_SAID if reply else _NOT_MADE).get(attempt.rule)
        if why is not None:
            self._tell(attempt.tool if known else None, None, time.monotonic(), "refused", why)

    def _tell(
        self, tool: str | None, arguments: Mapping[str, Any] | None, began: float, outcome: str, result: str
    ) -> None:
        if self._told is to_nobody:
            return
        self._number += 1
        step = {
            "number": self._number,
            "tool": tool,
            "arguments": None if arguments is None else self._shown(arguments),
            "seconds": round(time.monotonic() - began, 3),
            "outcome": outcome,
            "result": result,
        }
        self._told("step", step)

    def _shown(self, arguments: Mapping[str, Any]) -> Any:
        """Without secrets, on one line each; None where the guards show nothing of it."""
        looked = ValueText(arguments)
        verdict = self._guards.check(looked.text, About(role="assistant"))
        return None if verdict.verdict == "block" else _bounded(present_changes.masked(looked.masked(verdict.spans)))


_FAILED = {
    "withheld": "the guards held back what it found",
    "denied": "denied; the audit log says why",
    "failed": "it found nothing, or its arguments were wrong",
}


def _outcome(error: HelmwardError) -> str:
    return "denied" if isinstance(error, DeniedError) else "failed"


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value, _LONGEST)
    if isinstance(value, list | tuple):
        return [_bounded(item) for item in value]
    if isinstance(value, dict):
        return {one_line(str(key), _LONGEST): _bounded(item) for key, item in value.items()}
    return value
