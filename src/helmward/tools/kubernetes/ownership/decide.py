"""Everything that manages the touched fields of one object, in one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from helmward.core.plans import Managed
from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership import argocd, autoscalers, flux, flux_helm, helm, owners, vertical
from helmward.tools.kubernetes.ownership.claims import Case
from helmward.tools.kubernetes.ownership.managers import managers_of, sentence
from helmward.tools.kubernetes.ownership.nouns import Controller, Manager, Ownership
from helmward.tools.kubernetes.ownership.raw import Raw

_SHOWN = 5


def controllers_of(
    item: Raw,
    *,
    related: Sequence[Raw] = (),
    paths: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
    writer: str = "helmward",
) -> Ownership:
    """Who manages the touched `paths` (JSON pointers) of the raw object; without paths, of the object as a whole.

    `related` are raw objects that were looked up: HPAs, ScaledObjects and VPAs of the namespace, Argo CD Applications,
    Flux Kustomizations, HelmReleases and sources, owners. What is not among them was not read, and then the worse is
    assumed and said. `values` are the values of the Helm release, `writer` the field manager that would write.
    """
    case = Case(item, tuple(paths), tuple(related), values, writer)
    found = tuple(_controllers(case))
    managers = managers_of(item, case.paths)
    return Ownership(
        managers=managers,
        controllers=found,
        reverted_by=tuple(controller.name for controller in found if controller.reverts),
        overwritten_by=tuple(_overwriting(found)),
        text=_text(found, managers),
    )


def managed(ownership: Ownership) -> Managed:
    """The answer as a plan carries it: `reverted_by` and `overwritten_by` name the first such system."""
    reverting = [controller for controller in ownership.controllers if controller.reverts]
    overwriting = [
        controller for controller in ownership.controllers if controller.overwrites and not controller.reverts
    ]
    return Managed(
        text=ownership.text,
        managers={
            path: one_line(manager.name, 100) if manager else None for path, manager in ownership.managers.items()
        },
        reverted_by=reverting[0].system if reverting else None,
        overwritten_by=overwriting[0].system if overwriting else None,
        where=tuple(controller.where.text for controller in (*reverting, *overwriting)),
    )


def _controllers(case: Case) -> Iterator[Controller]:
    for room in (autoscalers, vertical, owners, argocd, flux, flux_helm, helm):
        yield from room.detect(case)


def _overwriting(found: Sequence[Controller]) -> Iterator[str]:
    return (controller.name for controller in found if controller.overwrites and not controller.reverts)


def _text(found: Sequence[Controller], managers: Mapping[str, Manager | None]) -> str:
    """What a plan shows: first who undoes the change, then who overwrites it; else who wrote the fields."""
    acting = [controller for controller in found if controller.reverts]
    acting += [controller for controller in found if controller.overwrites and not controller.reverts]
    resting = [controller for controller in found if not controller.reverts and not controller.overwrites]
    told = [controller.text for controller in (*acting, *resting)]
    if not acting:
        told = ["No controller puts this back.", *told]
        told += [sentence(path, manager) for path, manager in list(managers.items())[:_SHOWN]]
        more = len(managers) - _SHOWN
        told += [f"{more} more fields."] if more > 0 else []
    return " ".join(told)
