"""What a Korean word says: its noun without particles, or its verb with what the ending makes of it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from helmward.ask.lexicon.korean import (
    DO,
    DO_VERBS,
    GIVE,
    JOINING,
    KINDS,
    NAMES,
    NOUNS,
    NUMBERS,
    OWN_VERBS,
    PARTICLES,
)


class Said(NamedTuple):
    """One tag with its value: a number, a kind, or the English word of a name."""

    tag: str
    value: object = None


@cache
def _table() -> dict[str, Said]:
    found: dict[str, Said] = {}
    for tag, words in NOUNS.items():
        for word in words:
            found.setdefault(word, Said(tag))
    for kind, words in KINDS.items():
        for word in words:
            found.setdefault(word, Said("KIND", kind))
    found |= {word: Said("NUMBER", number) for word, number in NUMBERS.items()}
    # A service may be called as a word is that says something else too (서비스): the name is tried first by who reads.
    return {word: Said("WORD", english) for word, english in NAMES.items()} | {
        word: said for word, said in found.items() if word not in NAMES
    }


@cache
def _verbs() -> list[tuple[str, str, frozenset[str]]]:
    kinds = ((DO_VERBS, DO), (OWN_VERBS, GIVE))
    found = [(stem, tag, endings) for verbs, endings in kinds for tag, stems in verbs.items() for stem in stems]
    return sorted(found, key=lambda entry: -len(entry[0]))


@cache
def _particles() -> tuple[str, ...]:
    return tuple(sorted(PARTICLES, key=len, reverse=True))


def known(word: str) -> bool:
    """Does the whole word, or the stem of its verb with an ending, say something?"""
    return word in _table() or any(
        word.startswith(stem) and word[len(stem) :] in endings for stem, _, endings in _verbs()
    )


def said(word: str) -> list[Said]:
    """What a run of Hangul says. An unknown word is UNKNOWN; a verb that is not an order is a MENTION of it."""
    table = _table()
    if word in table:
        return [table[word]]
    if (verb := _verb(word)) is not None:
        return verb
    for particle in _particles():
        noun = word.removesuffix(particle)
        if particle in (word, "") or noun == word or not noun:
            continue
        found = table.get(noun) or _bare_verb(noun)
        if found is not None:
            return [found, *([Said("AND")] if particle in JOINING else [])]
    return [Said("AND")] if word in JOINING else [Said("FILLER")] if word in PARTICLES else [Said("UNKNOWN", word)]


def _verb(word: str) -> list[Said] | None:
    for stem, tag, endings in _verbs():
        if word.startswith(stem):
            ending = word[len(stem) :]
            if ending in endings or (tag in _READS and not _forbids(ending)):
                return [Said(tag)]
            if ending in PARTICLES:
                return [Said(tag), *([Said("AND")] if ending in JOINING else [])]
            return [Said("NOT")] if _forbids(ending) else [Said("MENTION", tag)]
    return None


_READS = frozenset({"EXPLAIN", "DESCRIBE", "SHOW"})
"""Verbs that change nothing, in whatever form."""


def _forbids(ending: str) -> bool:
    return ending.startswith(("하지", "지마", "지말", "지않", "지")) or "말" in ending or "안" in ending


def _bare_verb(noun: str) -> Said | None:
    return next((Said(tag) for stem, tag, endings in _verbs() if noun == stem and endings is DO), None)
