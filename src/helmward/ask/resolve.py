"""Fills the slots of an intent from the words and the inventory. What is not said and not the only possibility is asked for."""

from __future__ import annotations

import msgspec

from helmward.ask.commands import MOST_PODS, begun, command, pods_for
from helmward.ask.doubts import doubted
from helmward.ask.grammar import Reading
from helmward.ask.inventory import Inventory, Thing
from helmward.ask.questions import Asking, ask, choices_of
from helmward.ask.refusals import refusal
from helmward.ask.results import Choice, Result, Slots
from helmward.ask.targets import KINDS, namespace_of, target_of
from helmward.core.text import one_line

MOST_REPLICAS = 5000
"""As the tool resources_scale takes."""


def resolve(intent: str, reading: Reading, inventory: Inventory) -> Result:
    """The command, or a question for the first slot that is missing."""
    try:
        return _resolved(intent, reading, inventory)
    except Asking as asking:
        notes = tuple(dict.fromkeys(reading.notes))
        return msgspec.structs.replace(asking.question, notes=notes, line=begun(intent, _known(intent, reading)))


def _known(intent: str, reading: Reading) -> Thing | None:
    """What is spoken of, where the words name nothing else of a kind that the intent works on."""
    kinds = KINDS.get(intent)
    things = [thing for named in reading.targets for thing in named.things if kinds is None or thing.kind in kinds]
    return things[0] if len(things) == 1 else None


def _resolved(intent: str, reading: Reading, inventory: Inventory) -> Result:
    if intent in ("undo", "deny", "plan"):
        return command(intent, Slots(identity=_deed(intent, reading, inventory)), inventory)
    if intent == "decisions":
        return _decisions(reading, inventory)
    incident = next((one for one in reading.ids if one.startswith("inc-")), "")
    if incident and intent in ("explain", "mend"):
        return command(intent, Slots(identity=incident), inventory)
    target = target_of(intent, reading, inventory)
    notes = tuple(dict.fromkeys((*reading.notes, *_left_over(reading))))
    if intent == "evict" and target is None:
        return refusal("no-tool")
    if intent == "mend":
        return _mend(reading, target, inventory, notes)
    if intent == "scale" and target is not None and target.kind == "DaemonSet":
        return refusal("no-tool", f"{target} runs one pod on each node; it has no number of replicas to set.")
    slots = Slots(
        target=target,
        namespace="" if target else namespace_of(intent, reading),
        kind=_kind(reading) if intent == "list" else "",
        container=_container(reading, target, inventory) if intent == "logs" else "",
        replicas=_replicas(reading, target) if intent == "scale" else None,
        revision=_revision(reading) if intent == "rollback" else 0,
        previous=intent == "logs" and _before(reading),
        warnings=intent == "events" and reading.has("WARNING"),
    )
    found = command(intent, slots, inventory, notes)
    return doubted(reading, found) or found


def _decisions(reading: Reading, inventory: Inventory) -> Result:
    """Who said yes or no: of a plan that is named, of the last one, or of all."""
    target = target_of("decisions", reading, inventory) if reading.targets else None
    slots = Slots(
        target=target,
        namespace="" if target else namespace_of("decisions", reading),
        identity=next(iter(reading.ids), ""),
        latest=reading.phrases["DECISIONS"][0].startswith("who "),
    )
    return command("decisions", slots, inventory, tuple(dict.fromkeys((*reading.notes, *_left_over(reading)))))


def _kind(reading: Reading) -> str:
    kinds = list(dict.fromkeys(reading.kinds))
    if not kinds and "running" in reading.phrases.get("LIST", ()):
        return "Pod"
    if len(kinds) != 1:
        choices = tuple(Choice(text=kind, value=kind) for kind in kinds)
        raise ask("list", "kind", "Which kind of objects do you mean?", choices)
    return kinds[0]


def _container(reading: Reading, target: Thing | None, inventory: Inventory) -> str:
    assert target is not None
    pods = pods_for(target, inventory)
    if not pods or len(pods) > MOST_PODS:
        text = f"{target} has no pods." if not pods else f"{target} has {len(pods)} pods. Which one do you mean?"
        raise ask("logs", "pod", text, choices_of(pods))
    names = sorted({name for pod in pods for name in pod.containers})
    if reading.container in names or len(names) <= 1:
        return reading.container
    choices = tuple(Choice(text=name, value=name) for name in names)
    raise ask("logs", "container", f"{target} has the containers {', '.join(names)}. Which one do you mean?", choices)


def _replicas(reading: Reading, target: Thing | None) -> int:
    """The one exact number that was said. Never a guess: not by how many, not a range, not "double"."""
    now = f" It has {target.replicas} now." if target and target.replicas is not None else ""
    exact = len(set(reading.counts)) == 1 and not reading.relative and not reading.has("RANGE", "ODD", "DOUBLE")
    if not exact or reading.revisions or reading.has("REVISION") or _by_how_many(reading):
        raise ask("scale", "replicas", f"To how many replicas exactly?{now}")
    if reading.counts[0] > MOST_REPLICAS:
        raise ask("scale", "replicas", f"At most {MOST_REPLICAS} replicas can be asked for. How many shall it be?{now}")
    return reading.counts[0]


def _by_how_many(reading: Reading) -> bool:
    """Up 3, 3개 늘려줘: not said whether to 3 or by 3."""
    if not reading.has("SCALE_UP", "SCALE_DOWN") or reading.confirmed:
        return False
    return not (reading.exactly or any(unit.endswith("로") for unit in reading.phrases.get("REPLICAS", ())))


def _revision(reading: Reading) -> int:
    said = {*reading.revisions, *reading.counts}
    unclear = reading.has("RANGE", "ODD", "DOUBLE", "REVISION") and not (reading.revisions and len(said) == 1)
    bare = bool(reading.counts) and not reading.exactly
    if len(said) > 1 or reading.relative or unclear or bare:
        raise ask("rollback", "revision", "To which revision? `rollout history of …` lists them.")
    return said.pop() if said else 0


def _left_over(reading: Reading) -> list[str]:
    """What an answer leaves out of account is said."""
    return (
        [f"not understood: {', '.join(one_line(word, 60) for word in reading.unknown[:5])}"] if reading.unknown else []
    )


def _before(reading: Reading) -> bool:
    """The run that ended: previous logs, what it wrote before it crashed."""
    return reading.has("PREVIOUS") or (reading.has("BROKEN", "MENTION") and "before" in reading.phrases.get("IF", ()))


def _deed(intent: str, reading: Reading, inventory: Inventory) -> str:
    if len(reading.ids) == 1 and not reading.targets:
        return reading.ids[0]
    choices = tuple(Choice(text=deed.title, value=deed.id) for deed in inventory.deeds[:8])
    text = _WHICH[intent][not choices]
    raise ask(intent, "plan" if intent == "deny" else "action", text, choices)


_WHICH = {
    "undo": (
        "Which action or plan do you mean?",
        "Nothing was done lately that can be undone. If you mean another one, name its id (act-… or plan-…).",
    ),
    "deny": (
        "Which plan do you mean?",
        "No plan waits that you may deny. If you mean another one, name its id (plan-…).",
    ),
    "plan": ("Which plan do you mean?", "Which plan do you mean? Name its id (plan-…)."),
}
"""The question, and what it is where there is nothing to choose from."""


def _mend(reading: Reading, target: Thing | None, inventory: Inventory, notes: tuple[str, ...]) -> Result:
    assert target is not None
    found = inventory.troubles_of([target])
    if not found:
        return refusal("nothing", f"No incident of {target} is open; there is nothing to mend.")
    if len(found) > 1:
        choices = tuple(Choice(text=f"{trouble.id}  {trouble.title}", value=trouble.id) for trouble in found)
        raise ask("mend", "incident", f"{target} has several incidents. Which one do you mean?", choices)
    return command("mend", Slots(target=target, identity=found[0].id), inventory, notes)
