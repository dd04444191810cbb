"""Looks for instructions in a text as it is, and in what its disguises and encodings hide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from helmward.guard.contract import LONGEST_SPAN, Role, Span
from helmward.guard.injection.blobs import blobs
from helmward.guard.injection.context import is_talk
from helmward.guard.injection.folding import fold, latin
from helmward.guard.injection.hidden import hidden
from helmward.guard.injection.inline import DISGUISES, TAGS, plain_of_tags
from helmward.guard.injection.matcher import Match, Matcher
from helmward.guard.injection.phrases import HIDDEN, PHRASES, SQUASHED
from helmward.guard.injection.rules import SUSPECTED, rule_of
from helmward.guard.injection.signs import signs
from helmward.guard.injection.views import View

_DEEPEST = 3
_MOST_DECODED = 512 * 1024
"""Characters that are decoded for one text, all levels together."""

_LEAST_HIDDEN = 4
"""Tag characters; a few may be left over from a flag."""

_SURE, _DOUBTFUL = 0.9, 0.5


class Find(NamedTuple):
    """What is found, before it has a rule's name."""

    start: int
    end: int
    kind: str


def search(text: str, role: Role) -> list[Span]:
    """What is found, in order, by character offsets of `text`. Raises ScanError."""
    found = _Search(role).finds(text, 0)
    spans = [span for find in found for span in _spans(text, find, role)]
    return sorted(_apart(spans), key=lambda span: (span.start, span.end, span.rule))


class _Search:
    """One text's search; `left` is what may still be decoded."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._left = _MOST_DECODED

    def finds(self, text: str, depth: int) -> list[Find]:
        known = signs(text)
        found = list(self._seen(text, known))
        found += self._disguised(text, known)
        if depth < _DEEPEST:
            found += self._encoded(text, known, depth)
        return found

    def _seen(self, text: str, known: Collection[str]) -> Iterator[Find]:
        """In a text as it is, and with letters of other scripts read as the Latin ones they look like."""
        folded = fold(text)
        yield from self._phrases(folded)
        if "lookalike" in known and (read := latin(folded)) != folded:
            yield from self._phrases(read)

    def _phrases(self, folded: str) -> Iterator[Find]:
        found = [match for match in _phrases().find(folded) if self._counts(match, folded)]
        unseen = list(hidden(folded)) if self._role == "tool" or found else []
        for start, end in unseen:
            inside = any(match.start < end and start < match.end for match in found)
            if inside or (self._role == "tool" and _hidden().find(folded[start:end])):
                yield Find(start, end, "hidden-text")
        for match in found:
            if not any(match.start < end and start < match.end for start, end in unseen):
                yield Find(match.start, match.end, match.phrase.kind if match.phrase.sure else SUSPECTED)

    def _counts(self, match: Match, folded: str) -> bool:
        if self._role not in match.phrase.roles:
            return False
        return not is_talk(folded, match.start, match.end, match.phrase.asked, data=self._role == "tool")

    def _disguised(self, text: str, known: Collection[str]) -> Iterator[Find]:
        """With one disguise after the other undone."""
        for disguise in DISGUISES:
            edits = list(disguise.undo(text)) if disguise.sign in known else []
            if not edits:
                continue
            view = View(text, edits)
            found = list(self._seen(view.text, known))
            if disguise.sign == "spaced":
                found += [Find(start, end, phrase.kind) for phrase, start, end in _squashed().find(fold(view.text))]
            yield from (Find(*view.origin(find.start, find.end), find.kind) for find in found)
        for match in TAGS.finditer(text) if "invisible" in known else ():
            if len(plain_of_tags(match.group()).strip()) >= _LEAST_HIDDEN:
                yield Find(*match.span(), "hidden-text")

    def _encoded(self, text: str, known: Collection[str], depth: int) -> Iterator[Find]:
        for blob in blobs(text, known):
            self._left -= len(blob.text)
            if self._left < 0:
                yield Find(blob.start, blob.end, SUSPECTED)  # there is more than can be looked at
                return
            if self.finds(blob.text, depth + 1):
                yield Find(blob.start, blob.end, "encoded-instruction")


def _spans(text: str, find: Find, role: Role) -> Iterator[Span]:
    """A find by its rule's name; one that is longer than a span may be comes in parts."""
    sure = find.kind != SUSPECTED
    end = _sentence_end(text, find.end) if role == "tool" and sure else find.end
    begin = find.start + len(text[find.start : end]) - len(text[find.start : end].lstrip())
    for start in range(begin, end, LONGEST_SPAN):
        yield Span(rule_of(find.kind, role), start, min(end, start + LONGEST_SPAN), _SURE if sure else _DOUBTFUL)


def _sentence_end(text: str, at: int) -> int:
    """Where what was begun ends: with its sentence, its line, or the markup around it."""
    stops = [found for stop in ("\n", "<", '"', ". ", "-->") if (found := text.find(stop, at, at + 600)) >= 0]
    return min(stops, default=min(len(text), at + 600))


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    """Without what lies in another of the same rule; two that touch become one."""
    last: dict[str, Span] = {}
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        before = last.get(span.rule)
        if before is not None and span.start <= before.end and max(span.end, before.end) - before.start <= LONGEST_SPAN:
            last[span.rule] = before._replace(end=max(span.end, before.end))
            continue
        if before is not None:
            yield before
        last[span.rule] = span
    yield from last.values()


@cache
def _phrases() -> Matcher:
    return Matcher(PHRASES)


@cache
def _hidden() -> Matcher:
    return Matcher(HIDDEN)


@cache
def _squashed() -> Matcher:
    return Matcher(SQUASHED)
