"""What must hold of the wire and of the audit log, whatever happened before."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from helmward.door.audit.read import decode, page
from helmward.door.audit.record import Record
from helmward.door.audit.verify import verify
from helmward.door.service_writes import SERVICE_WRITES

from .stage import Stage
from .wire import Wire

_QUESTIONS = {(one.api_version, one.kind) for one in SERVICE_WRITES}


class Found(NamedTuple):
    """The audit log, as far as the proof needs it. `intents`: number of the intent's record, by action."""

    records: list[Record]
    intents: dict[str, int]
    ended: dict[str, str]

    def of(self, action: str, outcome: str = "done") -> list[Record]:
        """Records of this action (`plan.approve`) with this outcome."""
        return [record for record in self.records if record.action == action and record.outcome == outcome]


def audited(folder: Path, key_dir: Path) -> Found:
    """Read the proven log; fails where it does not hold whole."""
    verdict = verify(folder, key_dir)
    assert verdict.ok and verdict.complete, verdict.sentence
    records: list[Record] = []
    while lines := page(folder, records[-1].sequence if records else 0, 5000):
        records += [decode(line) for line in lines]
    intents: dict[str, int] = {}
    for record in records:
        if record.action == "action.act" and record.outcome == "intended":
            intents.setdefault(record.target, record.sequence)
    ends = ("plan.end", "plan.deny")
    ended = {record.target: record.details["state"] for record in records if record.action in ends}
    return Found(records, intents, ended)


async def holds(stage: Stage, effects: dict[str, int] | None = None) -> Found:
    """Stop the house: nothing strayed, nothing took effect twice, and (`effects`) how often each action did."""
    await stage.station.stop()
    await stage.proxy.settled()
    found = audited(stage.station.data / "audit", stage.station.keys)
    assert strays(stage.proxy.writes, found.intents) == []
    assert repeated(stage.proxy.writes) == {}
    seen = Counter(one.action for one in earnest(stage.proxy.writes) if one.effective)
    assert effects is None or dict(seen) == effects
    return found


def strays(writes: Iterable[Wire], intents: dict[str, int]) -> list[str]:
    """Requests that nothing permits, each in a sentence: there must be none."""
    return [f"{seen}: {why}" for seen in writes if (why := _stray(seen, intents))]


def _stray(seen: Wire, intents: dict[str, int]) -> str:
    if seen.dry or seen.question in _QUESTIONS:
        return ""
    if not seen.action:
        return "it carries no action"
    if seen.audit_id != seen.action:
        return "its Audit-ID is not its action's"
    if seen.action not in intents:
        return "no intent of its action was ever recorded"
    if seen.acknowledged < intents[seen.action]:
        return f"its intent is record {intents[seen.action]}, and only {seen.acknowledged} were durable"
    return ""


def earnest(writes: Iterable[Wire]) -> list[Wire]:
    """Requests that could change something: no questions, no dry runs."""
    return [seen for seen in writes if not seen.dry and seen.question not in _QUESTIONS]


def repeated(writes: Iterable[Wire]) -> dict[str, int]:
    """Actions that took effect more than once: there must be none."""
    counts = Counter(seen.action for seen in earnest(writes) if seen.effective)
    return {action: count for action, count in counts.items() if count > 1}


def missing(acknowledged: Sequence[tuple[str, str]], found: Found) -> list[tuple[str, str]]:
    """What was answered with yes (`plan.approve`, plan) and is not in the log: there must be none."""
    known = {(record.action, record.target) for record in found.records if record.outcome in ("done", "intended")}
    return [one for one in acknowledged if one not in known]


def unwritten(found: Found, writes: Iterable[Wire]) -> list[str]:
    """Actions that count as done and that no request has made: there must be none."""
    made = {seen.action for seen in earnest(writes) if seen.effective}
    done = {record.target for record in found.of("action.act")}
    return sorted(done - made)


def granted(audit_log: Path) -> Counter[str]:
    """How often the API server granted a write of each action, by its own log (audit.k8s.io/v1)."""
    effects: Counter[str] = Counter()
    for line in audit_log.read_text().splitlines():
        event = json.loads(line)
        if event["auditID"].startswith("act-") and "dryRun" not in event["requestURI"]:
            effects[event["auditID"]] += 200 <= event.get("responseStatus", {}).get("code", 0) < 300
    return effects


def tell(found: Found, writes: Sequence[Wire]) -> dict[str, Any]:
    """Figures of a run, to be read."""
    return {
        "records": len(found.records),
        "intents": len(found.intents),
        "writes": sum(seen.effective for seen in earnest(writes)),
        "refused": sum(not seen.effective for seen in earnest(writes)),
        "lost answers": sum(seen.lost for seen in writes),
        "dry runs": sum(seen.dry for seen in writes),
        "plans ended": dict(Counter(found.ended.values())),
    }
