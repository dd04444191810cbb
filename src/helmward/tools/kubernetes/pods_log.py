"""`pods_log`: what a container wrote, masked."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from pydantic import Field

from helmward.core.errors import UsageError
from helmward.core.times import format_time, parse_duration, parse_time
from helmward.door.tool import NAME, Namespaced, Page, Reading, ReadTool, Rule, tool
from helmward.tools.kubernetes.objects import find
from helmward.tools.kubernetes.paging import fitting_lines
from helmward.tools.kubernetes.showing import masked_lines
from helmward.world.kinds import KINDS

_READ_BYTES = 1 << 20
_LONGEST_LINE = 4096
_CURSOR = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,18}Z\+[0-9]{1,6}$"


class LogArguments(Namespaced):
    """Which container's log."""

    name: str = Field(pattern=NAME, max_length=253, description="The pod's name.")
    container: str | None = Field(
        default=None, pattern=NAME, max_length=63, description="The container; needed where the pod has several."
    )
    previous: bool = Field(default=False, description="The log of its run before, which ended.")
    tail_lines: int = Field(default=200, ge=1, le=5000, description="At most so many of the last lines.")
    since: str | None = Field(
        default=None, pattern=r"^[0-9wdhms]{2,20}$", description="Only the lines of the last, such as 10m or 2h."
    )
    cursor: str | None = Field(default=None, pattern=_CURSOR, description="The cursor of the page before.")


class _Line(NamedTuple):
    time: str
    text: str


@tool
class PodsLog(ReadTool):
    """Reads a log."""

    name = "pods_log"
    title = "Read a container's log"
    description = "Reads the last lines that a container of a pod wrote, or its run before; secrets are masked."
    permission = "read"
    arguments = LogArguments
    rights = (Rule("", "pods", ("list",)), Rule("", "pods/log", ("get",)))

    async def read(self, arguments: LogArguments, given: Reading) -> Page:
        """One page, the oldest line first; the cursor is the time of its last line, and how many lines had that."""
        container = arguments.container or await self._only(arguments, given)
        place, _, seen = (arguments.cursor or "").rpartition("+")
        text = await given.reader.log(
            arguments.namespace,
            arguments.name,
            container,
            previous=arguments.previous,
            tail_lines=None if place else arguments.tail_lines,
            limit_bytes=_READ_BYTES,
            since_time=place or _since(arguments, given),
            timestamps=True,
        )
        more = len(text.encode()) >= _READ_BYTES
        lines = _after(_lines(text, whole=not more), place, int(seen or 0))
        taken = fitting_lines([line.text for line in lines])
        more = more or len(taken) < len(lines)
        return Page(text="\n".join(taken), cursor=_cursor(lines[: len(taken)], place, int(seen or 0)) if more else None)

    async def _only(self, arguments: LogArguments, given: Reading) -> str:
        pod = await find(given.reader, KINDS["Pod"], arguments.namespace, arguments.name)
        names = [container["name"] for container in pod["spec"]["containers"]]
        if len(names) > 1:
            raise UsageError(f"container: {arguments.name} has several; name one of {', '.join(names)}.")
        return str(names[0])


def _since(arguments: LogArguments, given: Reading) -> str | None:
    if arguments.since is None:
        return None
    lasts: timedelta = parse_duration(arguments.since)
    return format_time((given.now - lasts).replace(microsecond=0))


def _lines(text: str, whole: bool) -> list[_Line]:
    """Each line's time and masked words. The last of a text that was cut off is left for the next page."""
    raw = text.splitlines()
    raw = raw if whole else raw[:-1]
    stamped = [line.partition(" ") for line in raw]
    times = [time if parse_time(time) else "" for time, _, _ in stamped]
    words = [
        (rest if time else line)[:_LONGEST_LINE] for time, (_, _, rest), line in zip(times, stamped, raw, strict=True)
    ]
    masked = masked_lines("\n".join(words)) if words else []
    return [_Line(time, line) for time, line in zip(times, masked, strict=True)]


def _after(lines: list[_Line], place: str, seen: int) -> list[_Line]:
    """Those after the cursor: the server gives whole seconds, so those before it are among them."""
    if not place:
        return lines
    later = [line for line in lines if not line.time or line.time >= place]
    while seen and later and later[0].time == place:
        later, seen = later[1:], seen - 1
    return later


def _cursor(taken: list[_Line], place: str, seen: int) -> str | None:
    last = next((line.time for line in reversed(taken) if line.time), "")
    if not last:
        return None
    same = sum(line.time == last for line in taken)
    return f"{last}+{same + seen if last == place else same}"
