"""What `ask` gives away, as JSON: the keys by which faces show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helmward.ask.refusals import CAN
from helmward.ask.results import Choice, Command, Question, Refusal
from helmward.core.errors import HelmwardError


def refused(refusal: Refusal) -> dict[str, Any]:
    """Nothing was done, why, and what can be asked."""
    can = list(CAN) if refusal.reason == "unknown" else []
    return {"kind": "refusal", "reason": refusal.reason, "text": refusal.text, "line": refusal.line, "can": can}


def failed(error: HelmwardError) -> dict[str, Any]:
    """The command was understood, and could not be carried out."""
    return {"result": None, "error": {"text": str(error), "exitCode": error.exit_code}}


def confirm(given: Command) -> Question:
    """The question before a change that might run at once."""
    why = "The approval of what it takes back may cover this" if given.intent == "undo" else "Policy may allow this"
    text = f"{why}, so that it runs at once: {given.lines[0]}. Do it now?"
    return Question(slot="confirm", text=text, intent=given.intent, choices=(Choice(text=given.short, value="yes"),))


def command(given: Command) -> dict[str, Any]:
    """The typed command: the lines of the command line, the calls of tools behind them, and what was read into the words."""
    return {
        "kind": "command",
        "intent": given.intent,
        "command": list(given.lines),
        "calls": [{"tool": call.tool, "arguments": call.arguments} for call in given.calls],
        "changes": given.changes,
        "notes": list(given.notes),
    }


def question(given: Question) -> dict[str, Any]:
    """What is missing, and what may be answered; `command` as far as it is known ("…" is missing)."""
    return {
        "kind": "question",
        **({"command": [given.line]} if given.line else {}),
        "intent": given.intent,
        "slot": given.slot,
        "text": given.text,
        "choices": [{"text": choice.text, "value": choice.value} for choice in given.choices],
        "notes": list(given.notes),
    }


def understood(given: Command | Question | Refusal) -> dict[str, Any]:
    """What the words are taken for, before anything is done."""
    if isinstance(given, Command):
        return command(given)
    asked = isinstance(given, Question)
    kind, intent = ("question", given.intent) if isinstance(given, Question) else ("refusal", None)
    begun = [given.line] if given.line and asked else []
    return {"kind": kind, "intent": intent, "command": begun, "calls": [], "changes": False, "notes": []}


def left_to_a_model(name: str) -> dict[str, Any]:
    """The words are no command that the grammar knows: the model of this name looks for an answer."""
    return {"kind": "answer", "intent": None, "command": [], "calls": [], "changes": False, "notes": [], "model": name}


def said(found: dict[str, Any]) -> str:
    """What a model later gets to see of an answer: what was understood, never what was read."""
    return "; ".join(found.get("command", ())) or str(found.get("text", ""))


def amount(data: Mapping[str, Any]) -> str:
    """How much a tool found: `12 items`, `40 lines`, `1 object`, `nothing`."""
    items, text = data.get("items"), str(data.get("text") or "")
    if items:
        return _count(len(items), "item") + (" and more" if data.get("cursor") else "")
    if text:
        return _count(len(text.splitlines()), "line") + (" and more" if data.get("cursor") else "")
    return "1 object" if data and items is None else "nothing"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
