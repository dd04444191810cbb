"""From filled slots to the command: the tools it calls, and the lines of the command line that do the same."""

from __future__ import annotations

import shlex
from typing import Any

from helmward.ask.intent import is_change
from helmward.ask.inventory import Inventory, Thing
from helmward.ask.results import Call, Command, Slots

MOST_PODS = 4
"""Pods of one workload whose logs are shown together; of more, one is asked for."""

KEPT = "24h"
"""How far back changes are looked for where nothing is said: as far as they are kept."""

_TOOLS = {
    "restart": "rollout_restart",
    "scale": "resources_scale",
    "rollback": "rollout_undo",
    "evict": "pods_delete",
    "restore": "config_restore",
    "describe": "describe",
    "get": "resources_get",
    "history": "rollout_history",
}
"""Intents that are one call of a tool on the target."""


def command(intent: str, slots: Slots, inventory: Inventory, notes: tuple[str, ...] = ()) -> Command:
    """The command for complete slots."""
    calls = _calls(intent, slots, inventory)
    lines = tuple(map(_line, calls)) or _own_lines(intent, slots, inventory)
    return Command(intent=intent, slots=slots, lines=lines, calls=calls, notes=notes, changes=is_change(intent))


def begun(intent: str, target: Thing | None) -> str:
    """The line of a command that is not complete, "…" where something is missing."""
    if intent in _OWN:
        return f"helmward {_OWN[intent]} …"
    tool = {"logs": "pods_log", "list": "resources_list", "events": "events_list", "top": "nodes_top"}.get(intent)
    given = {} if target is None else _on(target)
    if intent in ("logs", "evict") and given.pop("kind", "Pod") != "Pod":
        given.pop("name")  # one of its pods
    words = [shlex.quote(f"{key}={value}") for key, value in given.items()]
    return " ".join(("helmward tools run", tool or _TOOLS[intent], *words, "…"))


_OWN = {
    "undo": "undo", "deny": "deny", "plan": "plan", "explain": "explain", "mend": "plan", "incidents": "incidents -n",
    "changes": "changes -n", "decisions": "plan", "actions": "actions", "status": "status", "help": "help",
}  # fmt: skip
"""Intents that ask Helmward itself."""


def pods_for(target: Thing, inventory: Inventory) -> tuple[Thing, ...]:
    """The pods whose logs a target means: itself, or those of the workload."""
    return (target,) if target.kind == "Pod" else inventory.pods.of(target)


def _calls(intent: str, slots: Slots, inventory: Inventory) -> tuple[Call, ...]:
    target = slots.target
    if intent == "logs" and target is not None:
        return tuple(_log(pod, slots) for pod in pods_for(target, inventory))
    if intent == "events":
        return _events(slots, inventory)
    if intent == "list":
        return (Call(tool="resources_list", arguments=_listed(slots)),)
    if intent == "top":
        return (Call(tool="nodes_top", arguments={"name": target.name} if target else {}),)
    if intent not in _TOOLS or target is None:
        return ()
    return (Call(tool=_TOOLS[intent], arguments=_on(target) | _more(intent, slots)),)


def _on(target: Thing) -> dict[str, Any]:
    place = {"namespace": target.namespace} if target.namespace else {}
    return {"kind": target.kind, **place, "name": target.name}


def _more(intent: str, slots: Slots) -> dict[str, Any]:
    if intent == "scale":
        return {"replicas": slots.replicas}
    return {"to_revision": slots.revision} if intent == "rollback" and slots.revision else {}


def _log(pod: Thing, slots: Slots) -> Call:
    more: dict[str, Any] = {"container": slots.container} if slots.container else {}
    more |= {"previous": True} if slots.previous else {}
    more |= {"since": slots.since} if slots.since else {}
    more |= {"tail_lines": slots.lines} if slots.lines else {}
    return Call(tool="pods_log", arguments={"namespace": pod.namespace, "name": pod.name, **more})


def _events(slots: Slots, inventory: Inventory) -> tuple[Call, ...]:
    """Of a workload and its pods: what happens to a workload is mostly told of its pods."""
    only = {"type": "Warning"} if slots.warnings else {}
    target = slots.target
    if target is None:
        place = {"namespace": slots.namespace} if slots.namespace else {}
        return (Call(tool="events_list", arguments={**place, **only}),)
    near = (target, *inventory.pods.of(target)[:MOST_PODS])
    return tuple(Call(tool="events_list", arguments={**_on(thing), **only}) for thing in near)


def _listed(slots: Slots) -> dict[str, Any]:
    target = slots.target
    place = target.namespace if target else slots.namespace
    found: dict[str, Any] = {"kind": slots.kind} | ({"namespace": place} if place else {})
    return found | ({"label_selector": target.selector} if target and target.selector else {})


def _line(call: Call) -> str:
    words = [f"{key}={_word(value)}" for key, value in call.arguments.items()]
    return shlex.join(["helmward", "tools", "run", call.tool, *words])


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _own_lines(intent: str, slots: Slots, inventory: Inventory) -> tuple[str, ...]:
    place = slots.target.namespace if slots.target else slots.namespace
    within = f" -n {place}" if place else ""
    if intent == "explain":
        known = [slots.identity] if slots.identity else []
        if not known and slots.target:
            known = [trouble.id for trouble in inventory.troubles_of([slots.target])]
        return tuple(f"helmward explain {identity}" for identity in known) or (f"helmward incidents{within}",)
    lines = {
        "incidents": f"helmward incidents{within}",
        "changes": f"helmward changes --since {slots.since or KEPT}{within}",
        "status": "helmward status",
        "actions": "helmward actions",
        "decisions": f"helmward plan {slots.identity or 'list'}",
        "help": "helmward ask --help",
        "mend": f"helmward plan {slots.identity}",
        "plan": f"helmward plan {slots.identity}",
        "undo": f"helmward undo {slots.identity}",
        "deny": f"helmward deny {slots.identity} --reason 'said no in a conversation'",
    }
    return (lines[intent],)
