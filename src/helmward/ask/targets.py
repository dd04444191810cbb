"""Which object, and which namespace: what was said, held against the inventory. What may be several is asked for."""

from __future__ import annotations

from helmward.ask.grammar import Reading
from helmward.ask.inventory import WORKLOADS, Inventory, Thing
from helmward.ask.names import Named
from helmward.ask.questions import Asking, ask, choices_of
from helmward.ask.results import Choice
from helmward.core.text import one_line

KINDS: dict[str, tuple[str, ...]] = {
    "restart": WORKLOADS,
    "scale": WORKLOADS,
    "rollback": WORKLOADS,
    "history": WORKLOADS,
    "evict": ("Pod", *WORKLOADS),
    "restore": ("ConfigMap",),
    "logs": ("Pod", *WORKLOADS),
    "top": ("Node",),
}
"""The kinds that an intent works on; without an entry: any."""

NEEDS_TARGET = frozenset(
    {"restart", "scale", "rollback", "history", "evict", "restore", "logs", "describe", "get", "explain", "mend"}
)


_ITS = frozenset({"it", "its", "그거", "그것", "이거"})
"""Words that stand for an object that was spoken of."""


def target_of(intent: str, reading: Reading, inventory: Inventory) -> Thing | None:
    """The one object that is meant. Raises Asking."""
    if intent == "evict" and _not_a_pod(reading):
        return None
    _guess(intent, reading, inventory)
    if not reading.targets:
        hanging = reading.unknown or _ITS & set(reading.phrases.get("IT", ()))
        if intent in NEEDS_TARGET or (hanging and intent in ("events", "top")):
            raise _which(intent, reading, inventory)
        return None
    named = reading.targets[0]
    things = _of_kinds(intent, named, reading)
    if not things:
        raise _which(intent, reading, inventory)
    things = _placed(intent, named.name, things, reading)
    best = [thing for thing in things if _rank(thing, reading) == _rank(things[0], reading)]
    if len(best) > 1:
        raise ask(intent, "target", f"Which {named.name} do you mean?", choices_of(best))
    if intent == "evict" and best[0].kind != "Pod":
        pods = inventory.pods.of(best[0])
        raise ask(intent, "pod", f"Which pod of {best[0]} do you mean?", choices_of(pods))
    return best[0]


def _guess(intent: str, reading: Reading, inventory: Inventory) -> None:
    """Take a misspelt or shortened name for the one close name of a kind that this intent works on."""
    if reading.targets:
        return
    kinds = KINDS.get(intent, WORKLOADS)
    for word, names in list(reading.guesses.items()):
        kept = [name for name in names if any(one.kind in kinds for one in inventory.by_name[name])]
        if len(kept) == 1 and len(reading.guesses) == 1:
            reading.targets = [Named(kept[0], inventory.by_name[kept[0]], near=True)]
            reading.unknown.remove(word)
            reading.notes.append(f"'{word}' was read as {kept[0]}")


def _not_a_pod(reading: Reading) -> bool:
    """What can be deleted are pods: no workload, namespace or anything else."""
    if any(kind != "Pod" for kind in reading.kinds):
        return True
    if "Pod" in reading.kinds or not (reading.targets or reading.places):
        return False
    return not any(thing.kind == "Pod" for named in reading.targets for thing in named.things)


def _which(intent: str, reading: Reading, inventory: Inventory) -> Asking:
    said = ", ".join(f"'{one_line(word, 60)}'" for word in reading.unknown[:3])
    names = [named.name for named in reading.targets]
    known = f"There is nothing called {said} here. " if said else f"{names[0]} is not of that kind. " if names else ""
    kinds = KINDS.get(intent, (*WORKLOADS, "Node"))
    near = [thing for name in reading.near for thing in inventory.by_name.get(name, ()) if thing.kind in kinds]
    wanted = near or [thing for thing in inventory.things if thing.kind in kinds]
    placed = [thing for thing in wanted if not reading.places or thing.namespace in reading.places[0].namespaces]
    return ask(intent, "target", f"{known}Which one do you mean?", choices_of(placed or wanted))


def _of_kinds(intent: str, named: Named, reading: Reading) -> list[Thing]:
    kinds = KINDS.get(intent)
    found = [thing for thing in named.things if kinds is None or thing.kind in kinds]
    named_kinds = set(reading.kinds) - ({"Pod"} if not any(thing.kind == "Pod" for thing in found) else set())
    if intent != "list" and named_kinds:  # the pods of a workload mean the workload
        found = [thing for thing in found if thing.kind in named_kinds]
    return found


def _rank(thing: Thing, reading: Reading) -> int:
    """Of one name in one namespace, the workload is meant before its Service or ConfigMap."""
    return 0 if thing.kind in WORKLOADS else 1 if thing.kind in ("Node", "Pod") else 2


def _placed(intent: str, name: str, things: list[Thing], reading: Reading) -> list[Thing]:
    """Those of the named namespace. Raises Asking where none is named and there are several, or it is not there."""
    where = sorted({thing.namespace for thing in things})
    text = f"{name} is in {', '.join(where)}. Which namespace do you mean?"
    choices = tuple(Choice(text=namespace, value=namespace) for namespace in where)
    if reading.nowhere:
        word = one_line(reading.nowhere[0], 60)
        raise ask(intent, "namespace", f"There is no namespace '{word}' here. {text}", choices)
    if reading.places and where != [""]:
        wanted = set(reading.places[0].namespaces)
        kept = [thing for thing in things if thing.namespace in wanted]
        if not kept or len(reading.places) > 1:
            said = " or ".join(one_line(place.name, 60) for place in reading.places)
            raise ask(intent, "namespace", f"There is no {name} in {said}. {text}" if not kept else text, choices)
        things, where = kept, sorted({thing.namespace for thing in kept})
    if len(where) > 1:
        raise ask(intent, "namespace", text, choices)
    return sorted(things, key=lambda thing: _rank(thing, reading))


def namespace_of(intent: str, reading: Reading) -> str:
    if reading.nowhere:
        word = one_line(reading.nowhere[0], 60)
        raise ask(intent, "namespace", f"There is no namespace '{word}' here. Which one do you mean?")
    spaces = sorted({space for place in reading.places for space in place.namespaces})
    if len(spaces) > 1:
        choices = tuple(Choice(text=space, value=space) for space in spaces)
        raise ask(intent, "namespace", "Which namespace do you mean?", choices)
    return spaces[0] if spaces else ""
