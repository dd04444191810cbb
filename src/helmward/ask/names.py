"""The gazetteer: which objects, namespaces and environments a word names, exactly, nearly, or not at all."""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from helmward.ask.inventory import Inventory, Thing, letters
from helmward.ask.lexicon.english import ALIASES, KINDS

_GENERIC = frozenset({"service", "svc", "api", "app", "server", "deployment", "prod", "config"})
"""Parts of names that tell nothing apart."""

_MOST_CANDIDATES = 8


class Named(NamedTuple):
    """What a word names. `things` are all objects of that name, `namespaces` where it names a namespace or an environment;
    `near`: it was misspelt or shortened, and `name` is what was taken for it."""

    name: str
    things: tuple[Thing, ...] = ()
    namespaces: tuple[str, ...] = ()
    near: bool = False
    within: str | None = None
    """The namespace that stands before the name: production/frontend."""


class Near(NamedTuple):
    """What an unknown word may mean: names that look like it. `close`: each is a slip away, or the word is a part of it."""

    names: tuple[str, ...]
    close: bool

    @property
    def sure(self) -> bool:
        """Is there one alone, and close?"""
        return self.close and len(self.names) == 1


def exactly(text: str, inventory: Inventory) -> Named | None:
    """What is called exactly so; also `deployment/frontend`, `production/frontend`, and known other words (prod)."""
    if "/" in text:
        return _path(text, inventory)
    word = ALIASES.get(text, text)
    for name in (text, word):
        things, spaces = inventory.named(name), namespaces(name, inventory)
        if things or spaces:
            return Named(name, things, spaces)
    return None


def namespaces(word: str, inventory: Inventory) -> tuple[str, ...]:
    """The namespaces that a word means: the one of this name, or those of the environment of this name."""
    if word in inventory.namespaces:
        return (word,)
    return inventory.environments.get(word, ())


def _path(text: str, inventory: Inventory) -> Named | None:
    *before, name = text.split("/")
    kinds = [kind for part in before for kind, words in KINDS.items() if part.partition(".")[0] in words]
    spaces = [ALIASES.get(part, part) for part in before if ALIASES.get(part, part) in inventory.namespaces]
    if len(kinds) + len(spaces) != len(before) or len(kinds) > 1 or len(spaces) > 1:
        return None
    found = tuple(thing for thing in inventory.named(name) if not kinds or thing.kind == kinds[0])
    found = tuple(thing for thing in found if not spaces or thing.namespace == spaces[0])
    return Named(name, found, within=spaces[0] if spaces else None) if found else None


def nearly(word: str, inventory: Inventory) -> Near:
    """The names that an unknown word may be meant for. A slip away: few letters differ, no digit, as many parts."""
    if not word.isascii() or len(word) > 64:
        return Near((), False)
    joined = word.replace(" ", "-")
    same = inventory.joined.get(letters(joined), ())
    if len(same) == 1:
        return Near(same, True)
    shortened = _shortened(joined, inventory)
    slips = _slips(joined, inventory.spoken)
    found = tuple(dict.fromkeys((*shortened, *slips)))
    if found:
        return Near(found[:_MOST_CANDIDATES], len(found) <= _MOST_CANDIDATES)
    similar = process.extract(joined, inventory.spoken, scorer=fuzz.ratio, limit=_MOST_CANDIDATES, score_cutoff=65.0)
    return Near(tuple(name for name, _, _ in similar), False)


def nearly_a_namespace(word: str, inventory: Inventory) -> str | None:
    """The one namespace or environment that a word is a slip away from."""
    known = [*inventory.namespaces, *inventory.environments]
    found = {name for name in known if _slip_away(word, name, shortest=6)}
    return found.pop() if len(found) == 1 else None


def _shortened(word: str, inventory: Inventory) -> tuple[str, ...]:
    """Names of which the word is a telling part (payment), or misses by a slip (paymnts)."""
    if word in _GENERIC or len(word) < 3:
        return ()
    exact = inventory.parts.get(word, ()) or inventory.parts.get(word.removesuffix("s"), ())
    if exact:
        return tuple(sorted(exact))
    parts = {part for said in (word, word.removesuffix("s")) for part in _slips(said, tuple(inventory.parts))}
    return tuple(sorted({name for part in parts - _GENERIC for name in inventory.parts[part]}))


def _slips(word: str, known: tuple[str, ...]) -> tuple[str, ...]:
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=2, limit=None)
    return tuple(name for name, _, _ in near if _slip_away(word, name, 5))


def _slip_away(word: str, name: str, shortest: int) -> bool:
    """At most one letter off in a short name, two in one of 8 letters or more; digits and parts are never off."""
    if min(len(word), len(name)) < shortest or word.count("-") != name.count("-"):
        return False
    if [letter for letter in word if letter.isdigit()] != [letter for letter in name if letter.isdigit()]:
        return False
    most = 2 if min(len(word), len(name)) >= 8 else 1
    return OSA.distance(word, name, score_cutoff=most) <= most
