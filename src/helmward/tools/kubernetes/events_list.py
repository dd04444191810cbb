"""`events_list`: what the cluster's components say happened, the newest first."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from pydantic import Field

from helmward.core.times import parse_duration, parse_time
from helmward.door.tool import NAME, Arguments, Page, Reading, ReadTool, Rule, tool
from helmward.tools.kubernetes.objects import Document, read_all
from helmward.tools.kubernetes.paging import limit_field, text_page
from helmward.tools.kubernetes.resources_get import OBJECT_NAME
from helmward.tools.kubernetes.showing import shown
from helmward.world.kinds import KINDS


class EventArguments(Arguments):
    """Which events."""

    namespace: str | None = Field(
        default=None, pattern=NAME, max_length=63, description="Only in this namespace; without it, in all."
    )
    kind: str | None = Field(
        default=None, pattern=r"^[A-Z][A-Za-z0-9]{0,62}$", description="Only about this kind, such as Pod."
    )
    name: str | None = Field(default=None, pattern=OBJECT_NAME, description="Only about the object of this name.")
    type: Literal["Normal", "Warning"] | None = Field(default=None, description="Only Normal, or only Warning.")
    since: str | None = Field(
        default=None, pattern=r"^[0-9wdhms]{2,20}$", description="Only from the last, such as 30m or 2h."
    )
    limit: int = limit_field()
    cursor: str | None = Field(default=None, pattern=r"^[0-9]{1,9}$", description="The cursor of the page before.")


@tool
class EventsList(ReadTool):
    """Lists events."""

    name = "events_list"
    title = "List events"
    description = "Lists the events of a namespace or of the cluster, the newest first."
    permission = "read"
    arguments = EventArguments
    rights = (Rule("", "events", ("list",)),)

    async def read(self, arguments: EventArguments, given: Reading) -> Page:
        """One page. Raises UsageError for a `since` that is no duration."""
        fields = {
            "involvedObject.kind": arguments.kind,
            "involvedObject.name": arguments.name,
            "type": arguments.type,
        }
        chosen = ",".join(f"{path}={value}" for path, value in fields.items() if value)
        found = await read_all(given.reader, KINDS["Event"], arguments.namespace or "", fields=chosen or None)
        if arguments.since:
            first = given.now - parse_duration(arguments.since)
            found = [event for event in found if (seen := parse_time(seen_at(event))) is None or seen >= first]
        found.sort(key=lambda event: (seen_at(event), event["metadata"]["name"]), reverse=True)
        return _page(found, arguments)


def seen_at(event: Document) -> str:
    """When an event was last seen: newer writers fill `series` or `eventTime` (events.k8s.io/v1)."""
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return next((str(time) for time in times if time), str(event.get("firstTimestamp") or ""))


def event_row(event: Document) -> dict[str, Any]:
    """What matters of an event."""
    about = event.get("involvedObject") or {}
    source = (event.get("source") or {}).get("component") or event.get("reportingComponent")
    count = (event.get("series") or {}).get("count") or event.get("count") or 1
    found = {
        "time": seen_at(event),
        "type": event.get("type"),
        "reason": event.get("reason"),
        "kind": about.get("kind"),
        "namespace": about.get("namespace"),
        "name": about.get("name"),
        "message": event.get("message"),
        "count": count,
        "source": source,
    }
    return shown({key: value for key, value in found.items() if value not in (None, "")})


def event_line(event: Document) -> str:
    """An event as one line of text."""
    row = event_row(event)
    times = f" (×{row['count']})" if row["count"] > 1 else ""
    return f"{row.get('time', '')} {row.get('type', '')} {row.get('reason', '')}: {row.get('message', '')}{times}"


def _page(found: list[Document], arguments: EventArguments) -> Page:
    """By number: the newest come first, and what comes meanwhile moves the rest back by as many."""
    start = int(arguments.cursor or 0)
    rows = [event_row(event) for event in found[start : start + arguments.limit]]
    fitting = text_page([_line(row) for row in rows], None)
    shown_rows = rows[: int(fitting.cursor)] if fitting.cursor else rows
    end = start + len(shown_rows)
    return Page(items=tuple(shown_rows), cursor=str(end) if end < len(found) else None)


def _line(row: dict[str, Any]) -> str:
    return msgspec.json.encode(row).decode()
