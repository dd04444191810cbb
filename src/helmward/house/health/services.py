"""How a Service stands: by the endpoints that answer for it, by what is behind it where none does, and by what is said of it."""

from __future__ import annotations

from collections.abc import Iterator

from helmward.core.text import one_line
from helmward.house.health.counts import COUNTED, endpoints, replicas, selected, word, worst_pod
from helmward.house.health.incidents import NOTHING, Concern, Incidents, place
from helmward.house.health.levels import Health
from helmward.house.health.pods import health_of
from helmward.house.health.told import Standing
from helmward.house.health.tops import is_root
from helmward.world.indexes import TEMPLATED, selector_key, template_key
from helmward.world.objects import Object
from helmward.world.selectors import matches_labels
from helmward.world.store import World


def service(world: World, item: Object, incidents: Incidents) -> Standing:
    """How a Service stands. Without a ready endpoint, what is said of what is behind it is said of it too."""
    about = incidents.at(place(item))
    if item.view.spec.type == "ExternalName":
        return Standing(about.health, about.title or f"leads to {one_line(item.view.spec.external_name or '', 100)}")
    ready, wanted = endpoints(world, item)
    if not wanted and not item.view.spec.selector:  # somebody else keeps its endpoints, and they need not be read
        return Standing(about.health, about.title or "it selects no pods by itself")
    if not wanted:
        return _empty(world, item, about, incidents)
    text = f"{ready} of {wanted} endpoints ready"
    if ready == wanted:
        return Standing(about.health, about.title or text, ready, wanted)
    worst = worst_pod(selected(world, item))
    ails = about or _behind(world, item, incidents) or (worst is not None and health_of(worst) == "broken")
    health: Health = ("degraded" if ready else "broken") if ails else "progressing"
    said = f"{about.title}; {text}" if about and ready else f"{text}{word(worst)}"
    return Standing("broken" if about.serious else health, said, ready, wanted)


def led_to(world: World, service: Object) -> Iterator[Object]:
    """The workloads that a Service selects, whether or not they have pods now, and the pods that no workload makes."""
    labels: dict[str, str] = service.view.spec.selector or {}
    if not labels:
        return
    for item in world.under(template_key(service.namespace, *next(iter(labels.items())))):
        if matches_labels(labels, item.view.spec.template.metadata.labels) and is_root(world, item):
            yield item
    for pod in selected(world, service):
        if is_root(world, pod):
            yield pod


def leading_to(world: World, item: Object) -> Iterator[Object]:
    """The Services that select a workload's pods, or a pod."""
    labels = _labels(item)
    for pair in labels.items():
        for found in world.under(selector_key(item.namespace, *pair)):
            if matches_labels(found.view.spec.selector, labels):
                yield found


def concern_before(world: World, item: Object, incidents: Incidents) -> Concern:
    """What is said of the Services before a workload that runs nothing: of those that nothing else answers for."""
    for found in leading_to(world, item) if is_root(world, item) else ():
        about = incidents.at(place(found))
        if about and not endpoints(world, found)[0]:
            return about
    return NOTHING


def _labels(item: Object) -> dict[str, str]:
    if item.kind.name in TEMPLATED:
        return item.view.spec.template.metadata.labels or {}
    return (item.meta.labels or {}) if item.kind.name == "Pod" else {}


def _empty(world: World, item: Object, about: Concern, incidents: Incidents) -> Standing:
    concern = about or _behind(world, item, incidents)
    if concern:
        return Standing(concern.health, f"no endpoint: {concern.title}", 0, 0)
    behind = list(led_to(world, item))
    if any(one.kind.name in COUNTED and replicas(one)[1] for one in behind):
        return Standing("progressing", "no endpoint yet", 0, 0)
    return Standing("suspended", "what it leads to is scaled to 0" if behind else "no endpoint", 0, 0)


def _behind(world: World, item: Object, incidents: Incidents) -> Concern:
    """What is said of what it leads to."""
    found = (incidents.at(place(one)) for one in led_to(world, item))
    return next((concern for concern in found if concern), NOTHING)
