"""Rows of the table: what proves itself where it stands alone, and what a word before it must name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from helmward.guard.matching.kinds import Confirm, Found, Kind
from helmward.guard.matching.prefixes import unfinished

# What may stand between the words that name a value and the value: `SSN (no.): "…`, `ssn=…`, `주민등록번호는 …`.
_GLUE = (
    r"(?:[ _\-]?(?:#|(?i:numbers?|num|no|nr|code|id)\b))?\.?(?:번호)?(?:[ ]?(?:은|는|이|가|を|は|：))?"
    r"[\"'`*\\)\]]{0,4}\s{0,2}(?:[:=#>\-]|=>|(?i:is|was|are|ist|est|es|är|è|at|on)\b)?[\s\"'`*\\(\[]{0,4}"
)
# And a word or three more, where the value itself proves what it is: `PESEL to …`, `Aadhaar card no. …`, `CPF nº …`.
_LOOSE = rf"(?:[ _\-]?[A-Za-z\x80-\xff.#]{{1,14}}){{0,3}}?{_GLUE}"
_JOINED = "._-/+@#"
_GOES_ON = re.compile(r" [0-9a-f]{2}\b(?!:)")
_DIGITS = frozenset("0123456789")
_WORDS = frozenset("0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def alone(name: str, pattern: str, check: Confirm, joined: str = _JOINED, then: str = "") -> Kind:
    """A kind that proves itself, where it is no part of something longer: no letter or digit stands beside it, also not
    behind one of the characters `joined`; nor one of the same size behind a space, where `then` makes a stream wait for it."""

    def locate(text: str, match: Any) -> Iterator[Found]:
        start, end = match.span(min(1, match.re.groups))
        if then and _GOES_ON.match(text, end):
            return
        if stands_alone(text, start, end, joined) and (sure := check(text[start:end])) > 0:
            yield Found(start, end, name, sure)

    return Kind(name, pattern, locate=locate, then=then)


def named(name: str, words: str, value: str, check: Confirm, loose: bool = False) -> Kind:
    """A kind that counts only behind one of the `words` (parted by `|`; a space stands for a space, `_`, `-` or nothing);
    `loose`, where `check` proves it, lets a few words stand between."""
    return Kind(name, f"{context(words)}{_LOOSE if loose else _GLUE}({value})", locate=_ended(name, check))


def openings(kinds: Iterable[Kind]) -> tuple[str, ...]:
    """RE2 of what is unfinished of these kinds. Named ones go together, any of their words before any of their values: that
    holds back little more, and compiles in a tenth of the time."""
    together: dict[str, list[tuple[str, str]]] = {_LOOSE: [], _GLUE: []}
    patterns: list[tuple[str, str]] = []
    for kind in kinds:
        glue = next((one for one in together if one in kind.pattern), None)
        if glue is None:
            patterns.append((f"(?:{kind.before})?{kind.pattern}" if kind.before else kind.pattern, kind.then))
        else:
            words, _, value = kind.pattern.partition(glue)
            together[glue].append((words, value))
    for glue, parts in together.items():
        if parts:
            words, values = ("|".join(dict.fromkeys(column)) for column in zip(*parts, strict=True))
            patterns.append((f"(?:{words}){glue}(?:{values})", ""))
    found = (unfinished(*pattern) for pattern in dict.fromkeys(patterns))
    return tuple(pattern for pattern in found if pattern is not None)


def context(words: str) -> str:
    """RE2 for one of the words: where a word begins, in camelCase too."""
    every = words.split("|")
    latin = [word.replace(" ", r"[ _\-]?") for word in every if word[0].isascii()]
    others = [word.replace(" ", " ?") for word in every if not word[0].isascii()]
    camel = [part[0].upper() + part[1:] for part in latin if part[0].islower()]
    found = [rf"(?i:(?:\b|_)(?:{'|'.join(latin)}))"] if latin else []
    found += [rf"[a-z](?:{'|'.join(camel)})"] if camel else []
    return f"(?:{'|'.join([*found, *others])})"


def stands_alone(text: str, start: int, end: int, joined: str = _JOINED) -> bool:
    """Whether [start, end) is no part of a longer word, number, address or name."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before and (before[-1] in _WORDS or before[-1] in joined or (before[-1] == ":" and before[0] in _DIGITS)):
        return False
    return not after or not (after[0] in _WORDS or (after[0] in joined and after[1:] in _WORDS and len(after) == 2))


def _ended(name: str, check: Confirm) -> Callable[[str, Any], Iterator[Found]]:
    def locate(text: str, match: Any) -> Iterator[Found]:
        start, end = match.span(1)
        after = text[end : end + 1]
        if not (after and after in _WORDS) and (sure := check(text[start:end])) > 0:
            yield Found(start, end, name, sure)

    return locate
