"""Argo CD: the Application an object belongs to, whether it heals by itself, and from where it deploys.

Sources, all in Argo CD's documentation: user-guide/resource_tracking (tracking-id, the instance label),
user-guide/auto_sync (automated, enabled, selfHeal), user-guide/diffing and sync-options (ignoreDifferences,
RespectIgnoreDifferences), user-guide/skip_reconcile, user-guide/multiple_sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from helmward.tools.kubernetes.ownership.argocd_ignores import ignored
from helmward.tools.kubernetes.ownership.argocd_source import where
from helmward.tools.kubernetes.ownership.claims import Case, Claims, claims
from helmward.tools.kubernetes.ownership.fields import entries
from helmward.tools.kubernetes.ownership.nouns import Controller
from helmward.tools.kubernetes.ownership.raw import (
    Raw,
    annotation,
    at,
    group,
    is_kind,
    items,
    label,
    mappings,
    resource,
    text,
    title,
)

_MANAGERS = frozenset({"argocd-controller", "argocd-application-controller"})


class Effect(NamedTuple):
    """What a sync policy does to a change, in words."""

    reverts: bool
    overwrites: bool
    reason: str
    certain: bool = True


def detect(case: Case) -> Iterator[Controller]:
    """The Application that deploys the object, if any."""
    if is_kind(case.item, "argoproj.io", "Application") and not annotation(case.item, "argocd.argoproj.io/tracking-id"):
        return
    application, name = _application(case)
    if application is None and not name and not _applied(case.item):
        return
    claimed = claims(case, _MANAGERS)
    effect = _effect(case, application, claimed)
    namespace = text(application, "metadata", "namespace") if application is not None else ""
    shown = title(namespace, text(application, "metadata", "name") or name)
    yield Controller(
        system="argocd",
        name=f"Argo CD application {shown}" if shown else "Argo CD",
        resource=resource(application) if application is not None else None,
        paths=claimed.paths,
        reverts=effect.reverts,
        overwrites=effect.overwrites,
        certain=effect.certain,
        reason=effect.reason,
        where=where(case, application, claimed.paths),
    )


def application_name(item: Raw) -> str:
    """The name that Argo CD's marks on the object give its Application, or ""; namespace_name outside Argo CD's own."""
    marked = _tracked(item) or label(item, "argocd.argoproj.io/instance")
    # Helm charts write this label too: alone it says nothing.
    return marked or (label(item, "app.kubernetes.io/instance") if _applied(item) else "")


def _application(case: Case) -> tuple[Raw | None, str]:
    """The Application at hand and its name, "" if the object bears no mark of one."""
    every = [other for other in case.related if is_kind(other, "argoproj.io", "Application")]
    name = application_name(case.item)
    if not name:
        listing = [application for application in every if _lists(application, case.item)]
        return (listing[0], "") if len(listing) == 1 else (None, "")
    called = [application for application in every if _called(application, name)]
    fitting = [application for application in called if _lists(application, case.item)] or called
    return (fitting[0] if len(fitting) == 1 else None), name


def _applied(item: Raw) -> bool:
    return any(manager.name in _MANAGERS for manager, _ in entries(item))


def _tracked(item: Raw) -> str:
    """The application of a tracking-id that names this very object; one that was copied from another names nothing."""
    name, _, rest = annotation(item, "argocd.argoproj.io/tracking-id").partition(":")
    kind, _, place = rest.partition(":")
    namespace = text(item, "metadata", "namespace")
    own = f"{group(text(item, 'apiVersion'))}/{text(item, 'kind')}"
    whose, _, called = place.partition("/")
    fits = kind == own and called == text(item, "metadata", "name") and (not namespace or whose == namespace)
    return name if fits else ""


def _called(application: Raw, name: str) -> bool:
    """Applications outside Argo CD's own namespace are tracked as namespace_name."""
    own = text(application, "metadata", "name")
    return name in (own, f"{text(application, 'metadata', 'namespace')}_{own}")


def _lists(application: Raw, item: Raw) -> bool:
    wanted = (
        group(text(item, "apiVersion")),
        text(item, "kind"),
        text(item, "metadata", "namespace"),
        text(item, "metadata", "name"),
    )
    listed = mappings(application, "status", "resources")
    return wanted in ((text(e, "group"), text(e, "kind"), text(e, "namespace"), text(e, "name")) for e in listed)


def _effect(case: Case, application: Raw | None, claimed: Claims) -> Effect:
    if case.paths and not claimed.paths:
        return Effect(False, False, "deploys the object, but does not set the touched fields")
    if application is None:
        return Effect(True, True, "may put this back: its Application was not read, so self-heal is possible", False)
    may = "puts this back" if claimed.certain else "may put this back"
    heals, overwrites, reason = _policy(application)
    if annotation(case.item, "argocd.argoproj.io/hook"):
        return Effect(False, True, "runs the object as a hook and makes it anew at the next sync", claimed.certain)
    if heals and case.paths and all(ignored(application, case, path) for path in claimed.paths):
        respects = "RespectIgnoreDifferences=true" in items(application, "spec", "syncPolicy", "syncOptions")
        later = "" if respects else ", but the next sync overwrites it"
        return Effect(False, not respects, f"leaves this alone (ignoreDifferences){later}", claimed.certain)
    if heals:
        return Effect(True, True, f"{may} within seconds (self-heal is on)", claimed.certain)
    return Effect(False, overwrites, reason, claimed.certain)


def _policy(application: Raw) -> tuple[bool, bool, str]:
    """Whether it heals, whether a later sync overwrites, and the words for it."""
    automated = at(application, "spec", "syncPolicy", "automated")
    enabled = isinstance(automated, dict) and automated.get("enabled") is not False
    if annotation(application, "argocd.argoproj.io/skip-reconcile") == "true":
        return False, True, "is paused (skip-reconcile); it overwrites this at the first sync after that"
    if not enabled:
        return False, True, "overwrites this at the next sync, which somebody starts by hand"
    if automated.get("selfHeal") is True:
        return True, True, ""
    return False, True, "overwrites this at the next change in its repository (automated, without self-heal)"
