"""VerticalPodAutoscaler: it leaves the template as it is and sets the resources of the pods, so a change there has no effect.

Source: kubernetes/autoscaler, vertical-pod-autoscaler/docs (quickstart: update modes, Recreate where none is named; api:
resourcePolicy with mode, controlledResources and controlledValues of each container, "*" for the others).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership.autoscalers import targets
from helmward.tools.kubernetes.ownership.claims import Case
from helmward.tools.kubernetes.ownership.nouns import Controller, Where
from helmward.tools.kubernetes.ownership.pointers import steps, value_at
from helmward.tools.kubernetes.ownership.raw import Raw, at, is_kind, items, mappings, resource, text, title

_CONTAINERS = ("spec", "template", "spec", "containers")


def detect(case: Case) -> Iterator[Controller]:
    """Every VerticalPodAutoscaler at hand that sets touched resources of the object's pods."""
    for other in case.related:
        if not is_kind(other, "autoscaling.k8s.io", "VerticalPodAutoscaler"):
            continue
        if not targets(other, case.item, "targetRef", ""):
            continue
        touched = tuple(path for path in case.paths if _sets(other, case.item, path))
        if touched or not case.paths:
            yield _controller(other, touched)


def _sets(vpa: Raw, item: Raw, path: str) -> bool:
    """Whether the path is (or lies in) a container's resources that this autoscaler controls."""
    place = steps(path)
    if place[:4] != _CONTAINERS or len(place) < 6 or place[5] != "resources":
        return False
    name = text(value_at(item, "/" + "/".join(place[:5])), "name")
    policy = _policy(vpa, name)
    if text(policy, "mode") == "Off":
        return False
    if text(policy, "controlledValues") == "RequestsOnly" and place[6:7] == ("limits",):
        return False
    controlled = items(policy, "controlledResources") or ("cpu", "memory")
    return len(place) < 8 or place[7] in controlled


def _policy(vpa: Raw, container: str) -> Raw:
    policies = list(mappings(at(vpa, "spec", "resourcePolicy"), "containerPolicies"))
    named = [policy for policy in policies if text(policy, "containerName") == container]
    return next(iter(named or [policy for policy in policies if text(policy, "containerName") == "*"]), {})


def _controller(vpa: Raw, touched: tuple[str, ...]) -> Controller:
    mode = text(vpa, "spec", "updatePolicy", "updateMode") or "Recreate"
    acts = mode != "Off"
    reason = f"sets these resources on every new pod, whatever the template says (mode {one_line(mode, 30)})"
    namespace, name = (text(vpa, "metadata", key) for key in ("namespace", "name"))
    parts = ("kubectl", "edit", "vpa", one_line(name, 253), "-n", one_line(namespace, 253))
    command = " ".join(shlex.quote(part) for part in parts)
    field = "spec.resourcePolicy"
    return Controller(
        system="vpa",
        name=f"VerticalPodAutoscaler {title(namespace, name)}",
        resource=resource(vpa),
        paths=touched,
        reverts=acts,
        overwrites=False,
        reason=reason if acts else "only recommends (mode Off)",
        where=Where(field=field, command=command, text=f"Change {field} there: `{command}`."),
    )
