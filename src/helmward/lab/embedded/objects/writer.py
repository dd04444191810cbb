"""Who writes: the user, the field manager and how."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """An authenticated user (authentication.k8s.io UserInfo)."""

    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writer:
    """One request's author: `manager` is its field manager, `dry_run` means nothing is stored."""

    manager: str
    user: User = User("system:unsecured", ("system:masters",))
    dry_run: bool = False


def controller(name: str) -> Writer:
    """The writer of a controller of ours, under the manager name that the real ones carry."""
    user = User(f"system:serviceaccount:kube-system:{name}", ("system:masters",))
    return Writer("kube-scheduler" if name == "scheduler" else "kube-controller-manager", user)
