"""Which incidents are asked for: by state, namespace and words, a page of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from helmward.house import present_changes
from helmward.house.present_changes import UnderWay
from helmward.world.book import Tracked

_BEHIND = {"suppressed": 1, "resolved": 2}


class Search(NamedTuple):
    """`state` as the API names it (`live`, `all`, `open`, `acting`, …); `text` must be part of what names an incident (""
    for any); `limit` rows (None: all) after the first `offset`."""

    state: str = "live"
    namespace: str | None = None
    text: str = ""
    limit: int | None = None
    offset: int = 0

    @property
    def kept(self) -> str:
        """The state of the book to look in: it does not know of what is being done."""
        return "live" if self.state in ("open", "acting") else self.state

    def among(self, known: Iterable[Tracked], now: UnderWay, sees: Callable[[str], bool]) -> list[Tracked]:
        """Those of the kept state that are asked for, of namespaces that `sees` holds: those that count now first,
        whether or not something is being done, then the suppressed, then the resolved; each in the order in which they are
        known (the book's: the worst first)."""
        found = [entry for entry in known if sees(entry.incident.resource.namespace)]
        if self.state != self.kept:
            found = [entry for entry in found if present_changes.state(entry.id, entry.state, now) == self.state]
        found.sort(key=lambda entry: _BEHIND.get(present_changes.state(entry.id, entry.state, now), 0))
        text = " ".join(self.text.split()).casefold()
        return [entry for entry in found if text in _words(entry)] if text else found

    def page(self, found: Sequence[Tracked]) -> Sequence[Tracked]:
        """The page of all that were found."""
        return found[self.offset :][: self.limit]


def _words(entry: Tracked) -> str:
    """What people look for an incident by, a line each."""
    incident = entry.incident
    words = [incident.title, entry.id, incident.resource.namespace, incident.resource.name]
    for found in entry.findings:
        words += (found.code, found.slug, found.resource.name)
        if found.owner is not None:
            words.append(found.owner.name)
    return "\n".join(words).casefold()
