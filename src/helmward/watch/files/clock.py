"""The clock of files: the newest time that something in them says it happened at."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from helmward.core.times import parse_time

# Times at which something has happened; those that lie ahead (deletionTimestamp, notAfter, endsAt) do not count.
_HAPPENED = (
    "creationTimestamp|time|timestamp|startTime|startedAt|finishedAt|completionTime|firstTimestamp|lastTimestamp|"
    "eventTime|renewTime|acquireTime|timeAdded|startsAt|updatedAt|activeAt|"
    "last(?:Transition|Update|Probe|Heartbeat|Observed|Schedule|Successful|Scale)Time"
)
_INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"
_IN_JSON = re.compile(rf'"(?:{_HAPPENED})":\s?"({_INSTANT})"'.encode())
# kubectl describe writes RFC 1123 with a numeric zone: Mon, 02 Jan 2006 15:04:05 +0000.
_DESCRIBED = re.compile(
    r"^\s*(?:Start Time|Started|Finished|CreationTimestamp|Completed At|Last Schedule Time|AcquireTime|RenewTime):\s+"
    r"(\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4})",
    re.MULTILINE,
)
_RFC1123 = re.compile(r"\w{3}, (\d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4})")
_IN_LOG = re.compile(
    r"(?:^\W{0,2}|[\s{,]\"?(?:time|ts|timestamp|@timestamp)\"?[=:]\s?\"?)"
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d\d:?\d\d)?"
)


# A broken thing falls silent: the newest time of its files is often the very one that a finding waits on, and waits of
# seconds would never end. What takes seconds in a healthy rollout looks the same at that instant; but then the files were
# written just then, and their own times bound the leeway. The waits that a slow start needs (30 s and more) stay waits.
_LEEWAY = timedelta(seconds=15)


def leeway(newest: datetime, written: datetime | None) -> timedelta:
    """How far the clock of files may lie behind the moment of their collection; `written` is when the last was written.

    Files that were copied since, or that come from a machine with another clock, have the whole leeway.
    """
    if written is None or written < newest:
        return _LEEWAY
    return min(written - newest, _LEEWAY)


class Clock:
    """Collects times. Those of log lines without a zone count only where nothing else tells the time."""

    def __init__(self) -> None:
        self.newest: datetime | None = None
        self._vague: datetime | None = None

    def see(self, moment: datetime | None) -> None:
        """One time."""
        if moment is not None and (self.newest is None or moment > self.newest):
            self.newest = moment

    def see_json(self, data: bytes) -> None:
        """The times of objects, anywhere in JSON text."""
        found = _IN_JSON.findall(data)
        if not found:
            return
        exact = [text for text in found if text.endswith(b"Z")]
        newest = max(exact, key=lambda text: text[:19], default=None)
        for text in {newest, *(text for text in found if not text.endswith(b"Z"))} - {None}:
            self.see(parse_time(text.decode()))

    def see_describe(self, text: str) -> None:
        """The absolute times of kubectl describe."""
        for written in set(_DESCRIBED.findall(text)):
            self.see(described_time(written))

    def see_log(self, lines: list[str]) -> None:
        """The times at which log lines were written, by their beginning or their `time=` field."""
        for line in lines:
            moment, exact = log_time(line)
            if exact:
                self.see(moment)
            elif moment is not None and (self._vague is None or moment > self._vague):
                self._vague = moment

    def now(self) -> datetime:
        """The newest time; today's where the input holds none, so that ages in it can be placed at all."""
        return self.newest or self._vague or datetime.now(UTC).replace(microsecond=0)


def described_time(text: str) -> datetime | None:
    """The instant of an RFC 1123 time as kubectl describe writes it."""
    match = _RFC1123.search(text)
    if match is None:
        return None
    try:
        return datetime.strptime(match.group(1), "%d %b %Y %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def log_time(line: str) -> tuple[datetime | None, bool]:
    """(the time at which a log line was written, whether it names its zone)."""
    match = _IN_LOG.search(line[:400])
    if match is None:
        return None, False
    day, time, fraction, zone = match.groups()
    written = f"{day}T{time}" + (f".{fraction[:6].ljust(6, '0')}" if fraction else "") + (zone or "Z")
    return parse_time(written), zone is not None
