"""EndpointSlices from Endpoints, where no EndpointSlices were given: both say which addresses a Service has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from helmward.watch.files.drafts import Draft, dicts
from helmward.world.kinds import KINDS


def mirrored(drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The slice of each subset of each Endpoints object among `drafts` (an empty one where there is no subset)."""
    for draft in drafts:
        if draft.kind.name == "Endpoints":
            for index, subset in enumerate(dicts(draft.decoded().get("subsets")) or [{}]):
                yield _slice(draft, index, subset)


def _slice(draft: Draft, index: int, subset: dict[str, Any]) -> Draft:
    kind = KINDS["EndpointSlice"]
    name = f"{draft.name}-{index}" if index else draft.name
    document = {
        "apiVersion": kind.api,
        "kind": kind.name,
        "metadata": {
            "name": name,
            "namespace": draft.namespace,
            "labels": {"kubernetes.io/service-name": draft.name},
            "ownerReferences": [{"apiVersion": "v1", "kind": "Service", "name": draft.name, "controller": True}],
        },
        "addressType": "IPv4",
        "endpoints": [
            {"addresses": [one.get("ip", "")], "conditions": {"ready": ready}, "targetRef": one.get("targetRef")}
            for field, ready in (("addresses", True), ("notReadyAddresses", False))
            for one in dicts(subset.get(field))
        ],
        "ports": dicts(subset.get("ports")),
    }
    return Draft(kind, draft.namespace, name, draft.rank, draft.file, draft.line, b"", document)
