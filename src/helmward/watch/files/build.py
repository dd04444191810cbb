"""From drafts to a World: the best of each object, what was deployed only where nothing live is known, and coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import msgspec

from helmward.watch.files.deployed import at_home, completed
from helmward.watch.files.drafts import Draft, Rank, Ref
from helmward.watch.files.drift import drifted
from helmward.watch.files.endpoints import mirrored
from helmward.watch.files.infer import aim, infer
from helmward.watch.files.merge import merged
from helmward.world.objects import Object, read_object
from helmward.world.store import World


def build(world: World, drafts: Iterable[Draft], empty: Collection[str]) -> list[Object]:
    """Put every object into `world`, which has its logs, and fill its coverage. `empty`: kinds listed without items.

    Returns the desired objects (of manifests), whether or not they stand in the world.
    """
    every = list(drafts)
    found = _by_name(draft for draft in every if draft.rank is not Rank.MANIFEST)
    desired = _by_name(at_home([draft for draft in every if draft.rank is Rank.MANIFEST], found))
    live_kinds = {ref[0] for ref in found} | set(empty)
    # A kind that was read live is known: a manifest of it that is not there was not applied, and must not seem to be.
    found |= {ref: draft for ref, draft in desired.items() if ref[0] not in live_kinds}
    if not any(ref[0] == "EndpointSlice" for ref in found) and "EndpointSlice" not in empty:
        found |= _by_name(list(mirrored(found.values())))
    aim(found)
    drift = list(drifted(found, desired, {ref[0] for ref in found} if live_kinds else set()))
    completed(found, desired)
    infer(found, _logged(world))
    counts = _put_all(world, found)
    for change in drift:
        world.changes.add(change)
    _name_logs(world)
    _cover(world, counts, set(empty), _partial(every, found, bool(live_kinds)))
    return [item for draft in desired.values() if (item := _read(draft)) is not None]


def _by_name(drafts: Iterable[Draft]) -> dict[Ref, Draft]:
    groups: dict[Ref, list[Draft]] = {}
    for draft in drafts:
        groups.setdefault(draft.ref, []).append(draft)
    return {ref: group[0] if len(group) == 1 else merged(group) for ref, group in sorted(groups.items())}


def _put_all(world: World, found: Mapping[Ref, Draft]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for draft in found.values():
        try:
            item = world.apply(draft.kind, draft.encoded())
        except (msgspec.DecodeError, RecursionError) as error:
            world.coverage.problem(f"{draft.file}:{draft.line}: the {draft.kind.name} is not readable ({error}).")
            continue
        item.file, item.line = draft.file, draft.line
        counts[draft.kind.name] += 1
        if item.spoiled:
            first = item.spoiled[0]
            world.coverage.problem(f"{draft.file}:{draft.line}: a field of {item.resource} is left out: {first}.")
    return counts


def _name_logs(world: World) -> None:
    """`logs/<namespace>/<pod>.log` names no container: it is the pod's only one, if there is only one."""
    for ref in [ref for ref in world.logs.refs() if not ref.container]:
        pod = world.get("Pod", ref.namespace, ref.pod)
        names = [container.name for container in pod.view.spec.containers] if pod is not None else []
        if len(names) == 1 and (log := world.logs.get(ref)) is not None:
            world.logs.put(ref._replace(container=names[0]), log)


def _read(draft: Draft) -> Object | None:
    try:
        item = read_object(draft.kind, draft.encoded())
    except (msgspec.DecodeError, RecursionError):
        return None
    item.file, item.line = draft.file, draft.line
    return item


def _logged(world: World) -> dict[tuple[str, str], dict[str, bool]]:
    found: dict[tuple[str, str], dict[str, bool]] = {}
    for ref in world.logs.refs():
        containers = found.setdefault((ref.namespace, ref.pod), {})
        containers[ref.container] = containers.get(ref.container, False) or ref.previous
    return found


def _partial(every: Iterable[Draft], found: Mapping[Ref, Draft], live: bool) -> set[str]:
    """The kinds of which more may exist than was given: from an absence of theirs nothing follows.

    Described objects are a choice of somebody's; manifests beside live objects are what one tool applied; pods of a
    table without labels cannot be matched by any selector.
    """
    sources: dict[str, set[Rank]] = {}
    for draft in (*every, *found.values()):
        sources.setdefault(draft.kind.name, set()).add(draft.rank)
    pods = (draft for ref, draft in found.items() if ref[0] == "Pod" and draft.rank in (Rank.WIDE, Rank.TABLE))
    unlabelled = {"Pod"} if any(not _labels(draft) for draft in pods) else set()
    chosen = {kind for kind, ranks in sources.items() if ranks <= {Rank.DESCRIBED, Rank.GUESSED, Rank.MANIFEST}}
    deployed = {kind for kind, ranks in sources.items() if ranks == {Rank.MANIFEST}}
    return (chosen - deployed) | (deployed if live else set()) | unlabelled


def _labels(draft: Draft) -> object:
    return (draft.decoded().get("metadata") or {}).get("labels")


def _cover(world: World, counts: Mapping[str, int], empty: set[str], partial: set[str]) -> None:
    for kind in sorted({*counts, *empty}):
        world.coverage.read(kind, counts.get(kind, 0), whole=kind not in partial)
