"""What the guards find and what they find by mistake, on labelled texts (bench/labelled), and what looking costs."""

from __future__ import annotations

from bench.guards_cost import cost
from bench.measure import row
from bench.planting import Labelled, sets
from helmward.app import load_guards
from helmward.core.settings import Settings
from helmward.guard.contract import About, Hit
from helmward.guard.pipeline import Guards

# (recall at least, false positives at most) by guard; sets held apart count, the others were tuned on.
TARGETS = {"secrets": (0.97, 0.01), "pii": (0.97, 0.01), "injection": (0.80, 0.05)}


def run() -> None:
    """A table a set, then the cost."""
    guards = load_guards(Settings())
    names = {one.name for one in guards.all}
    row("set", "texts", "to find", "recall", "clean texts", "false positives")
    notes: list[str] = []
    for name, texts in sets().items():
        guard = name.rpartition("-")[0]
        if guard in names:
            notes += _set(guards, guard, name, texts)
    print("", *notes, sep="\n")
    cost()


def _set(guards: Guards, guard: str, name: str, texts: list[Labelled]) -> list[str]:
    wanted = missed = clean = wrong = 0
    by_rule: dict[str, list[int]] = {}
    notes = []
    for one in texts:
        hits = [hit for hit in guards.check(one.text, About(one.role)).spans if _acts(hit, guard)]  # type: ignore[arg-type]
        for rule, found in _wanted(one, hits):
            wanted += 1
            missed += not found
            counts = by_rule.setdefault(rule, [0, 0])
            counts[0] += 1
            counts[1] += found
            if not found:
                notes.append(f"  {one.name}: {guard}/{rule} was not found")
        if one.clean:
            clean += 1
            wrong += bool(hits)
            notes += [f"  {one.name}: {hit.rule} where nothing is" for hit in hits[:1]]
    recall, false = (wanted - missed) / max(wanted, 1), wrong / max(clean, 1)
    row(name, str(len(texts)), str(wanted), f"{recall:.1%}", str(clean), f"{false:.1%}")
    worst = [f"{rule} {found}/{count}" for rule, (count, found) in sorted(by_rule.items()) if found < count]
    target = TARGETS.get(guard)
    said = f"{name}: target {target[0]:.0%} at {target[1]:.0%}" if target else name
    if name.endswith("held"):  # whoever sees what is missed may tune on it
        return [said]
    return [f"{said}; rules below 100 %: {', '.join(worst) or 'none'}", *sorted(set(notes))[:12]]


def _acts(hit: Hit, guard: str) -> bool:
    return hit.guard in (guard, "guard") and hit.action != "allow"


def _wanted(one: Labelled, hits: list[Hit]) -> list[tuple[str, bool]]:
    """What should be found, and whether it was: a planted find as a whole, a labelled text anywhere."""
    found = [(rule, any(hit.start <= start and hit.end >= end for hit in hits)) for rule, start, end in one.planted]
    return [*found, (one.rule, bool(hits))] if one.rule else found


__all__ = ["run"]
