"""When a change was understood and yet is asked back: the words hold more than was understood, or do not fit what is there."""

from __future__ import annotations

from collections.abc import Iterator

from helmward.ask.grammar import Reading
from helmward.ask.questions import ask
from helmward.ask.results import Choice, Command, Question
from helmward.ask.tags import SCALES, WEAK, WEAK_STEMS
from helmward.core.text import one_line

_NOMINAL = frozenset({"a restart", "restart of"})
_LIGHT = ("give", "do", "perform", "trigger", "initiate", "need", "i ", "we ", "please", "can you", "could you")
"""Words with which the noun of a change asks for it: give it a restart."""


_ONE_POD = frozenset({"pod", "po", "container", "containers", "파드", "팟", "포드", "컨테이너"})
"""Words that may mean one pod, where the workload is restarted."""


_PART_OF = {
    "PREVIOUS": ("rollback", "restore"),
    "REVISION": ("rollback",),
    "REPLICAS": ("scale",),
}
"""Words that belong to some changes, and make no sense in others."""


def doubted(reading: Reading, found: Command) -> Question | None:
    """The question that is asked before such a change; None where nothing is doubtful, or it was answered."""
    if not found.changes or reading.confirmed:
        return None
    why = next(_doubts(reading, found), None)
    if why is None:
        return None
    choices = (Choice(text=found.short, value="yes"),)
    return ask(found.intent, "confirm", f"{why}Do you mean: {found.short}?", choices).question


def _doubts(reading: Reading, found: Command) -> Iterator[str]:
    """Sentences; an empty one says no more than the question."""
    if reading.unknown:
        yield f"I do not understand {', '.join(one_line(word, 60) for word in reading.unknown[:3])}. "
    numbered = found.intent in ("scale", "rollback")
    if (reading.counts and not numbered) or (reading.former and found.intent != "scale"):
        yield "I do not know what the number is for. "
    if (
        reading.has("BROKEN", "ODD", "RANGE", "DOUBLE", "OPTION", "PADDING", "IN", "OF", "BY", "FROM")
        or reading.nowhere
    ):
        yield ""
    if found.intent != "scale" and reading.has(*SCALES):
        yield ""
    if any(reading.has(tag) and found.intent not in intents for tag, intents in _PART_OF.items()):
        yield ""
    target = found.slots.target
    if found.intent in ("restart", "rollback") and target and not _ONE_POD.isdisjoint(reading.kind_words):
        yield f"That is done to all pods of {target.name}. "
    if found.intent == "restart" and _noun(reading):
        yield ""
    if found.intent == "scale":
        yield from _scaling(reading, found)


def _noun(reading: Reading) -> bool:
    """Spoken of, not asked for: the restart of frontend."""
    if not all(phrase in _NOMINAL for phrase in reading.phrases.get("RESTART", ())):
        return False
    return not any(word.startswith(_LIGHT) for word in reading.phrases.get("FILLER", ()))


def _scaling(reading: Reading, found: Command) -> Iterator[str]:
    target, after = found.slots.target, found.slots.replicas
    now = target.replicas if target else None
    if now is not None and after is not None:
        up = (reading.has("SCALE_UP") or reading.direction == "up") and after < now
        down = (reading.has("SCALE_DOWN") or reading.direction == "down") and after > now
        if up or down or (reading.former and reading.former[0] != now):
            yield f"It has {now} replicas now. "
    said = [phrase for tag in SCALES for phrase in reading.phrases.get(tag, ())]
    weak = all(phrase in WEAK or phrase.startswith(WEAK_STEMS) for phrase in said)
    if weak and not reading.has("REPLICAS"):
        yield ""
    if (
        not said
        and not reading.exactly
        and not any(word.startswith(_LIGHT) for word in reading.phrases.get("FILLER", ()))
    ):
        yield ""
