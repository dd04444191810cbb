"""Collects what each file holds, by its role; printed text waits until the clock of all files is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from helmward.core.times import parse_time
from helmward.watch.files import layout
from helmward.watch.files.alerts import Alert, read_alerts
from helmward.watch.files.clock import Clock
from helmward.watch.files.drafts import Draft
from helmward.watch.files.encodings import to_text, unmark
from helmward.watch.files.intake import Intake
from helmward.watch.files.layout import Place, Role
from helmward.watch.files.logs import MOST_BYTES, log_ref, read_log
from helmward.watch.files.metrics import Table, read_metrics
from helmward.watch.files.printed import Printed
from helmward.watch.files.refusal import Refused
from helmward.watch.files.secrets import Reducer
from helmward.watch.files.sources import Source
from helmward.world.logs import Log, LogRef
from helmward.world.store import World

_YAML = (".yaml", ".yml", ".yaml.gz", ".yml.gz")
_UNKNOWN = "not part of an evidence bundle: no file of that place or name is known"
_LONGEST_TEXT = 1 << 20


class Collector:
    """Takes sources one by one; `drafts` and `fill` give what they held."""

    def __init__(self, mask: Callable[[str], str], reducer: Reducer) -> None:
        self._mask = mask
        self._reducer = reducer
        self._documents: list[Draft] = []
        self._printed = Printed(reducer)
        self._logs: dict[LogRef, Log] = {}
        self._services: list[tuple[str, str, str]] = []
        self.clock = Clock()
        self.sources: list[str] = []
        self.empty: set[str] = set()
        self.problems: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.question: str | None = None
        self.alerts: list[Alert] = []
        self.metrics: dict[str, Table] = {}
        self.checks: dict[str, str] = {}

    def take(self, source: Source) -> None:
        """Read one source. Raises Refused or OSError where nothing of it can be read."""
        place = layout.place(source.parts, source.named)
        if place.role is Role.UNKNOWN:
            raise Refused(_UNKNOWN)
        if (reason := layout.is_source_of_manifests(source.parts)) is not None:
            raise Refused(reason)
        data = unmark(source.read(MOST_BYTES if place.role is Role.LOG else None))
        if place.role in (Role.DOCUMENTS, Role.MANIFEST):
            self._documents_of(source, place, data)
        elif place.role is Role.ALERTS:
            self._alerts(source.name, data)
        else:
            self._text(source.name, place, self._decoded(source.name, data))
        self.sources.append(source.name)

    def drafts(self, now: datetime) -> list[Draft]:
        """Every object, printed ones placed in time by `now`."""
        printed, refused = self._printed.drafts(now)
        self.refused += (refusal for refusal in refused if refusal not in self.refused)
        self.empty |= self._printed.empty
        return [*self._documents, *printed]

    def fill(self, world: World) -> None:
        """Give the world the logs and node services."""
        for ref, log in sorted(self._logs.items()):
            world.logs.put(ref, log)
        for node, service, text in self._services:
            world.set_node_service(node, service, text)

    def _documents_of(self, source: Source, place: Place, data: bytes) -> None:
        intake = Intake(source.name, place.namespace, self._reducer, place.role is Role.MANIFEST)
        intake.read(data, source.name.endswith(_YAML))
        self._documents += intake.drafts
        self.problems += intake.problems
        for empty in intake.empty:
            kind = empty.kind or (place.kind.name if place.kind else "")
            if kind:
                self.empty.add(kind)
        for draft in intake.drafts:
            self.clock.see_json(draft.raw)
        if intake.reason is not None:
            if not intake.drafts and not intake.empty:
                raise Refused(intake.reason)
            self.refused.append((source.name, intake.reason))

    def _text(self, file: str, place: Place, text: str) -> None:
        match place.role:
            case Role.TABLE | Role.DESCRIBE:
                self.clock.see_describe(text)
                self._printed.add(file, place, text)
            case Role.LOG:
                self._log(file, place, text)
            case Role.METRICS:
                table = read_metrics(place.names[0], text, file)
                self.metrics[table.name] = table
                self.clock.see(table.times[-1])
            case Role.NODE_SERVICE:
                self._services.append((*place.names[:2], self._mask(text[-_LONGEST_TEXT:])))  # type: ignore[arg-type]
            case Role.CHECK:
                self.checks[place.names[0]] = self._mask(text[:_LONGEST_TEXT])
            case Role.QUESTION:
                self.question = self._mask(text[:_LONGEST_TEXT].strip()) or None

    def _log(self, file: str, place: Place, text: str) -> None:
        log, lines = read_log(text, file, self._mask)
        self.clock.see_log(lines)
        pod, container = place.names
        self._logs[log_ref(place.namespace or "default", pod, container)] = log

    def _alerts(self, file: str, data: bytes) -> None:
        found = read_alerts(data, file, self._mask)
        self.alerts += found
        self.clock.see_json(data)
        for alert in found:
            self.clock.see(parse_time(alert.starts))

    def _decoded(self, file: str, data: bytes) -> str:
        text, odd = to_text(data)
        if odd is not None:
            self.problems.append(f"{file}:{odd}: it is not all UTF-8: other bytes are read as U+FFFD.")
        return text.replace("\r\n", "\n")
