"""The binding of a pod to a node."""

from __future__ import annotations

from helmward.lab.embedded import failures
from helmward.lab.embedded.bodies import Body, at, now
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import Writer
from helmward.lab.embedded.storage.shelf import Stored


def bind_pod(registry: Registry, key: tuple[str, str], node: str, by: Writer) -> Stored:
    """Assign a pod to a node and set PodScheduled. Raises ApiFailure 404, or 409 for a pod that has a node."""
    current = registry.get("Pod", *key)
    already = at(current.body, "spec", "nodeName")
    if already:
        raise failures.conflict(KINDS["Pod"], key[1], f'pod {key[1]} is already assigned to node "{already}"')
    body = current.copy()
    body["spec"]["nodeName"] = node
    set_condition(body, "PodScheduled", "True")
    if by.dry_run:
        return current
    return registry.store.put("Pod", key, body)


def set_condition(body: Body, type_: str, status: str, reason: str = "", message: str = "") -> None:
    """Set a pod condition; its transition time moves when the status does."""
    conditions = body.setdefault("status", {}).setdefault("conditions", [])
    before = next((item for item in conditions if item["type"] == type_), None)
    turned = before is None or before["status"] != status
    moment = now() if before is None or turned else before.get("lastTransitionTime")
    fresh = {"type": type_, "status": status, "lastProbeTime": None, "lastTransitionTime": moment}
    fresh |= {"reason": reason} if reason else {}
    fresh |= {"message": message} if message else {}
    if before is None:
        conditions.append(fresh)
    else:
        conditions[conditions.index(before)] = fresh
