"""What a model's answer comes to once it has been held against what the model saw."""

from __future__ import annotations

from typing import Any, Literal

from helmward.core.nouns import Evidence, Noun

Rule = Literal[
    "uncited",  # names no evidence
    "unknown-evidence",  # names evidence that nobody saw
    "not-in-evidence",  # a name, a number or a verdict that does not stand there
    "acting",  # says that somebody did something just now; a model does nothing
    "approval",  # speaks of an approval that Helmward does not know
    "command",  # gives a command that is not Helmward's own remedy
    "link",  # an image, a link, or markup
    "disguised",  # letters of several alphabets in one word, invisible ones, or a word spelt out
    "call-in-text",  # a tool call written as text
    "guard",  # the guards blocked it
    "too-long",  # there were more sentences than anybody reads
]
"""Why a sentence was left out."""

Stopped = Literal["", "steps", "seconds", "tokens", "loop", "mistakes", "length", "refused", "guard"]
"""Why it ended before the model was done: a budget, the same call again and again, too many wrong calls, …"""


class Sentence(Noun, frozen=True, kw_only=True):
    """One statement, and the ids of the evidence that it rests on."""

    text: str
    cites: tuple[str, ...]


class LeftOut(Noun, frozen=True, kw_only=True):
    """Sentences of the model that nobody gets to read, and why."""

    rule: Rule
    count: int


class Proposed(Noun, frozen=True, kw_only=True):
    """A change that the model proposed, as Helmward has it: `plan` is the plan as `helmward plan` shows it, `line` the command
    of the command line that asks for the same. Nothing in it is in the model's words."""

    id: str
    state: str
    title: str
    line: str
    plan: dict[str, Any]

    @property
    def approve(self) -> str:
        """The command with which a person approves it; "" where there is nothing to approve."""
        return f"helmward approve {self.id}" if self.state == "waiting" else ""


class Answer(Noun, frozen=True, kw_only=True):
    """An answer. `evidence` is what the sentences cite; `looked` the calls that were made, as commands; `tokens` what the
    models used; `cost` in US dollars (None: not known)."""

    id: str
    model: str
    sentences: tuple[Sentence, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    proposals: tuple[Proposed, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    looked: tuple[str, ...] = ()
    stopped: Stopped = ""
    steps: int = 0
    tokens: int = 0
    cost: float | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beside the sentences."""
        count = sum(left.count for left in self.left_out)
        found = [_STOPPED[self.stopped]] if self.stopped else []
        if count:
            what = "1 sentence" if count == 1 else f"{count} sentences"
            why = ", ".join(left.rule for left in self.left_out)
            found.append(f"{what} of the model left out: not shown by what it looked at ({why}).")
        if not self.sentences:
            found.append("The model said nothing that is shown by evidence.")
        return tuple(found)


_STOPPED: dict[str, str] = {
    "steps": "It was stopped: it had looked as often as ask.steps allows.",
    "seconds": "It was stopped: it took longer than ask.seconds allows.",
    "tokens": "It was stopped: it had used the tokens that ask.tokens allows.",
    "loop": "It was stopped: it made the same calls again and again.",
    "mistakes": "It was stopped: too many of its calls were wrong or not allowed.",
    "length": "What it said was cut off at the model's limit.",
    "refused": "The model declined to answer.",
    "guard": "What it said was blocked by the guards.",
}
