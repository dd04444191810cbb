"""All guards together: what they say of a text, whole or streamed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helmward.core.errors import UsageError
from helmward.core.model import DataClass
from helmward.core.settings_guard import GuardSettings
from helmward.guard.actions import FAILED, TOO_SLOW, Actions, highest, strictest
from helmward.guard.contract import ROLES, About, Guard, Hit, Role, Span, Verdict
from helmward.guard.failing import told
from helmward.guard.looking import Look, Standing, TooSlow
from helmward.guard.matching.marks import mark
from helmward.guard.streaming import TextStream
from helmward.guard.vault import Vault


class Guards:
    """The guards of the house, in their declared order. Raises UsageError where the settings name what is not there.

    `check` never raises: what fails blocks."""

    def __init__(self, guards: Iterable[Guard], settings: GuardSettings | None = None) -> None:
        settings = settings or GuardSettings()
        known = sorted(guards, key=lambda one: (one.order, one.name))
        for name in settings.disabled:
            if name not in {one.name for one in known}:
                raise UsageError(
                    f"guard.disabled: there is no guard '{name}'; there are {', '.join(one.name for one in known)}."
                )
        self.all: tuple[Guard, ...] = tuple(one for one in known if one.name not in settings.disabled)
        self._standing = {role: Standing.of(self.all, role) for role in ROLES}
        self.actions = Actions(known, settings.rules)
        self._seconds = settings.seconds

    def warm(self) -> None:
        """Compile every table now, which takes about a second of CPU; else the first text waits for it."""
        for role in ROLES:
            self.check("ready", About(role))
            self.look(About(role)).cutter.last("ready ", 0)

    def check(self, text: str, about: About, vault: Vault | None = None, least: DataClass = "public") -> Verdict:
        """What the guards say of a whole text. `vault`: what is masked can be restored from it; `least`: the class that the
        text has anyhow."""
        try:
            spans = self.look(about).whole(text)
        except TooSlow:
            return failed(TOO_SLOW, text)
        except Exception as error:  # noqa: BLE001 - a guard fails closed: whatever went wrong, the text does not pass
            told(error)
            return failed(FAILED, text)
        return self.judged(text, spans, about.role, vault, least)

    def stream(self, about: About, vault: Vault | None = None, least: DataClass = "public") -> TextStream:
        """A text that comes in pieces; verdict, spans and masked text are those of `check` on the whole."""
        return TextStream(self, about, self.look(about), vault, least)

    def look(self, about: About) -> Look:
        """The guards that stand on texts of this role."""
        return Look(self._standing[about.role], about, self._seconds)

    def judged(
        self, text: str, spans: Sequence[Span], role: Role, vault: Vault | None, least: DataClass = "public"
    ) -> Verdict:
        """The verdict on a text in which these were found."""
        if not spans:
            return Verdict("allow", least, least, (), text)
        data_class = self.actions.data_class({span.rule for span in spans}, least)
        hits = self.ordered(self.actions.hits(spans, role, least))
        leaving = {hit.rule for hit in hits if hit.action != "mask"}
        return Verdict(
            verdict=strictest(hit.action for hit in hits),
            data_class=data_class,
            leaves=highest(least, self.actions.data_class(leaving, least)),
            spans=tuple(hits),
            masked=masked(text, hits, vault),
        )

    def ordered(self, hits: Iterable[Hit]) -> list[Hit]:
        """In the text's order; where two begin together, that of the guard with the smaller order first."""
        rank = {one.name: number for number, one in enumerate(self.all)}
        return sorted(hits, key=lambda hit: (hit.start, rank.get(hit.guard, -1), hit.end, hit.rule))


def masked(text: str, hits: Sequence[Hit], vault: Vault | None) -> str:
    """`text` with a mark in place of each find that is to be masked."""
    pieces: list[str] = []
    at = 0
    for hit in hits:
        if hit.action == "mask" and hit.end > at:
            start = max(at, hit.start)
            covered = text[start : hit.end]
            pieces += (text[at:start], vault.mask(hit.rule, covered) if vault else mark(hit.rule))
            at = hit.end
    return "".join((*pieces, text[at:])) if pieces else text


def failed(rule: str, text: str) -> Verdict:
    """The verdict where there is none: nothing of the text passes."""
    hit = Hit(rule, 0, len(text), 1.0, "block")
    return Verdict("block", "restricted", "restricted", (hit,), mark(rule))
