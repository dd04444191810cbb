"""When printed text was collected: an object's creation plus the age that a table gives it, at the earliest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from helmward.core.times import parse_time
from helmward.watch.files.drafts import Draft, Rank, Ref, inner

_PRINTED = (Rank.WIDE, Rank.TABLE)


def collected_at(drafts: Iterable[Draft], now: datetime) -> datetime:
    """The latest such time, or `now`, from which the ages among `drafts` were counted back, if none is later.

    Ages are rounded down, so what is found is never later than the collection was.
    """
    every = list(drafts)
    created = {draft.ref: moment for draft in every if draft.rank in _PRINTED and (moment := _creation(draft))}
    later = (moment + (now - created[draft.ref]) for draft, moment in _told(every, created))
    return max(later, default=now) if created else now


def _told(drafts: list[Draft], created: dict[Ref, datetime]) -> list[tuple[Draft, datetime]]:
    """The objects with an age whose creation another source tells exactly."""
    exact = (draft for draft in drafts if draft.rank <= Rank.DESCRIBED and draft.ref in created)
    return [(draft, moment) for draft in exact if (moment := _creation(draft))]


def _creation(draft: Draft) -> datetime | None:
    text = inner(draft.decoded(), "metadata").get("creationTimestamp")
    return parse_time(text) if isinstance(text, str) else None
