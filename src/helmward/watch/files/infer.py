"""What printed text leaves out but names tell: owners by the names that controllers give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from helmward.watch.files.drafts import Draft, Rank, Ref
from helmward.world.kinds import KINDS

# The alphabet of names that controllers generate (apimachinery's rand.SafeEncodeString).
_SAFE = "[bcdfghjklmnpqrstvwxz2456789]"
_OF_DEPLOYMENT = re.compile(rf"(.+)-({_SAFE}{{1,10}})")
_GENERATED = re.compile(rf"(.+)-{_SAFE}{{5}}")
_ORDINAL = re.compile(r"(.+)-\d+")
_PRINTED = (Rank.WIDE, Rank.TABLE)


def infer(found: dict[Ref, Draft]) -> None:
    """Complete the drafts in place. Only what printed text left open is filled, only by objects that are there."""
    for draft in list(found.values()):
        if draft.rank in _PRINTED and draft.kind.name in ("Pod", "ReplicaSet", "Job"):
            _own(draft, found)
    if not any(ref[0] == "EndpointSlice" for ref in found):
        found.update((made.ref, made) for made in list(_slices(found)))


def _own(draft: Draft, found: dict[Ref, Draft]) -> None:
    metadata = draft.decoded().setdefault("metadata", {})
    if metadata.get("ownerReferences"):
        return
    for kind, name in _candidates(draft.kind.name, draft.name):
        if (kind, draft.namespace, name) in found:
            reference = {"apiVersion": KINDS[kind].api, "kind": kind, "name": name, "controller": True}
            metadata["ownerReferences"] = [reference]
            return


def _candidates(kind: str, name: str) -> Iterator[tuple[str, str]]:
    """(kind, name) of what may own an object of that name, the likeliest first."""
    if kind == "ReplicaSet":
        if match := _OF_DEPLOYMENT.fullmatch(name):
            yield "Deployment", match.group(1)
        return
    if kind == "Job":
        if match := _ORDINAL.fullmatch(name):
            yield "CronJob", match.group(1)
        return
    if match := _GENERATED.fullmatch(name):
        above = match.group(1)
        yield "ReplicaSet", above
        yield "DaemonSet", above
        yield "Job", above
        if upper := _OF_DEPLOYMENT.fullmatch(above):
            yield "Deployment", upper.group(1)
    if match := _ORDINAL.fullmatch(name):
        yield "StatefulSet", match.group(1)


def _slices(found: dict[Ref, Draft]) -> Iterator[Draft]:
    """The EndpointSlice that each Endpoints object mirrors, where no EndpointSlices were given."""
    for ref, draft in found.items():
        if ref[0] != "Endpoints":
            continue
        for index, subset in enumerate(_dicts(draft.decoded().get("subsets")) or [{}]):
            yield _slice(draft, index, subset)


def _slice(draft: Draft, index: int, subset: dict[str, Any]) -> Draft:
    name = f"{draft.name}-{index}" if index else draft.name
    document = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": name, "namespace": draft.namespace, "labels": {"kubernetes.io/service-name": draft.name}},
        "addressType": "IPv4",
        "endpoints": [
            {"addresses": [one.get("ip", "")], "conditions": {"ready": ready}, "targetRef": one.get("targetRef")}
            for field, ready in (("addresses", True), ("notReadyAddresses", False))
            for one in _dicts(subset.get(field))
        ],
        "ports": _dicts(subset.get("ports")),
    }
    kind = KINDS["EndpointSlice"]
    return Draft(kind, draft.namespace, name, draft.rank, draft.file, draft.line, b"", document)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
