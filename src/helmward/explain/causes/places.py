"""Where findings stand, and what stands behind a Service: the look-ups of one joining, each made once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from helmward.core.nouns import Finding, Resource
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.selectors import matches_labels

Place = tuple[str, str, str]  # kind, namespace, name
_MAKERS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"})
_NEEDY = _MAKERS | {"CronJob", "Pod"}


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


class Places:
    """The findings by place, for one joining."""

    def __init__(self, findings: Iterable[Finding], world: Lens) -> None:
        self._world = world
        self._at: dict[Place, list[Finding]] = {}
        for finding in findings:
            for place in dict.fromkeys(places(finding)):
                self._at.setdefault(place, []).append(finding)
        self.has_nodes = any(kind == "Node" for kind, _, _ in self._at)
        """A finding stands on a node."""
        self._behind: dict[Place, list[Finding]] = {}
        self._needs: dict[Place, list[tuple[Object, str]]] = {}
        self._makers = self._by_label()

    def at(self, place: Place) -> Sequence[Finding]:
        """The findings at one place."""
        return self._at.get(place, ())

    def behind(self, service: Object) -> list[Finding]:
        """The findings on the workloads and bare pods that a Service selects, whether or not they have pods now."""
        key = ("Service", service.namespace, service.name)
        if key not in self._behind:
            found = {finding.id: finding for place in self._backers(service) for finding in self.at(place)}
            self._behind[key] = list(found.values())
        return self._behind[key]

    def needs(self, place: Place) -> list[tuple[Object, str]]:
        """The Services that a workload needs, each with where it says so."""
        if place not in self._needs:
            workload = self._world.get(*place) if place[0] in _NEEDY else None
            needs = self._world.needs(workload) if workload is not None else []
            self._needs[place] = [(need.service, need.place) for need in needs]
        return self._needs[place]

    def _backers(self, service: Object) -> Iterator[Place]:
        selector: dict[str, str] = service.view.spec.selector or {}
        if not selector:
            return
        key, value = next(iter(selector.items()))
        for place, labels in self._makers.get((service.namespace, key, value), ()):
            if matches_labels(selector, labels):
                yield place
        for pod in self._world.pods_matching(service.namespace, selector):
            owner = self._world.workload(pod)
            yield (owner.kind, owner.namespace, owner.name) if owner else ("Pod", pod.namespace, pod.name)

    def _by_label(self) -> dict[tuple[str, str, str], list[tuple[Place, dict[str, str]]]]:
        """The workloads with findings by each label of their templates: at zero replicas no pod leads to them."""
        found: dict[tuple[str, str, str], list[tuple[Place, dict[str, str]]]] = {}
        for place in self._at:
            maker = self._world.get(*place) if place[0] in _MAKERS else None
            labels = (maker.view.spec.template.metadata.labels or {}) if maker is not None else {}
            for pair in labels.items():
                found.setdefault((place[1], *pair), []).append((place, labels))
        return found
