"""A model's answer held against its evidence: a statement stays where it cites what was seen, and says nothing else.

This catches cheap lies: names, numbers and verdicts that do not stand in what is cited; approvals, acts and commands that are
not Helmward's own. It does not understand: a sentence of plain words can be wrong about what it cites, or turn it around with
a "not"; small numbers written as words are not checked. So the evidence is shown beside each sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from helmward.ask.loop import words
from helmward.ask.loop.answers import LeftOut, Rule, Sentence
from helmward.ask.loop.evidence import Piece
from helmward.core.nouns import Evidence
from helmward.core.text import one_line

_CITES = re.compile(r"\[\s*(e\d{1,5}(?:\s*[,;]\s*e\d{1,5})*)\s*\]")
_ONE = re.compile(r"e\d{1,5}")
_AFTER_STOP = re.compile(r"([.!?。])((?:\s*\[\s*e\d{1,5}(?:\s*[,;]\s*e\d{1,5})*\s*\])+)")
_END = re.compile(r"(?<=[.!?。])(?<!e\.g\.)(?<!i\.e\.)\s+")
_BULLET = re.compile(r"^\s*(?:[-*•#>]+|\d{1,2}[.)])\s+")
_SPACE = re.compile(r"\s+([.,;:!?。])")
_MOST = 40  # sentences
_LOOKED_AT = 200
_LONGEST = 600  # characters of one


class Held(NamedTuple):
    """What is left of an answer."""

    sentences: tuple[Sentence, ...]
    evidence: tuple[Evidence, ...]
    left_out: tuple[LeftOut, ...]


def held(text: str, pieces: Mapping[str, Piece]) -> Held:
    """The sentences of `text` that stand, with what they cite, and how many do not, by rule."""
    kept: list[Sentence] = []
    left: Counter[Rule] = Counter()
    for number, raw in enumerate(_sentences(text)):
        rule = fault(raw, pieces) if number < _LOOKED_AT else "too-long"
        if rule is None and len(kept) < _MOST:
            kept.append(Sentence(text=_plain(raw), cites=_cites(raw)))
        else:
            left[rule or "too-long"] += 1
    cited = dict.fromkeys(cite for sentence in kept for cite in sentence.cites)
    evidence = tuple(pieces[cite].evidence for cite in cited)
    return Held(tuple(kept), evidence, tuple(LeftOut(rule=rule, count=count) for rule, count in left.items()))


def fault(raw: str, pieces: Mapping[str, Piece]) -> Rule | None:
    """Why a sentence does not stand (None: it does)."""
    said = _CITES.sub(" ", raw)
    if (rule := _form(said)) is not None:
        return rule
    cites = _cites(raw)
    if not cites:
        return "acting" if words.ACTING.search(said) else "approval" if words.APPROVALS.search(said) else "uncited"
    if any(cite not in pieces for cite in cites):
        return "unknown-evidence"
    return _substance(said, [pieces[cite] for cite in cites])


def _form(said: str) -> Rule | None:
    if words.disguised(said):
        return "disguised"
    if words.call_in_text(said):
        return "call-in-text"
    return "link" if words.markup(said) else None


def _substance(said: str, cited: list[Piece]) -> Rule | None:
    if words.ACTING.search(said):
        return "acting"
    ours = " ".join(piece.evidence.excerpt for piece in cited if piece.ours)
    if words.APPROVALS.search(said) and not words.nothing_but(said, ours):
        return "approval"
    if not words.commands_stand(said, ours):
        return "command"
    excerpts = " ".join(piece.evidence.excerpt for piece in cited)
    known = words.words_of(" ".join([excerpts, *(piece.evidence.ref for piece in cited)]))
    shown = words.settles(said, excerpts) and all(words.stands(word, known) for word in words.telling(said))
    return None if shown else "not-in-evidence"


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        whole = _AFTER_STOP.sub(r"\2\1", _BULLET.sub("", line))
        yield from (part[:_LONGEST] for part in _END.split(whole) if _CITES.sub("", part).strip(" .*_`#-|:"))


def _cites(raw: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for group in _CITES.findall(raw) for one in _ONE.findall(group)))


def _plain(raw: str) -> str:
    said = re.sub(r"[*`]|(?<!\w)_|_(?!\w)", "", _CITES.sub("", raw))
    return one_line(_SPACE.sub(r"\1", said), _LONGEST)
