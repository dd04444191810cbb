"""Helm: the release an object belongs to. Nothing puts a change back; the next upgrade overwrites it.

Sources: Helm's documentation, faq/changes_since_helm2 (three-way merge: an upgrade sets again what the chart sets, and keeps
what it does not) and commands/helm_upgrade (--force-conflicts: Helm 4 applies on the server, which refuses to take a field
from another manager); helm/helm pkg/action/validate.go (the label and the two annotations).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership.claims import Case, Claims, claims, field
from helmward.tools.kubernetes.ownership.fields import entries
from helmward.tools.kubernetes.ownership.nouns import Controller, Where
from helmward.tools.kubernetes.ownership.pointers import value_at
from helmward.tools.kubernetes.ownership.raw import annotation, label, title
from helmward.tools.kubernetes.ownership.values import values_key

_MANAGERS = frozenset({"helm"})


def detect(case: Case) -> Iterator[Controller]:
    """The Helm release the object belongs to, unless Flux runs it (flux_helm)."""
    name = annotation(case.item, "meta.helm.sh/release-name")
    if not name or label(case.item, "helm.toolkit.fluxcd.io/name"):
        return
    namespace = annotation(case.item, "meta.helm.sh/release-namespace")
    claimed = claims(case, _MANAGERS)
    sets = bool(claimed.paths) or not case.paths
    yield Controller(
        system="helm",
        name=f"Helm release {title(namespace, name)}",
        resource=None,
        paths=claimed.paths,
        reverts=False,
        overwrites=sets,
        certain=claimed.certain,
        reason=_reason(case, claimed) if sets else "keeps this: its chart does not set the touched fields",
        where=_where(case, namespace, name, claimed),
    )


def _reason(case: Case, claimed: Claims) -> str:
    applies = any(manager.name in _MANAGERS and manager.operation == "Apply" for manager, _ in entries(case.item))
    if applies:
        return "conflicts with this at its next upgrade, which --force-conflicts lets overwrite it"
    return "overwrites this at its next upgrade" if claimed.certain else "may overwrite this at its next upgrade"


def literal_key(case: Case, claimed: Claims) -> str:
    """The values key of the only touched path, if it stands literally in the release's values; or ""."""
    if case.values is None or len(claimed.paths) != 1:
        return ""
    path = claimed.paths[0]
    return one_line(values_key(case.values, path, value_at(case.item, path)) or "", 200)


def _where(case: Case, namespace: str, name: str, claimed: Claims) -> Where:
    release = f"{shlex.quote(one_line(name, 253))} -n {shlex.quote(one_line(namespace or 'default', 253))}"
    key = literal_key(case, claimed)
    chart = one_line(label(case.item, "helm.sh/chart"), 100)
    if key:
        command = f"helm upgrade {release} CHART --reuse-values --set {shlex.quote(key)}=VALUE"
        told = f"Change the value {key} of the release: `{command}`."
        return Where(path=chart, field=f"the Helm value {key}", command=command, text=told)
    command = f"helm get values {release} --all"
    named = field(case, claimed.paths)
    told = f"Change what sets {named} in the release's values or chart{f' ({chart})' if chart else ''}: `{command}`."
    return Where(path=chart, field=named, command=command, text=told)
