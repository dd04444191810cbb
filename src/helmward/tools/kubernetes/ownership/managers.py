"""Who wrote each touched field."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership.fields import holders
from helmward.tools.kubernetes.ownership.nouns import Manager
from helmward.tools.kubernetes.ownership.pointers import dotted
from helmward.tools.kubernetes.ownership.raw import Raw

# Field managers that are kubectl's subcommands (k8s.io/kubectl, `--field-manager` defaults), and what each is called.
_COMMANDS = {
    "kubectl-client-side-apply": "kubectl apply",
    "kubectl-set": "kubectl set",
    "kubectl-rollout": "kubectl rollout",
    "kubectl-edit": "kubectl edit",
    "kubectl-patch": "kubectl patch",
    "kubectl-create": "kubectl create",
    "kubectl-replace": "kubectl replace",
    "kubectl-label": "kubectl label",
    "kubectl-annotate": "kubectl annotate",
}


def managers_of(item: Raw, paths: Iterable[str]) -> dict[str, Manager | None]:
    """The field manager of each JSON pointer into the raw object, from its managedFields.

    Of several, the one that holds the path itself goes before those that hold something inside; then the latest. The
    rest are its `others`. None: nobody is recorded (a default, a field that is absent, managedFields left out).
    """
    return {path: _first(item, path) for path in paths}


def _first(item: Raw, path: str) -> Manager | None:
    held = [manager for manager, _ in holders(item, path)]
    if not held:
        return None
    names = dict.fromkeys(manager.name for manager in held if manager.name != held[0].name)
    return msgspec.structs.replace(held[0], others=tuple(names))


def sentence(path: str, manager: Manager | None) -> str:
    """`spec.replicas was last written by kubectl scale at 2026-01-01T00:00:00Z.`"""
    field = one_line(dotted(path), 200)
    if manager is None:
        return f"{field}: nobody is recorded as its manager."
    when = f" at {one_line(manager.time, 40)}" if manager.time else ""
    return f"{field} was last written by {_called(manager)}{when}."


def _called(manager: Manager) -> str:
    """kubectl names itself alike for server-side apply, scale and status: operation and subresource tell them apart."""
    if manager.name == "kubectl" and manager.subresource:
        return f"kubectl ({one_line(manager.subresource, 40)})"
    if manager.name == "kubectl" and manager.operation == "Apply":
        return "kubectl apply --server-side"
    return _COMMANDS.get(manager.name) or one_line(manager.name, 100) or "a manager without a name"
