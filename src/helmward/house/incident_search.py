"""Which incidents are asked for: by state, namespace and words, a page of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from helmward.world.book import Tracked


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

    def takes(self, entry: Tracked, state: str) -> bool:
        """Whether an incident, now in this state, is one that is asked for."""
        if self.state not in (self.kept, state):
            return False
        text = self.text.strip().casefold()
        return not text or any(text in word.casefold() for word in _words(entry))

    def page(self, found: Sequence[Tracked]) -> Sequence[Tracked]:
        """The page of all that were found."""
        return found[self.offset :][: self.limit]


def _words(entry: Tracked) -> Iterator[str]:
    """What people look for an incident by."""
    incident = entry.incident
    yield from (incident.title, entry.id, incident.resource.namespace, incident.resource.name)
    if incident.owner is not None:
        yield incident.owner.name
    for found in entry.findings:
        yield from (found.code, found.slug, found.resource.name, found.resource.namespace)
        if found.owner is not None:
            yield found.owner.name
