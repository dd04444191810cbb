"""What was said before, as far as the next words may lean on it: answers, corrections, follow-ups."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from helmward.ask.grammar import Reading
from helmward.ask.intent import is_change
from helmward.ask.inventory import Thing
from helmward.ask.names import Named
from helmward.ask.results import Choice, Question, Result, Slots
from helmward.ask.tags import BY_HAND, CHANGES, QUIET, READS


@dataclass(frozen=True)
class State:
    """One conversation. `intent` and `reading` are of the last command, or of the one that is asked about (`question`);
    `slots` of the last complete command; `deed` is the plan or action that came of it."""

    intent: str = ""
    reading: Reading = field(default_factory=Reading)
    slots: Slots = field(default_factory=Slots)
    question: Question | None = None
    deed: str = ""


NOTHING = State()


def asks_for_more(reading: Reading) -> bool:
    """Does it hold a request of its own?"""
    return reading.has(*(tag for tag in CHANGES if tag != "SCALE"), *READS, *BY_HAND, "NOTOOL", "MENTION")


def _quiet(state: State, reading: Reading) -> bool:
    """Nothing else is said; and of a change nothing is asked (staging?)."""
    unsure = reading.has("QMARK") and is_change(state.intent)
    return all(tag in QUIET for tag in reading.tags) and not unsure


def answered(state: State, said: Reading) -> Reading | None:
    """The reading that was asked about, with the answer in it; None where the words are no answer."""
    question = state.question
    if question is None or not _quiet(state, said) or said.nowhere:
        return None
    if said.has("NO") and not (said.targets or said.places or said.counts or said.ids):
        return None
    merged = copy.deepcopy(state.reading)
    chosen = _chosen(question, said)
    if chosen is not None:
        return _take(merged, question, chosen)
    return _plainly(merged, question, said)


def _chosen(question: Question, said: Reading) -> Choice | None:
    """The choice that was named, or counted: `2` is the second of those shown."""
    if question.slot == "replicas":
        return None
    if len(said.counts) == 1 and not said.relative and not (said.targets or said.places):
        number = said.counts[0]
        return question.choices[number - 1] if 1 <= number <= len(question.choices) else None
    if question.slot == "confirm":
        return question.choices[0] if said.has("YES") and not said.has("NO") else None
    names = {named.name for named in (*said.targets, *said.places)} | set(said.ids)
    found = [choice for choice in question.choices if choice.value in names]
    return found[0] if len(found) == 1 and len(names) == 1 else None


def _take(merged: Reading, question: Question, choice: Choice) -> Reading:
    merged.unknown, merged.nowhere, merged.near = [], [], []
    if choice.thing is not None:
        merged.targets = [Named(choice.thing.name, (choice.thing,))]
        merged.places = []
    elif question.slot == "namespace":
        merged.places = [Named(choice.value, (), (choice.value,))]
    elif question.slot == "container":
        merged.container = choice.value
    elif question.slot == "kind":
        merged.kinds = [choice.value]
    elif question.slot == "confirm":
        merged.confirmed = True
    else:
        merged.ids = [choice.value]
    return merged


def _plainly(merged: Reading, question: Question, said: Reading) -> Reading | None:
    """An answer in words of its own: another name, another place, the number."""
    if question.slot == "replicas" and len(said.counts) == 1:
        merged.counts, merged.relative, merged.exactly = said.counts, False, True
        for tag in ("RANGE", "ODD", "DOUBLE"):
            merged.phrases.pop(tag, None)
        merged.tags = [tag for tag in merged.tags if tag not in ("RANGE", "ODD", "DOUBLE", "BY")]
        return merged
    if question.slot == "revision" and len(said.counts + said.revisions) == 1:
        merged.revisions, merged.counts = said.counts + said.revisions, []
        return merged
    if question.slot in ("target", "pod") and len(said.targets) == 1 and not said.counts:
        merged.targets, merged.unknown, merged.near = said.targets, [], []
        merged.places, merged.notes = said.places or merged.places, merged.notes + said.notes
        return merged
    if question.slot == "namespace" and len(said.places) == 1 and not (said.targets or said.counts):
        merged.places, merged.nowhere, merged.notes = said.places, [], merged.notes + said.notes
        return merged
    if question.slot in ("action", "plan", "incident") and len(said.ids) == 1:
        merged.ids = said.ids
        return merged
    return None


def corrected(state: State, said: Reading) -> Reading | None:
    """The last command with what is put right in it (no, staging); None where nothing is put right. A name that nothing
    here has is asked about."""
    if state.intent and _strange_name(said):
        merged = copy.deepcopy(state.reading)
        merged.notes, merged.confirmed, merged.ids, merged.targets = [], False, [], []
        merged.unknown, merged.nowhere, merged.near = [*said.unknown], [*said.nowhere], [*said.near]
        return merged
    if not state.intent or not said.has("NO") or not _quiet(state, said) or said.unknown or said.nowhere:
        return None
    return _replaced(state, said)


def _strange_name(said: Reading) -> bool:
    """A no, and one word that is not known: no, staging."""
    one = len(said.unknown) + len(said.nowhere) == 1
    others = (said.targets, said.places, said.counts, said.ids, said.revisions)
    quiet = all(tag in QUIET or tag == "UNKNOWN" for tag in said.tags)
    return one and quiet and said.has("NO") and not (any(others) or said.has("QMARK", "AND", "IT", "LAST"))


def repeated(state: State, said: Reading) -> Reading | None:
    """The last command for something else (the same for cart; and cart?); None where that is not meant."""
    again = said.has("AGAIN") or (said.has("AND") and not is_change(state.intent))
    if not state.intent or not again or not _quiet(state, said) or said.unknown or said.nowhere or said.has("NO"):
        return None
    return _replaced(state, said) if said.targets or said.places else None


def _replaced(state: State, said: Reading) -> Reading | None:
    places = said.places
    if len(places) == 2 and state.reading.places and places[0].name == state.reading.places[0].name:
        places = places[1:]  # not production but staging
    if len(said.targets) > 1 or len(places) > 1 or len(said.counts) > 1 or said.relative:
        return None
    if not (said.targets or places or said.counts or said.revisions):
        return None
    merged = copy.deepcopy(state.reading)
    merged.notes = list(said.notes)
    merged.confirmed, merged.ids = False, []
    if said.targets:
        merged.targets = said.targets
    if places:
        merged.places = places
        if not said.targets and merged.targets:
            merged.targets = [_anywhere(merged.targets[0], state)]
    if said.counts:
        merged.counts, merged.relative, merged.exactly = said.counts, False, True
    merged.revisions = said.revisions or merged.revisions
    return merged


def _anywhere(named: Named, state: State) -> Named:
    """The same name in any namespace: an answer may have narrowed it to one object."""
    return named._replace(things=(), within=None) if named.things else named


def leaning(state: State, said: Reading, intent: str) -> Thing | None:
    """The object that `it` stands for, or that a question without an object goes on about."""
    target = state.slots.target
    if target is None or said.targets or said.ids:
        return None
    if said.has("IT", "THERE") or (not is_change(intent) and not said.places and not said.unknown):
        return target
    return None


def carried(state: State, intent: str, reading: Reading, result: Result) -> State:
    """The conversation after a result."""
    if isinstance(result, Question):
        return State(intent, reading, state.slots, result, state.deed)
    slots = getattr(result, "slots", None)
    if slots is None:
        return State(state.intent, state.reading, state.slots, None, state.deed)
    return State(intent, reading, slots if slots.target else state.slots, None, state.deed)
