"""Log lines of containers: fetched when an analyzer asks for them, kept bounded, already masked on the way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

Key = tuple[str, ...]


class LogRef(NamedTuple):
    """One container's log. `instance` tells one run from the next (the restart count), "" where nobody knows."""

    namespace: str
    pod: str
    container: str
    previous: bool
    instance: str = ""

    @property
    def key(self) -> Key:
        """What a look-up of this log records."""
        return ("log", *map(str, self))

    @property
    def place(self) -> str:
        """How evidence names it."""
        return f"Pod/{self.namespace}/{self.pod} log {self.container}" + (" (previous)" if self.previous else "")


COMPLETE: Key = ("logscomplete",)
"""What the question whether all logs are here records."""


def pod_key(namespace: str, pod: str) -> Key:
    """What a look-up of whatever logs of a pod are here records."""
    return ("podlogs", namespace, pod)


class Log(NamedTuple):
    """The last lines of a log, oldest first; `failure` says why there are none."""

    lines: tuple[str, ...]
    failure: str | None = None
    file: str | None = None


class Logs:
    """What was fetched, and what is wanted and not here yet."""

    def __init__(self, touch: Callable[[Key], None]) -> None:
        self._touch = touch
        self._kept: dict[tuple[str, str], dict[LogRef, Log]] = {}
        self.wanted: dict[LogRef, None] = {}
        self._complete = False

    @property
    def complete(self) -> bool:
        """True for files: what is not there will never come, so nothing is wanted."""
        return self._complete

    @complete.setter
    def complete(self, value: bool) -> None:
        self._complete = value
        self._touch(COMPLETE)

    def put(self, ref: LogRef, log: Log) -> None:
        """Keep a log in place of those of earlier runs; whoever looked for one of them is examined again.

        One that could not be read does not replace one that could.
        """
        self.wanted.pop(ref, None)
        kept = self._kept.setdefault((ref.namespace, ref.pod), {})
        for earlier in [other for other in kept if other != ref and _same_stream(other, ref)]:
            before = kept.pop(earlier)
            log = before if log.failure and not before.failure else log
        kept[ref] = log
        self._touch(ref.key)
        self._touch(ref._replace(instance="").key)
        self._touch(pod_key(ref.namespace, ref.pod))

    def get(self, ref: LogRef) -> Log | None:
        """The log. Where it is not here it is wanted from now on (and comes, unless the source is complete).

        Until it comes, the log of an earlier run stands in for it: a container that crashes again says the same again.
        """
        kept = self._kept.get((ref.namespace, ref.pod), {})
        log = kept.get(ref)
        if log is None:
            log = next((other for known, other in kept.items() if _same_stream(known, ref)), None)
            if not self.complete and ref._replace(instance="") not in kept:
                self.wanted[ref] = None
        return log

    def refs(self) -> Iterator[LogRef]:
        """Every kept log."""
        for kept in self._kept.values():
            yield from kept

    def of_pod(self, namespace: str, pod: str) -> dict[LogRef, Log]:
        """Every kept log of a pod."""
        return self._kept.get((namespace, pod), {})

    def forget(self, namespace: str, pod: str) -> None:
        """The pod is gone; so are its logs and wishes."""
        if self._kept.pop((namespace, pod), None):
            self._touch(pod_key(namespace, pod))
        for ref in [ref for ref in self.wanted if (ref.namespace, ref.pod) == (namespace, pod)]:
            del self.wanted[ref]


def _same_stream(one: LogRef, other: LogRef) -> bool:
    return (one.container, one.previous) == (other.container, other.previous)
