"""Workloads and nodes whose metrics rose out of the ordinary, or that stand at their limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from helmward.core.nouns import Finding
from helmward.explain.analyzer import analyzer
from helmward.explain.clues import suspects
from helmward.explain.clues.phrases import look
from helmward.explain.clues.quantities import amount
from helmward.explain.codes import Code
from helmward.explain.evidence import of_object, of_sign
from helmward.explain.signs.codes import CPU, DELAY, LATENCY, LOSS, METRICS, THROTTLED
from helmward.explain.signs.names import metric_of, names
from helmward.explain.signs.shifts import Shift, level, rise
from helmward.world.indexes import pod_spec
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.signs import Series

_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")
_THROTTLED = 0.25  # a quarter of its periods held back is felt by whoever waits for an answer
_AT_LIMIT = 0.9


@analyzer
class Metrics:
    """Reads the metrics of a bundle; a live cluster has none here."""

    watches: ClassVar[tuple[str, ...]] = (*_WORKLOADS, "Node")
    reads: ClassVar[tuple[str, ...]] = ("Node", *suspects.READS)
    codes: ClassVar[tuple[Code, ...]] = METRICS

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """One finding for each thing that its metrics show."""
        every = world.signs.series
        if not every:
            return
        others = [other.name for kind in (*_WORKLOADS, "Node") for other in world.all(kind)]
        told: set[str] = set()
        for series in every:
            if not names(f"{series.table} {series.column}", item.name, others):
                continue
            code = metric_of(series, item.name)
            found = _judge(item, code, series) if code is not None else None
            if found is not None and code is not None and code.id not in told:
                told.add(code.id)
                yield _finding(_code(item, code), item, series, *found, world)


def _code(item: Object, code: Code) -> Code:
    """What is slow on a node is its network."""
    return DELAY if item.kind.name == "Node" and code is LATENCY else code


def _judge(item: Object, code: Code, series: Series) -> tuple[str, str | None] | None:
    """(what it shows, since when)."""
    now, shift = level(series), rise(series)
    if code is THROTTLED and now is not None:
        share = now / 100 if now > 1 else now
        if share >= _THROTTLED and ("ratio" in series.column.lower() or "percent" in series.column.lower() or now <= 1):
            return f"its CPU is throttled in {share:.0%} of its periods", shift.since if shift else None
    if code is CPU and now is not None and (limit := _limit(item)) and _AT_LIMIT * limit <= now <= 2 * limit:
        return f"it uses {now:.3g} of the {limit:.3g} CPUs of its limit", shift.since if shift else None
    return (_rose(series, shift), shift.since) if shift is not None else None


def _rose(series: Series, shift: Shift) -> str:
    return f"{series.table} {series.column} rose from {shift.before:.3g} to {shift.after:.3g} at {shift.since}"


def _limit(item: Object) -> float | None:
    spec = pod_spec(item)
    limits = [
        amount((each.resources.limits or {}).get("cpu")) for each in (spec.containers if spec else ()) if each.resources
    ]
    known = [limit for limit in limits if limit is not None]
    return sum(known) if known else None


def _finding(code: Code, item: Object, series: Series, says: str, since: str | None, world: Lens) -> Finding:
    proof = [of_sign("metric", f"metrics/{series.table} {series.column}", says, series.file, since)]
    if code in (CPU, THROTTLED) and (limit := _limit(item)) is not None:
        proof.append(of_object(item, ".spec.template.spec.containers[*].resources.limits.cpu", f"{limit:.3g}"))
    sure = None if code not in (LOSS, DELAY) or item.kind.name == "Node" else code.certainty - 0.1
    return code.finding(
        item, world, f"{item.name}: {says}", proof, remedies=[look(item, code.fix)], since=since, certainty=sure
    )
