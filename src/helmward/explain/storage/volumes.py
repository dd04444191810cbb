"""Why none of the volumes there are fits a claim: the nearest one, and what keeps the two apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from helmward.explain.clues.quantities import amount
from helmward.explain.codes import Code
from helmward.explain.storage.codes import ACCESS, CAPACITY, NO_VOLUME, OCCUPIED, SELECTOR
from helmward.world.objects import Object
from helmward.world.selectors import matches


class Misfit(NamedTuple):
    """What keeps a volume from a claim; `code` where it is that alone."""

    code: Code
    says: str


class Nearest(NamedTuple):
    """The volume that comes nearest, and everything that keeps it from the claim."""

    volume: Object
    misfits: tuple[Misfit, ...]

    @property
    def code(self) -> Code:
        """The one code that tells it, or the general one."""
        return self.misfits[0].code if len(self.misfits) == 1 else NO_VOLUME


def nearest(claim: Object, class_name: str, volumes: Iterable[Object]) -> Nearest | None:
    """The volume of the claim's class with the fewest misfits; None if there is none of that class, or one fits.

    The rules are those of the controller (pkg/volume/util and persistentvolume/volume_store: FindMatchingVolume).
    """
    found = [
        Nearest(volume, tuple(_misfits(claim, volume)))
        for volume in volumes
        if (volume.view.spec.storage_class_name or "") == class_name
    ]
    if not found or any(not each.misfits for each in found):
        return None
    free = [each for each in found if all(misfit.code is not OCCUPIED for misfit in each.misfits)]
    fewest = min(len(each.misfits) for each in free or found)
    best = sorted(
        (each for each in free or found if len(each.misfits) == fewest),
        key=lambda each: (each.code.id, each.volume.name),
    )
    return best[0] if len({each.code for each in best}) == 1 else best[0]._replace(misfits=_all(best))


def _all(best: list[Nearest]) -> tuple[Misfit, ...]:
    """Several volumes come equally near, each kept off by something else."""
    return tuple(misfit for each in best[:3] for misfit in each.misfits)


def of_class(class_name: str, volumes: Iterable[Object]) -> bool:
    """There are volumes of a class: it needs no StorageClass object to be bound by hand."""
    return bool(class_name) and any(volume.view.spec.storage_class_name == class_name for volume in volumes)


def _misfits(claim: Object, volume: Object) -> Iterator[Misfit]:
    wants, has = claim.view.spec, volume.view.spec
    owner = has.claim_ref
    if owner is not None and (owner.namespace, owner.name) != (claim.namespace, claim.name):
        yield Misfit(OCCUPIED, f"{volume.name} belongs to the claim {owner.namespace}/{owner.name}")
    elif volume.view.status.phase not in ("Available", "Pending", "Bound", ""):
        yield Misfit(OCCUPIED, f"{volume.name} is {volume.view.status.phase}")
    size = (wants.resources.requests or {}).get("storage") if wants.resources else None
    capacity = (has.capacity or {}).get("storage")
    if (amount(size) or 0.0) > (amount(capacity) or 0.0) and capacity is not None:
        yield Misfit(CAPACITY, f"it asks for {size}, {volume.name} holds {capacity}")
    if has.access_modes and (lacking := sorted(set(wants.access_modes) - set(has.access_modes))):
        offered = ", ".join(has.access_modes)
        yield Misfit(ACCESS, f"it asks for {', '.join(lacking)}, {volume.name} offers {offered}")
    # The usual table prints no labels: nothing follows from there being none.
    unread = volume.meta.labels is None and not volume.uid and volume.view.status.phase
    if wants.selector is not None and not unread and not matches(wants.selector, volume.meta.labels):
        labels = ", ".join(f"{key}={value}" for key, value in sorted((volume.meta.labels or {}).items())) or "no labels"
        asked = ", ".join(f"{key}={value}" for key, value in sorted((wants.selector.match_labels or {}).items()))
        yield Misfit(SELECTOR, f"its selector wants {asked or 'other labels'}, {volume.name} has {labels}")
