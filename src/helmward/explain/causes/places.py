"""Where a finding stands."""

from __future__ import annotations

from helmward.core.nouns import Finding, Resource

Place = tuple[str, str, str]  # kind, namespace, name


def place_of(resource: Resource) -> Place:
    """The place an object is."""
    return resource.kind, resource.namespace, resource.name


def places(finding: Finding) -> tuple[Place, ...]:
    """Where a finding stands: on its object and on the workload that owns it."""
    own, owner = place_of(finding.resource), finding.owner
    return (own,) if owner is None else (own, (owner.kind, owner.namespace, owner.name))


def home(finding: Finding) -> Place:
    """The one place that stands for a finding: its workload, or its object if no workload owns it."""
    return places(finding)[-1]
