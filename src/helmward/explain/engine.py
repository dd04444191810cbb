"""The incremental engine: examines what changed and what looked at it. A full pass is the same code over everything."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from helmward.core.nouns import Finding, Resource, Severity
from helmward.core.text import one_line
from helmward.explain.analyzer import Analyzer
from helmward.explain.codes import Code
from helmward.explain.evidence import of_object
from helmward.explain.recorded import Readers
from helmward.world.indexes import Key
from helmward.world.lens import Lens, UndeclaredRead
from helmward.world.objects import Object
from helmward.world.store import World

BROKEN_ANALYZER = Code(
    "HW-SELF-001",
    "analyzer-failed",
    Severity.LOW,
    why="An analyzer raised an error on this object, so what it would have said is unknown; the others went on.",
    fix="Report it with `helmward diagnose -o json` of this object, or take the plugin out if it is yours.",
    certainty=0.1,
)

Ref = tuple[str, str, str]
Changed = Mapping[str, Finding | None]
"""By id, what is found otherwise than before a pass; None: no more."""


class Exam(NamedTuple):
    """One analyzer's look at one object: the place of its findings and of its recorded look-ups."""

    analyzer: int
    ref: Ref


class Engine:
    """Holds the current findings of a world. Not thread-safe; one event loop owns it with its world."""

    def __init__(self, world: World, analyzers: Sequence[Analyzer]) -> None:
        self._world = world
        self._analyzers = analyzers
        self._reads = [frozenset((*analyzer.reads, *analyzer.watches)) for analyzer in analyzers]
        self._watchers: dict[str, list[int]] = {}
        for number, analyzer in enumerate(analyzers):
            for kind in analyzer.watches:
                self._watchers.setdefault(kind, []).append(number)
        self._findings: dict[Exam, tuple[Finding, ...]] = {}
        self._by_id: dict[str, dict[Exam, Finding]] = {}
        self._readers: Readers[Exam] = Readers()
        self._wakes: list[tuple[datetime, Exam]] = []
        self._wake_of: dict[Exam, datetime] = {}
        self.touched: set[Key] = set()
        """What the last pass was about: the keys drained from the world."""

    @property
    def findings(self) -> list[Finding]:
        """Everything found now, by id."""
        return [finding for identity in sorted(self._by_id) if (finding := self.finding(identity)) is not None]

    def finding(self, identity: str) -> Finding | None:
        """What is found under this id now. Where several exams find it, the first of them says what it is."""
        found = self._by_id.get(identity)
        return found[min(found)] if found else None

    @property
    def next_wake(self) -> datetime | None:
        """When time alone will change an answer."""
        return self._wakes[0][0] if self._wakes else None

    def full(self, now: datetime) -> Changed:
        """Examine everything."""
        self.touched = self._world.drain()
        exams = [
            Exam(number, (kind, item.namespace, item.name))
            for kind, numbers in self._watchers.items()
            for item in self._world.all(kind)
            for number in numbers
        ]
        return self._run({*exams, *self._findings}, now)

    def update(self, now: datetime) -> Changed:
        """Examine what the changes since the last call and the clock make worth examining."""
        self.touched = self._world.drain()
        due = self._readers.of(self.touched)
        for key in self.touched:
            if key[0] == "object":
                due.update(Exam(number, key[1:]) for number in self._watchers.get(key[1], ()))  # type: ignore[arg-type]
        while self._wakes and self._wakes[0][0] <= now:
            wake, exam = heapq.heappop(self._wakes)
            if self._wake_of.get(exam) == wake:
                due.add(exam)
        return self._run(due, now)

    def _run(self, exams: Iterable[Exam], now: datetime) -> Changed:
        before: dict[str, Finding | None] = {}
        for exam in exams:
            old, new = self._findings.get(exam, ()), self._examine(exam, now)
            if old != new:
                before |= {finding.id: self.finding(finding.id) for finding in (*old, *new) if finding.id not in before}
                self._hold(exam, old, new)
        return {identity: found for identity, was in before.items() if (found := self.finding(identity)) != was}

    def _hold(self, exam: Exam, old: tuple[Finding, ...], new: tuple[Finding, ...]) -> None:
        for identity in {finding.id for finding in old}:
            found = self._by_id[identity]
            del found[exam]
            if not found:
                del self._by_id[identity]
        for finding in new:
            self._by_id.setdefault(finding.id, {})[exam] = finding
        if new:
            self._findings[exam] = new
        else:
            del self._findings[exam]

    def _examine(self, exam: Exam, now: datetime) -> tuple[Finding, ...]:
        item = self._world.get(*exam.ref)
        lens = Lens(self._world, now, self._reads[exam.analyzer])
        findings: tuple[Finding, ...] = ()
        if item is not None:
            analyzer = self._analyzers[exam.analyzer]
            try:
                findings = tuple(analyzer.examine(item, lens))
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything; it becomes a finding of its own
                findings = (_failed(analyzer, item, lens, error),)
        self._record(exam, lens)
        return findings

    def _record(self, exam: Exam, lens: Lens) -> None:
        self._readers.read(exam, lens.seen)
        if lens.wake is None:
            self._wake_of.pop(exam, None)
        elif self._wake_of.get(exam) != lens.wake:
            self._wake_of[exam] = lens.wake
            heapq.heappush(self._wakes, (lens.wake, exam))


def _failed(analyzer: Analyzer, item: Object, lens: Lens, error: Exception) -> Finding:
    name = type(analyzer).__name__
    what = one_line(f"{type(error).__name__}: {error}", 200)
    free = Lens(lens._world, lens.now)
    message = f"The analyzer {name} failed: {what}" if not isinstance(error, UndeclaredRead) else f"{name}: {error}"
    itself = Resource(api_version="helmward.dev/v1", kind="Analyzer", namespace="", name=name)
    proof = [of_object(item, "", f"{name}: {what}")]
    return BROKEN_ANALYZER.finding(item, free, message, proof, blames=[itself], key=name)
