"""What the audit keeps of a model call: who, which model, the class of the data, what the guards said, tokens and cost."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from helmward.core.traffic import Ended
from helmward.door.audit import AuditError, AuditLog, Entry
from helmward.door.audit.record import Outcome
from helmward.gateway.budget import Caller, Used
from helmward.gateway.budget.usage import Usage
from helmward.gateway.inbound import Inspected
from helmward.gateway.timing import Timing

ACTION = "model.call"
TOGETHER = 0.02
"""Seconds for which the end of a call waits for others; a server that dies meanwhile leaves its intent."""

_log = logging.getLogger(__name__)


@dataclass
class Record:
    """One call, as it becomes known. `request` is the id that its answer carries, `model` the name that the caller used,
    `known` whether there is such a model."""

    caller: Caller
    api: str
    kind: str
    request: str = ""
    model: str = ""
    upstream: str = ""
    stream: bool = False
    attempts: int = 0
    known: bool = False
    found: Inspected = field(default_factory=Inspected)
    used: Used | None = None
    timing: Timing = field(default_factory=Timing)

    def intent(self) -> Entry:
        """That the call is about to be made: what goes, and whose it is. How it ended says everything."""
        details = {"api": self.api, "key": self.caller.key, "class": self.found.data_class, "left": self.found.leaves}
        if self.request:
            details["request"] = self.request
        return Entry(actor=self.caller.actor, action=ACTION, target=self.model, outcome="intended", details=details)

    def entry(self, outcome: Outcome, reason: str = "", intent: int | None = None) -> Entry:
        """The record as the audit takes it."""
        found = self.found
        details: dict[str, Any] = {
            "api": self.api,
            "kind": self.kind,
            "key": self.caller.key,
            "team": self.caller.team,
            "class": found.data_class,
            "left": found.leaves,
            "verdict": found.verdict,
            "guards": found.hits,
            "stream": self.stream,
        }
        if self.request:
            details["request"] = self.request
        if self.upstream:
            details |= {"upstream": self.upstream, "attempts": self.attempts}
        if self.used is not None:
            details |= {"inputTokens": self.used.input_tokens, "outputTokens": self.used.output_tokens}
            details |= {"cachedTokens": self.used.cached_tokens, "usd": self.used.usd}
        if intent is not None:
            details["intent"] = intent
        return Entry(
            actor=self.caller.actor, action=ACTION, target=self.model, outcome=outcome, reason=reason, details=details
        )


class Recorder:
    """Writes the records. An intent is durable before anything of an answer is given away; how it ended follows."""

    def __init__(self, audit: AuditLog, usage: Usage) -> None:
        self._audit, self.usage = audit, usage
        self._writing: set[asyncio.Future[int]] = set()
        self._late: list[Entry] = []
        self._timer: asyncio.TimerHandle | None = None

    def intend(self, record: Record) -> asyncio.Future[int]:
        """Begin to record that the call is made; await it before the answer goes out. It raises AuditError."""
        self._flush()
        return self._audit.begin(record.intent())

    async def refused(self, record: Record, reason: str) -> None:
        """A call that was not made. Raises AuditError."""
        self._count(record, "denied")
        self._flush()
        await self._audit.append(record.entry("denied", reason))

    def ended(self, record: Record, outcome: Outcome, reason: str, intent: int | None) -> None:
        """How a call ended: recorded with the next intent, or TOGETHER seconds later, since a commit costs as much for one
        record as for many. Where it cannot be recorded, the server's own log says so."""
        self._count(record, outcome)
        self._late.append(record.entry(outcome, reason, intent))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TOGETHER, self._flush)

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        late, self._late = self._late, []
        for entry in late:
            try:
                written = self._audit.begin(entry)
            except AuditError as error:
                _log.error("How a model call ended could not be recorded: %s", error)
                continue
            self._writing.add(written)
            written.add_done_callback(self._over)

    def _count(self, record: Record, outcome: Outcome) -> None:
        """In what is summed up. A name that no model has is nobody's model."""
        verdict = (
            "block" if record.found.verdict == "block" else "deny" if outcome == "denied" else record.found.verdict
        )
        model = record.model if record.known else ""
        ended = Ended(outcome == "failed", record.timing.took(), record.found.finds)
        self.usage.note(record.caller, model, record.upstream, record.used, verdict, ended=ended)

    async def close(self) -> None:
        """Wait until everything is recorded."""
        self._flush()
        while self._writing:
            await asyncio.wait(self._writing)

    def _over(self, written: asyncio.Future[int]) -> None:
        self._writing.discard(written)
        if not written.cancelled() and isinstance(error := written.exception(), AuditError):
            _log.error("How a model call ended could not be recorded: %s", error)
