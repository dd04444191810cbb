"""What the door asks of what explains: what is wrong around an object now, and which findings still stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helmward.core.nouns import Finding, Resource, Severity
from helmward.explain.live import Explainer
from helmward.world.objects import Object
from helmward.world.selectors import matches_labels
from helmward.world.store import World


class Sense:
    """Reads the findings of the last pass; makes no pass of its own."""

    def __init__(self, world: World, explainer: Explainer) -> None:
        self._world, self._explainer = world, explainer

    def around(self, resource: Resource) -> Mapping[str, Finding]:
        """Findings at high or above on the object, on what belongs to it, and on the Services before its pods."""
        near = {(resource.kind, resource.namespace, resource.name)}
        near |= {("Service", item.namespace, item.name) for item in self._services(resource)}
        return {
            finding.id: finding
            for finding in self._explainer.findings
            if finding.severity.rank <= Severity.HIGH.rank and near & _places(finding)
        }

    def standing(self, identities: tuple[str, ...]) -> tuple[str, ...]:
        """Those of these findings that the last pass still found."""
        found = {finding.id for finding in self._explainer.findings}
        return tuple(identity for identity in identities if identity in found)

    def _services(self, resource: Resource) -> Iterator[Object]:
        workload = self._world.get(resource.kind, resource.namespace, resource.name)
        template = getattr(getattr(getattr(workload, "view", None), "spec", None), "template", None)
        labels = getattr(getattr(template, "metadata", None), "labels", None) or {}
        for service in self._world.all("Service", resource.namespace) if labels else ():
            if service.view.spec.selector and matches_labels(service.view.spec.selector, labels):
                yield service


def _places(finding: Finding) -> set[tuple[str, str, str]]:
    found = {(finding.resource.kind, finding.resource.namespace, finding.resource.name)}
    if finding.owner is not None:
        found.add((finding.owner.kind, finding.owner.namespace, finding.owner.name))
    return found
