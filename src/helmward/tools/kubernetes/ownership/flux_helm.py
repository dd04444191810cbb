"""Flux's helm-controller: the HelmRelease an object is installed by, and whether it corrects drift.

Source: fluxcd/helm-controller, docs/spec/v2/helmreleases.md (driftDetection: mode, ignore, the switch on an object; suspend).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import re2

from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership import flux
from helmward.tools.kubernetes.ownership.claims import Case, Claims, claims, field
from helmward.tools.kubernetes.ownership.helm import literal_key
from helmward.tools.kubernetes.ownership.nouns import Controller, Where
from helmward.tools.kubernetes.ownership.pointers import covers
from helmward.tools.kubernetes.ownership.raw import (
    Raw,
    at,
    group,
    items,
    label,
    mapping,
    mappings,
    mark,
    resource,
    text,
    title,
)

GROUP = "helm.toolkit.fluxcd.io"
_MANAGERS = frozenset({"helm-controller"})


def detect(case: Case) -> Iterator[Controller]:
    """The HelmRelease that installs the object, if any."""
    name, namespace = label(case.item, f"{GROUP}/name"), label(case.item, f"{GROUP}/namespace")
    if not name:
        return
    release = flux.find(case.related, GROUP, "HelmRelease", namespace, name)
    claimed = claims(case, _MANAGERS)
    reverts, overwrites, reason = _effect(case, release, claimed)
    yield Controller(
        system="flux",
        name=f"Flux HelmRelease {title(namespace, name)}",
        resource=resource(release) if release is not None else None,
        paths=claimed.paths,
        reverts=reverts,
        overwrites=overwrites,
        certain=claimed.certain and (release is not None or not reverts),
        reason=reason,
        where=_where(case, release, claimed),
    )


def _effect(case: Case, release: Raw | None, claimed: Claims) -> tuple[bool, bool, str]:
    if case.paths and not claimed.paths:
        return False, False, "installs the object, but does not set the touched fields"
    upgrade = "overwrites this at its next upgrade"
    if mark(case.item, f"{GROUP}/driftDetection") == "disabled":
        return False, True, f"{upgrade}; drift is not corrected on this object"
    if release is None:
        return True, True, "may put this back: it was not read, so drift correction is possible"
    if at(release, "spec", "suspend") is True:
        return False, True, f"is suspended; it {upgrade} after it is resumed"
    if text(release, "spec", "driftDetection", "mode") != "enabled":
        return False, True, f"{upgrade}; drift correction is off"
    if case.paths and all(_ignored(release, case.item, path) for path in claimed.paths):
        return False, True, f"{upgrade}; drift of this field is ignored"
    may = "puts this back" if claimed.certain else "may put this back"
    every = one_line(text(release, "spec", "interval"), 20)
    return True, True, f"{may} when it reconciles (drift correction is on{f', every {every}' if every else ''})"


def _ignored(release: Raw, item: Raw, path: str) -> bool:
    rules = mappings(release, "spec", "driftDetection", "ignore")
    return any(
        _means(rule, item) and any(isinstance(p, str) and covers(p, path) for p in items(rule, "paths"))
        for rule in rules
    )


def _means(rule: Raw, item: Raw) -> bool:
    """Whether a rule's target selects the object: anchored patterns. One by labels is held not to, which is the safe side."""
    target: Any = mapping(rule, "target")
    if text(target, "labelSelector") or text(target, "annotationSelector"):
        return False
    version = text(item, "apiVersion")
    parts = {
        "group": group(version),
        "version": version.rpartition("/")[2],
        "kind": text(item, "kind"),
        "name": text(item, "metadata", "name"),
        "namespace": text(item, "metadata", "namespace"),
    }
    return all(_matches(text(target, part), value) for part, value in parts.items())


def _matches(pattern: str, value: str) -> bool:
    """Anchored, by RE2 as in Flux (Go): no pattern can take forever, and one that is none matches nothing."""
    if not pattern:
        return True
    try:
        return re2.fullmatch(pattern, value) is not None
    except re2.error:
        return False


def _where(case: Case, release: Raw | None, claimed: Claims) -> Where:
    """The values of the HelmRelease; in the source of the Kustomization that applies it, where that is at hand."""
    if release is None:
        named = field(case, claimed.paths)
        return Where(field=named, text=f"Change what sets {named} in the values of that HelmRelease.")
    namespace, name = (text(release, "metadata", key) for key in ("namespace", "name"))
    values = at(release, "spec", "values")
    key = literal_key(case._replace(values=values if isinstance(values, dict) else case.values), claimed)
    shown = f"HelmRelease {title(namespace, name)}"
    named = (
        f"spec.values.{key} of {shown}" if key else f"what sets {field(case, claimed.paths)} in spec.values of {shown}"
    )
    owner, place = (label(release, f"{flux.GROUP}/{part}") for part in ("name", "namespace"))
    kustomization = flux.find(case.related, flux.GROUP, "Kustomization", place, owner)
    if kustomization is not None:
        return flux.where(case.related, kustomization, named)
    command = flux.reconcile("helmrelease", namespace, name)
    return Where(field=named, command=command, text=f"Change {named}; then `{command}`.")
