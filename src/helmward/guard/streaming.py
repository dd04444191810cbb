"""A text that comes in pieces, under the same guards and the same windows as a whole one. Held back is only what something
unfinished may still need; what is released has been judged for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from helmward.core.model import DataClass
from helmward.guard.actions import FAILED, TOO_SLOW, highest, strictest
from helmward.guard.contract import About, Action, Hit, Span
from helmward.guard.failing import told
from helmward.guard.looking import Look, TooSlow
from helmward.guard.matching.marks import mark
from helmward.guard.vault import Vault
from helmward.guard.windows import CONTEXT, LONGEST, windows

if TYPE_CHECKING:
    from helmward.guard.pipeline import Guards


class Released(NamedTuple):
    """Text that may go out, masked; and the rule that blocks ("" for none): then nothing more comes."""

    text: str
    blocked: str = ""


class TextStream:
    """One text in pieces. `spans` are offsets in the whole text."""

    def __init__(self, guards: Guards, about: About, look: Look, vault: Vault | None, least: DataClass) -> None:
        self._guards, self._about, self._look, self._vault, self._least = guards, about, look, vault, least
        self._text = ""
        self._base = 0  # offset of self._text in the whole
        self._piece = 0  # where the piece begins that is under way; what follows are offsets in self._text
        self._at = 0  # up to here everything is judged
        self._out = 0  # up to here everything is released or masked
        self._seen = 0  # up to here it is known that the text may not be cut
        self._covered: list[int] | None = None
        self.spans: list[Hit] = []
        self.verdict: Action = "allow"
        self.data_class: DataClass = least
        self.blocked = ""

    @property
    def judged(self) -> int:
        """Up to which character of the whole text everything is judged for good."""
        return self._base + self._at

    def feed(self, chunk: str) -> Released:
        """More of the text. Never raises: what fails blocks."""
        return self._guarded(chunk, closed=False)

    def end(self) -> Released:
        """The text is over: what was held back."""
        return self._guarded("", closed=True)

    def _guarded(self, chunk: str, closed: bool) -> Released:
        if self.blocked:
            return Released("", self.blocked)
        self._text += chunk
        try:
            self._look.renew()
            return self._judged(self._advance(closed))
        except TooSlow:
            return self._stopped(TOO_SLOW)
        except Exception as error:  # noqa: BLE001 - a guard fails closed: whatever went wrong, nothing more passes
            told(error)
            return self._stopped(FAILED)

    def _advance(self, closed: bool) -> list[Span]:
        """Judge what is sure by now; `self._at` says how far."""
        look, text = self._look, self._text
        cut = len(text) if closed else look.cutter.last(text, self._piece, after=self._seen)
        known, self._seen = self._seen, len(text)
        found: list[Span] = []
        if cut > self._piece:
            start = self._piece
            if self._covered is not None:  # of this piece some windows are judged already
                start = look.cutter.first(text, self._piece, known + 1, cut)
                found += self._windows(start, closed=True)
            found += look.pieces(text, start, cut)
            self._piece = self._at = cut
            self._covered = None
        if len(text) - self._at > LONGEST:
            found += self._windows(len(text), closed=False)
        return found

    def _windows(self, end: int, closed: bool) -> Iterable[Span]:
        found = []
        for window in windows(self._at, end, closed):
            lists = self._look.window(self._text, self._piece, *window)
            self._covered = self._covered or [self._piece] * len(lists)
            for number, spans in enumerate(lists):
                for span in spans:
                    if span.end > self._covered[number]:
                        found.append(span._replace(start=max(span.start, self._covered[number])))
                        self._covered[number] = span.end
            self._at = window.until
        return found

    def _judged(self, found: list[Span]) -> Released:
        verdict = self._guards.judged("", found, self._about.role, None, self._least)
        self._note(verdict.spans, verdict.data_class)
        if verdict.verdict == "block":
            return self._stopped(next(hit.rule for hit in verdict.spans if hit.action == "block"), noted=True)
        pieces: list[str] = []
        for hit in verdict.spans:
            if hit.action == "mask" and hit.end > self._out:
                start = max(self._out, hit.start)
                covered = self._text[start : hit.end]
                pieces += (self._text[self._out : start], self._masked(hit.rule, covered))
                self._out = hit.end
        pieces.append(self._text[self._out : self._at])
        self._out = max(self._out, self._at)
        self._forget()
        return Released("".join(pieces))

    def _masked(self, rule: str, text: str) -> str:
        return self._vault.mask(rule, text) if self._vault else mark(rule)

    def _note(self, hits: Iterable[Hit], data_class: DataClass) -> None:
        self.spans += [hit._replace(start=hit.start + self._base, end=hit.end + self._base) for hit in hits]
        self.verdict = strictest((self.verdict, *(hit.action for hit in hits)))
        self.data_class = highest(self.data_class, data_class)

    def _stopped(self, rule: str, noted: bool = False) -> Released:
        if not noted:
            whole = Hit(rule, self._base, self._base + len(self._text), 1.0, "block")
            self.spans.append(whole)
        self.verdict, self.blocked = "block", rule
        return Released("", rule)

    def _forget(self) -> None:
        """Keep what the judgement of more may look at."""
        keep = max(self._piece, min(self._at - CONTEXT, len(self._text) - LONGEST, self._out))
        if keep > 0:
            self._text = self._text[keep:]
            self._base += keep
            self._piece, self._at, self._out, self._seen = (
                value - keep for value in (self._piece, self._at, self._out, self._seen)
            )
            if self._covered is not None:
                self._covered = [value - keep for value in self._covered]
