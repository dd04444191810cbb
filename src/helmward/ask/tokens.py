"""From words to the terminals of the grammar: names of the inventory, phrases of the lexicon, numbers, and what is neither."""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple

from helmward.ask.hangul import known, said
from helmward.ask.inventory import Inventory
from helmward.ask.names import Named, exactly, namespaces, nearly, nearly_a_namespace
from helmward.ask.phrases import misspelt, phrases
from helmward.ask.tags import JOINTS
from helmward.ask.words import Word

_LONGEST_PHRASE = 6
_LONGEST_NAME = 5
_MOST_GUESSED = 12
"""Unknown words of a text in which misspelt names are looked for; one with more is no question about anything here."""


_BINDING = frozenset((*JOINTS, "AND", "NOT", "IF", "NO", "ALL", "ASK", "TIME"))


class Token(NamedTuple):
    """A terminal: `tag`, the words it stands for, and its value (a Named, a number, a kind, …)."""

    tag: str
    text: str
    value: object = None


def tokens_of(words: list[Word], inventory: Inventory) -> list[Token]:
    """The terminals, in order. A name of several words goes before a phrase, a phrase before a name of one word, unless that
    looks like nothing but a name (`user-service`)."""
    found: list[Token] = []
    position = 0
    while position < len(words):
        tokens, used = _next(words, position, inventory)
        found += tokens
        position += used
    if sum(token.tag == "UNKNOWN" for token in found) > _MOST_GUESSED:
        return [_sorted(token) for token in found]
    found = _paired(found, inventory)
    return [_sorted(_guessed(token, found[:number], inventory)) for number, token in enumerate(found)]


def _paired(tokens: list[Token], inventory: Inventory) -> list[Token]:
    """Two unknown words that are one name with a slip: user servic."""
    paired: list[Token] = []
    for token in tokens:
        before = paired[-1] if paired else None
        if before is not None and before.tag == token.tag == "UNKNOWN" and token.text[:1].isalnum():
            text = f"{before.text} {token.text}"
            found = nearly(text, inventory)
            if found.sure:
                paired[-1] = Token(
                    "NAME", text, Named(found.names[0], inventory.by_name[found.names[0]], (), near=True)
                )
                continue
        paired.append(token)
    return paired


def _guessed(token: Token, before: list[Token], inventory: Inventory) -> Token:
    """A word that is not known may be a name with a slip; where a place should stand, a place."""
    if token.tag != "UNKNOWN" or not token.text[:1].isalnum():
        return token
    found = nearly(str(token.value or token.text), inventory)
    placed = (before and before[-1].tag == "IN") or not found.close
    if placed and (place := nearly_a_namespace(token.text, inventory)) is not None:
        return Token("NAME", token.text, Named(place, (), namespaces(place, inventory), near=True))
    if found.sure:
        name = found.names[0]
        return Token("NAME", token.text, Named(name, inventory.by_name[name], (), near=True))
    return token._replace(value=found if found.names else token.text)


def _sorted(token: Token) -> Token:
    """A name of objects, of a namespace, or of either."""
    if not isinstance(token.value, Named):
        return token
    named = token.value
    return token._replace(tag="NAME" if not named.namespaces else "EITHER" if named.things else "PLACE")


def _next(words: list[Word], position: int, inventory: Inventory) -> tuple[list[Token], int]:
    word = words[position]
    if word.sort in ("data", "id", "range", "odd", "number"):
        return [_plain(word, inventory)], 1
    if (name := _name(words, position, inventory, shortest=2)) is not None:
        return name
    if not _only_a_name(word) and (phrase := _phrase(words, position)) is not None:
        return phrase
    if (name := _name(words, position, inventory, shortest=1)) is not None:
        return name
    if word.sort == "hangul":
        return _hangul(words, position)
    return [Token(*(misspelt(word.text) or (_MARKS.get(word.text, "UNKNOWN"), word.text)))], 1


_MARKS = {
    "?": "QMARK",
    ",": "FILLER",
    ".": "FILLER",
    "!": "FILLER",
    ":": "FILLER",
    "~": "FILLER",
    "…": "FILLER",
    "^": "FILLER",
}


def _plain(word: Word, inventory: Inventory) -> Token:
    if word.sort == "data":
        # What is quoted may be a name, and is nothing but data otherwise.
        named = exactly(word.text, inventory)
        return Token("NAME", word.text, named) if named else Token("DATA", word.text)
    if word.sort == "number":
        return Token("NUMBER", word.text, word.number)
    return Token(word.sort.upper(), word.text, word.text)


def _only_a_name(word: Word) -> bool:
    return any(character in "-/" for character in word.text.strip("-")) and word.text not in phrases()


def _name(words: list[Word], position: int, inventory: Inventory, shortest: int) -> tuple[list[Token], int] | None:
    """The longest run of words that is a name as it stands, or joined as names are: payment service → payment-service."""
    run = _run(words, position)
    for length in range(min(len(run), _LONGEST_NAME), shortest - 1, -1):
        text = " ".join(run[:length])
        named = exactly(text, inventory) if length == 1 else exactly("-".join(run[:length]), inventory)
        if named is not None:
            last = words[position + length - 1]
            joined = last.sort == "hangul" and any(one.tag == "AND" for one in said(last.text))
            return [Token("NAME", text, named), *([Token("AND", last.text)] if joined else [])], length
    return None


def _run(words: list[Word], position: int) -> list[str]:
    """The words from here that a name may be made of, Korean ones in English."""
    run: list[str] = []
    for word in words[position : position + _LONGEST_NAME]:
        if word.sort == "hangul":
            first = said(word.text)[0]
            if first.tag != "WORD":
                break
            run.append(str(first.value))
        elif word.sort == "word" and not _binds(word):
            run.append(word.text)
        else:
            break
    return run


def _binds(word: Word) -> bool:
    """Words that join others are no part of a spoken name: what is in production is not `…-in-production`."""
    return phrases().get(word.text, ("", ""))[0] in _BINDING


def _phrase(words: list[Word], position: int) -> tuple[list[Token], int] | None:
    near = [word.text for word in takewhile(_is_said, words[position : position + _LONGEST_PHRASE])]
    for length in range(len(near), 0, -1):
        text = " ".join(near[:length])
        if (found := phrases().get(text)) is not None:
            return [Token(found[0], text, found[1])], length
    return None


def _is_said(word: Word) -> bool:
    """No phrase goes on behind a quote."""
    return word.sort != "data"


def _hangul(words: list[Word], position: int) -> tuple[list[Token], int]:
    """One Korean word, or what is mostly written apart and says one thing (뭐 했어)."""
    for length in (4, 3, 2):
        near = words[position : position + length]
        joined = "".join(word.text for word in near)
        if len(near) == length and all(word.sort == "hangul" for word in near) and known(joined):
            return _korean(joined), length
    return _korean(words[position].text), 1


def _korean(text: str) -> list[Token]:
    """Names that nothing here has are words that are not known; a service is one of many."""
    return [
        Token("FILLER" if one.value == "service" else "UNKNOWN", text, one.value)
        if one.tag == "WORD"
        else Token(one.tag, text, one.value)
        for one in said(text)
    ]
