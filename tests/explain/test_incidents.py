"""The promise of the join: after any sequence of changes, the incidents kept are those that would be built from nothing.

Findings come, change and go in a small shop whose workloads may call each other, whose pods move between nodes and change
their labels, whose Services select others, and whose objects vanish and come back.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.explain.shop import NAMESPACE, NOW, Shop

from helmward.core.nouns import Evidence, Finding, Remedy, Severity
from helmward.explain.causes.incidents import Incidents, incidents
from helmward.explain.codes import EFFECT, FAULT, GROUND, SUFFERS

_NAMES = ("payment", "user", "frontend")
_NODES = ("node-1", "node-2")
_CALLS = ((), ("payment",), ("user", "payment"), ("frontend",))
_TIMES = (None, "2026-01-01T11:40:00Z", "2026-01-01T11:50:00Z")
_names, _nodes = st.sampled_from(_NAMES), st.sampled_from(_NODES)
_places = st.one_of(
    st.tuples(st.just("Pod"), st.sampled_from([f"{name}-{number}" for name in _NAMES for number in (0, 1)])),
    st.tuples(st.sampled_from(["Deployment", "Service", "ConfigMap", "PersistentVolumeClaim"]), _names),
    st.tuples(st.just("Node"), _nodes),
)
_findings = st.fixed_dictionaries(
    {
        "depth": st.sampled_from([GROUND, FAULT, EFFECT, SUFFERS]),
        "blames": st.lists(_places.map("/".join), max_size=2),
        "since": st.sampled_from(_TIMES),
        "severity": st.sampled_from([Severity.HIGH, Severity.LOW, Severity.INFO]),
        "certainty": st.sampled_from([0.5, 0.9]),
        "code": st.sampled_from(["code-0", "code-1"]),
        "seen": st.sampled_from(_TIMES),
    }
)
_changes = st.one_of(
    st.tuples(st.just("find"), st.integers(0, 9), _places, _findings),
    st.tuples(st.just("find"), st.integers(0, 9), _places, _findings),
    st.tuples(st.just("lose"), st.integers(0, 9)),
    st.tuples(st.just("workload"), _names, _nodes, st.sampled_from(_CALLS), st.integers(0, 2)),
    st.tuples(st.just("pod"), _names, st.integers(0, 1), _nodes, _names, st.booleans()),
    st.tuples(st.just("service"), _names, st.one_of(st.none(), _names)),
    st.tuples(st.just("status"), _names, st.integers(0, 2)),
    st.tuples(st.just("remove"), _places),
)


@given(st.lists(st.lists(_changes, min_size=1, max_size=3), min_size=1, max_size=15))
@settings(max_examples=300, deadline=None)
def test_incidents_kept_are_those_built_from_nothing(steps: list[list[Any]]) -> None:
    shop, found = Shop(), dict[str, Finding]()
    for name in _NAMES:
        shop.workload(name, calls=tuple(other for other in _NAMES if other != name))
    kept = Incidents(shop.world)
    for step in steps:
        before = dict(found)
        for change in step:
            _make(change, shop, found)
        changed = {
            identity: found.get(identity)
            for identity in before.keys() | found.keys()
            if before.get(identity) != found.get(identity)
        }
        assert kept.update(changed, shop.world.drain(), NOW) == incidents(found.values(), shop.world, NOW)


def _make(change: tuple[Any, ...], shop: Shop, found: dict[str, Finding]) -> None:
    match change:
        case "find", number, (kind, name), fields:
            finding = _found(shop, number, kind, name, dict(fields))
            found[finding.id] = finding
        case "lose", number:
            found.pop(f"fnd-{number}", None)
        case "workload", name, node, calls, pods:
            shop.workload(name, node=node, calls=calls, pods=pods)
        case "pod", name, number, node, label, ready:
            owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "controller": True}
            status = {"conditions": [{"type": "Ready", "status": str(ready)}]}
            metadata = {"labels": {"app": label, "of": name}, "ownerReferences": [owner] if ready else []}
            shop.put("Pod", f"{name}-{number}", metadata=metadata, spec={"nodeName": node}, status=status)
        case "service", name, selected:
            shop.put("Service", name, spec={"selector": {"app": selected} if selected else {}})
        case "status", name, ready:
            item = shop.world.get("Deployment", NAMESPACE, name)
            spec = msgspec.json.decode(item.raw)["spec"] if item else {"replicas": 1}
            shop.put("Deployment", name, spec=spec, status={"readyReplicas": ready})
        case "remove", (kind, name):
            shop.world.remove(kind, "" if kind == "Node" else NAMESPACE, name)


def _found(shop: Shop, number: int, kind: str, name: str, fields: dict[str, Any]) -> Finding:
    """One under the same id as the last of its number: it may have changed in everything, even in where it stands."""
    seen, owner = fields.pop("seen"), name.rpartition("-")[0] if kind == "Pod" else name
    finding = shop.find("any", kind, name, owner=owner if kind in ("Pod", "Deployment") else None, **fields)
    proof = Evidence(id=f"ev-{number}", source="change" if number % 2 else "object", ref="", excerpt=name, time=seen)
    remedy = Remedy(text=f"Mend {name}.")
    return msgspec.structs.replace(finding, id=f"fnd-{number}", evidence=(proof,), remedies=(remedy,))
