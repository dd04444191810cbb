"""What stands behind a Service and which Services a workload needs: asked by many findings, looked up once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from helmward.core.nouns import Finding
from helmward.explain.causes.found import Sight
from helmward.explain.causes.places import Place
from helmward.explain.recorded import Kept
from helmward.world.indexes import TEMPLATED, Key
from helmward.world.objects import Object

_NEEDY = TEMPLATED | {"CronJob", "Pod"}


class Backing:
    """Remembers both until what they rest on is touched. `sight(seen)` opens the world for one look-up."""

    def __init__(self, sight: Callable[[set[Key]], Sight]) -> None:
        self._behind: Kept[Place, list[Finding]] = Kept(lambda place, seen: _behind(place, sight(seen)))
        self._needs: Kept[Place, list[tuple[Place, str]]] = Kept(lambda place, seen: _needs(place, sight(seen)))

    def touch(self, keys: Iterable[Key]) -> None:
        """Forget what rests on one of `keys`."""
        self._behind.touch(keys)
        self._needs.touch(keys)

    def behind(self, service: Place, world: Sight) -> list[Finding]:
        """The findings on the workloads and bare pods that a Service selects, whether or not they have pods now."""
        return self._behind.ask(service, world.seen)

    def needs(self, workload: Place, world: Sight) -> list[tuple[Place, str]]:
        """The Services that a workload needs, each with where it says so."""
        return self._needs.ask(workload, world.seen) if workload[0] in _NEEDY else []


def _behind(place: Place, world: Sight) -> list[Finding]:
    service = world.get(*place)
    if service is None:
        return []
    return list({finding.id: finding for backer in _backers(service, world) for finding in world.at(backer)}.values())


def _backers(service: Object, world: Sight) -> Iterator[Place]:
    selector: dict[str, str] = service.view.spec.selector or {}
    for item in world.templated(service.namespace, selector):
        yield item.kind.name, item.namespace, item.name
    for pod in world.pods_matching(service.namespace, selector):
        owner = world.workload(pod)
        yield (owner.kind, owner.namespace, owner.name) if owner else ("Pod", pod.namespace, pod.name)


def _needs(place: Place, world: Sight) -> list[tuple[Place, str]]:
    workload = world.get(*place)
    needs = world.needs(workload) if workload is not None else []
    return [(("Service", need.service.namespace, need.service.name), need.place) for need in needs]
