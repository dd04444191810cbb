"""Flux's kustomize-controller: the Kustomization an object is applied by, and the source it comes from.

Source: fluxcd/kustomize-controller, docs/spec/v1/kustomizations.md (labels, ssa policies, drift correction, suspend) and
its pull request 484 (the switch `reconcile: disabled`).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership.claims import Case, Claims, claims, field
from helmward.tools.kubernetes.ownership.fields import entries
from helmward.tools.kubernetes.ownership.nouns import Controller, Where
from helmward.tools.kubernetes.ownership.raw import Raw, at, is_kind, label, mark, resource, text, title

GROUP = "kustomize.toolkit.fluxcd.io"
_MANAGERS = frozenset({"kustomize-controller"})
_REFERENCES = ("digest", "commit", "name", "semver", "tag", "branch")


def detect(case: Case) -> Iterator[Controller]:
    """The Kustomization that applies the object, if any."""
    name, namespace = label(case.item, f"{GROUP}/name"), label(case.item, f"{GROUP}/namespace")
    if not name and not any(manager.name in _MANAGERS for manager, _ in entries(case.item)):
        return
    kustomization = find(case.related, GROUP, "Kustomization", namespace, name)
    claimed = claims(case, _MANAGERS)
    reverts, overwrites, reason = _effect(case, kustomization, claimed)
    yield Controller(
        system="flux",
        name=f"Flux Kustomization {title(namespace, name)}" if name else "Flux (kustomize-controller)",
        resource=resource(kustomization) if kustomization is not None else None,
        paths=claimed.paths,
        reverts=reverts,
        overwrites=overwrites,
        certain=claimed.certain and (kustomization is not None or not reverts),
        reason=reason,
        where=where(case.related, kustomization, field(case, claimed.paths)),
    )


def find(related: Iterable[Raw], api_group: str, kind: str, namespace: str, name: str) -> Raw | None:
    """The one object of that name at hand."""
    found = (
        other
        for other in related
        if is_kind(other, api_group, kind)
        and text(other, "metadata", "name") == name
        and text(other, "metadata", "namespace") == namespace
    )
    return next(found, None) if name else None


def _effect(case: Case, kustomization: Raw | None, claimed: Claims) -> tuple[bool, bool, str]:
    policy = mark(case.item, f"{GROUP}/ssa")
    if case.paths and not claimed.paths:
        return False, False, "applies the object, but does not set the touched fields"
    if mark(case.item, f"{GROUP}/reconcile") == "disabled":
        return False, False, "leaves the object alone (reconcile: disabled)"
    if policy in ("ifnotpresent", "ignore"):
        return False, False, f"leaves the object alone (ssa: {'IfNotPresent' if policy[1] == 'f' else 'Ignore'})"
    may = "puts this back" if claimed.certain else "may put this back"
    if kustomization is None:
        return True, True, f"{may} when it reconciles; it was not read, so it may also be suspended"
    if at(kustomization, "spec", "suspend") is True:
        return False, True, "is suspended; it overwrites this when it is resumed"
    every = one_line(text(kustomization, "spec", "interval"), 20)
    return True, True, f"{may} when it reconciles" + (f" (every {every})" if every else "")


def where(related: Iterable[Raw], kustomization: Raw | None, named: str) -> Where:
    """Where the Kustomization gets its manifests; `named` is the field to change there."""
    if kustomization is None:
        return Where(field=named, text=f"Change {named} in the source of that Kustomization.")
    namespace, name = (text(kustomization, "metadata", key) for key in ("namespace", "name"))
    command = reconcile("kustomization", namespace, name, "--with-source")
    repository, followed = _source(related, kustomization)
    path = one_line(text(kustomization, "spec", "path"))
    applied = one_line(text(kustomization, "status", "lastAppliedRevision"), 100)
    revision = f"{followed} (now {applied})" if followed and applied else followed or applied
    place = (repository or "its source") + (f", path {path}" if path else "")
    place += f", revision {revision}" if revision else ""
    told = f"Change {named} in {place}; then `{command}`."
    return Where(repository=repository, path=path, revision=revision, field=named, command=command, text=told)


def reconcile(what: str, namespace: str, name: str, *more: str) -> str:
    """The flux command that takes a change over at once."""
    parts = ["flux", "reconcile", what, one_line(name, 253), "-n", one_line(namespace, 253), *more]
    return " ".join(shlex.quote(part) for part in parts)


def _source(related: Iterable[Raw], kustomization: Raw) -> tuple[str, str]:
    """The source's address and what is followed there; "" where it is not at hand."""
    kind, name = text(kustomization, "spec", "sourceRef", "kind"), text(kustomization, "spec", "sourceRef", "name")
    namespace = text(kustomization, "spec", "sourceRef", "namespace") or text(kustomization, "metadata", "namespace")
    source = find(related, "source.toolkit.fluxcd.io", kind, namespace, name)
    if source is None:
        return "", ""
    bucket = "/".join(part for part in (text(source, "spec", "endpoint"), text(source, "spec", "bucketName")) if part)
    return one_line(text(source, "spec", "url") or bucket), one_line(_followed(source), 100)


def _followed(source: Raw) -> str:
    """In the order in which Flux itself prefers them (fluxcd/source-controller, docs/spec/v1/gitrepositories.md)."""
    return next((found for key in _REFERENCES if (found := text(source, "spec", "ref", key))), "")
