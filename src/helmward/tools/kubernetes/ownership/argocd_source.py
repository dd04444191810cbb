"""From where an Argo CD Application deploys (its documentation: operator-manual/application.yaml, multiple_sources)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership.claims import Case, field
from helmward.tools.kubernetes.ownership.nouns import Where
from helmward.tools.kubernetes.ownership.pointers import value_at
from helmward.tools.kubernetes.ownership.raw import Raw, at, items, mapping, mappings, text
from helmward.tools.kubernetes.ownership.values import values_key


def where(case: Case, application: Raw | None, paths: Iterable[str]) -> Where:
    """Where the Application is changed; without it only the field is known."""
    paths = tuple(paths)
    if application is None:
        named = field(case, paths)
        return Where(field=named, text=f"Change {named} where that application deploys from.")
    sources = _sources(application)
    named = _values(case, sources, paths) or field(case, paths)
    name = _command_name(application)
    command = f"argocd app sync {shlex.quote(name)}"
    if len(sources) != 1:
        return Where(field=named, command=command, text=_several(application, sources, named, command))
    repository, path, followed = (one_line(part) for part in _parts(sources[0]))
    applied = one_line(text(application, "status", "sync", "revision"), 64)
    revision = f"{followed} (now {applied})" if applied and applied != followed else followed or applied
    place = f"{repository or 'its repository'}" + (f", path {path}" if path else "")
    place += f", revision {revision}" if revision else ""
    told = f"Change {named} in {place}; then `{command}`."
    return Where(repository=repository, path=path, revision=revision, field=named, command=command, text=told)


def _sources(application: Raw) -> list[Raw]:
    """`sources` goes before `source`, as in Argo CD; a hydrated application is changed in its dry source."""
    dry = mapping(application, "spec", "sourceHydrator", "drySource")
    several = list(mappings(application, "spec", "sources"))
    single = mapping(application, "spec", "source")
    return [dry] if dry else several or ([single] if single else [])


def _parts(source: Raw) -> tuple[str, str, str]:
    chart = text(source, "chart")
    return text(source, "repoURL"), f"chart {chart}" if chart else text(source, "path"), text(source, "targetRevision")


def _several(application: Raw, sources: list[Raw], named: str, command: str) -> str:
    applied = items(application, "status", "sync", "revisions")
    if not sources:
        return f"Change {named} where that application deploys from; then `{command}`."
    shown = []
    for place, source in enumerate(sources[:5]):
        now = applied[place] if place < len(applied) and isinstance(applied[place], str) else ""
        shown.append(" ".join(one_line(part, 200) for part in (*_parts(source), f"(now {now})" if now else "") if part))
    return f"Change {named} in one of its {len(sources)} sources: {'; '.join(shown)}. Then `{command}`."


def _values(case: Case, sources: list[Raw], paths: tuple[str, ...]) -> str:
    """The Helm values key that stands in the Application itself, for a single touched path."""
    found = [
        key
        for source in sources
        if isinstance(values := at(source, "helm", "valuesObject"), dict) and len(paths) == 1
        if (key := values_key(values, paths[0], value_at(case.item, paths[0])))
    ]
    return f"the Helm value {one_line(found[0], 200)} (spec.source.helm.valuesObject)" if len(found) == 1 else ""


def _command_name(application: Raw) -> str:
    namespace, name = (one_line(text(application, "metadata", key), 253) for key in ("namespace", "name"))
    return f"{namespace}/{name}" if namespace else name
