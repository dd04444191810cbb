"""Small sentences and remedies that several analyzers say the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helmward.core.nouns import Change, Owner, Remedy, Resource
from helmward.world.kinds import KINDS
from helmward.world.objects import Object

_MOST_NAMES = 3


def newest(changes: Sequence[Change]) -> Change | None:
    """The first of `changes`, which stand newest first."""
    return changes[0] if changes else None


def names(found: Iterable[str], limit: int = _MOST_NAMES) -> str:
    """`a, b and c`; the rest of a long list is counted."""
    ordered = sorted(set(found))
    shown, rest = ordered[:limit], len(ordered) - limit
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def resource(kind: str, namespace: str, name: str) -> Resource:
    """The Resource of a known kind by its name, whether or not it exists."""
    return Resource(api_version=KINDS[kind].api, kind=kind, namespace=namespace, name=name)


def look(item: Object, text: str) -> Remedy:
    """A remedy for a person: `text`, and the command that shows the object."""
    place = f"-n {item.namespace} " if item.namespace else ""
    return Remedy(text=text, command=f"kubectl {place}describe {item.kind.name.lower()} {item.name}")


def undo(owner: Owner, text: str) -> Remedy:
    """A remedy that rolls a workload back."""
    return Remedy(
        text=text,
        command=f"kubectl -n {owner.namespace} rollout undo {owner.kind.lower()}/{owner.name}",
        tool="rollout_undo",
        arguments={"kind": owner.kind, "namespace": owner.namespace, "name": owner.name},
    )
