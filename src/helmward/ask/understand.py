"""Words in, a typed command out: the grammar and the inventory first, then the classifier, then a question back."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import structs

from helmward.ask import conversation
from helmward.ask.amounts import Amount, amount
from helmward.ask.classify import ACCEPT, AGREE, OUT, Guess, pieces, trained
from helmward.ask.clean import LONGEST, clean
from helmward.ask.commands import command
from helmward.ask.conversation import NOTHING, State
from helmward.ask.grammar import Reading, parse
from helmward.ask.intent import barred, changes_in, is_change, question_in
from helmward.ask.inventory import Inventory
from helmward.ask.names import Named
from helmward.ask.refusals import by_hand, refusal
from helmward.ask.resolve import resolve
from helmward.ask.results import Command, Refusal, Result
from helmward.ask.tags import CHANGES, READS
from helmward.ask.tokens import Token, tokens_of
from helmward.ask.words import words_of

_TARGETLESS = frozenset(
    {"incidents", "status", "list", "top", "actions", "changes", "help", "undo", "deny", "plan", "events", "decisions"}
)
"""Intents that need no object."""


class Understood(NamedTuple):
    """What the words mean, and the conversation after them."""

    result: Result
    state: State


def understand(text: str, inventory: Inventory, state: State = NOTHING) -> Understood:
    """What `text` asks for. Never raises for any text. Its first line is the question, of at most LONGEST
    characters; what follows is data."""
    if len(text.strip().partition("\n")[0]) > LONGEST:
        return Understood(refusal("too-long"), state)
    asked = amount(text)
    if asked is not None:
        understood = _understood(asked.rest, inventory, state)
        if (bounded := _bounded(understood.result, asked, inventory)) is not None:
            return understood._replace(result=bounded)
    return _understood(text, inventory, state)


def _bounded(result: Result, asked: Amount, inventory: Inventory) -> Command | None:
    """The command that looks only so far back, or at so many lines; None where it cannot."""
    if not isinstance(result, Command) or result.intent not in ("changes", "logs"):
        return None
    if asked.lines and result.intent != "logs":
        return None
    slots = structs.replace(result.slots, since=asked.since, lines=asked.lines)
    return command(result.intent, slots, inventory, result.notes)


def _understood(text: str, inventory: Inventory, state: State) -> Understood:
    tokens = tokens_of(words_of(clean(text)), inventory)
    said = parse(tokens)
    if (turn := _turn(said, inventory, state)) is not None:
        return turn
    return _fresh(said, tokens, inventory, state)


def _turn(said: Reading, inventory: Inventory, state: State) -> Understood | None:
    """Words that lean on what was said before; None where they stand for themselves."""
    dropped = said.has("CANCEL", "NO", "NOT") and not (said.targets or said.places or said.counts or said.ids)
    if state.question is not None and dropped and not conversation.asks_for_more(said):
        return _settled(state.intent, said, refusal("cancelled"), state)
    if conversation.asks_for_more(said):
        return None
    for lean in (conversation.answered, conversation.corrected, conversation.repeated):
        merged = lean(state, said)
        if merged is not None:
            _look_up(merged, inventory)
            return _settled(state.intent, merged, resolve(state.intent, merged, inventory), state)
    if (
        state.question is not None
        and not said.has(*READS, *CHANGES)
        and len(said.tags) <= 4
        and not said.has("ASK", "DATA")
    ):
        return Understood(state.question, state)
    return None


def _look_up(merged: Reading, inventory: Inventory) -> None:
    """A name whose place was put right may be meant of other objects now."""
    merged.targets = [
        named if named.things or named.namespaces else Named(named.name, inventory.named(named.name))
        for named in merged.targets
    ]


def _fresh(said: Reading, tokens: list[Token], inventory: Inventory, state: State) -> Understood:
    changes = changes_in(said)
    reason = barred(said, changes)
    if reason is not None:
        return _settled("", said, by_hand(said, state.deed) if reason == "by-hand" else refusal(reason), state)
    intent = changes[0] if changes else _question(said, tokens)
    if intent is None:
        return _settled("", said, refusal("unknown"), state)
    if not is_change(intent) and _several(said):
        return _settled("", said, refusal("several"), state)
    _lean(said, intent, state)
    return _settled(intent, said, resolve(intent, said, inventory), state)


def _lean(said: Reading, intent: str, state: State) -> None:
    """Fill in what `it` and `that` stand for."""
    if intent in ("undo", "deny"):
        if not said.ids and not said.targets and state.deed:
            said.ids = [state.deed]
        return
    if intent == "decisions":
        if not said.ids and state.deed and said.phrases["DECISIONS"][0].endswith(_THE_ONE):
            said.ids = [state.deed]
        return
    thing = (
        conversation.leaning(state, said, intent)
        if intent not in _TARGETLESS or said.has("IT") or intent == "events"
        else None
    )
    if thing is not None:
        said.targets = [Named(thing.name, (thing,))]
        said.places = []


_THE_ONE = (" it", " that", " this", " the plan", " that plan", " this plan")
"""How phrases end that mean the plan last spoken of."""


def _question(said: Reading, tokens: list[Token]) -> str | None:
    """What is asked: by its words; with words left over, only where the classifier agrees; else by the classifier alone."""
    if any(one.startswith(("plan-", "act-")) for one in said.ids) and said.has("SHOW", "EXPLAIN", "DESCRIBE", "STATUS"):
        return "plan"
    intent = question_in(said)
    if intent == "decisions" and not said.has("DATA", "MENTION"):
        return intent
    strange = len(said.unknown) + len(said.phrases.get("DATA", ()))
    if intent is not None and not strange:
        return intent
    guess = trained().guess(pieces(tokens))
    if intent is not None and (guess.intent == intent and guess.score >= AGREE):
        return intent
    if intent is not None and strange and not said.targets and _only_the_name_is_missing(intent, said, guess):
        return intent
    return guess.intent if _clear(guess, said) else None


def _only_the_name_is_missing(intent: str, said: Reading, guess: Guess) -> bool:
    """`logs of kafka`: one word is not known, where the name should stand."""
    return (
        len(said.unknown) == 1 and intent not in _TARGETLESS and not said.has("DATA") and guess.intent in (intent, OUT)
    )


def _clear(guess: Guess, said: Reading) -> bool:
    """A question is accepted by the classifier alone; a change never is."""
    if guess.intent == OUT or is_change(guess.intent) or guess.intent in ("plan", "help") or guess.score < ACCEPT:
        return False
    return guess.margin >= 0.05 and not said.has("DATA", "MENTION")


def _several(said: Reading) -> bool:
    heads = {"LOGS", "EVENTS", "HISTORY", "GET", "DESCRIBE", "TOP", "ACTIONS", "CHANGES", "WHY"} & set(said.phrases)
    return len({named.name for named in said.targets}) > 1 or (said.has("AND") and len(heads) > 1)


def _settled(intent: str, reading: Reading, result: Result, state: State) -> Understood:
    if isinstance(result, Refusal):
        return Understood(result, conversation.carried(state, state.intent, state.reading, result))
    return Understood(result, conversation.carried(state, intent, reading, result))
