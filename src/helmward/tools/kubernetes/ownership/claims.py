"""What a tool that applies manifests holds of the touched paths: what it would put back, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from helmward.core.text import one_line
from helmward.tools.kubernetes.ownership.fields import Grasp, entries, holders
from helmward.tools.kubernetes.ownership.pointers import covers, dotted, value_at
from helmward.tools.kubernetes.ownership.raw import MISSING, Raw, resource

# What only the cluster writes, never a manifest: the mark of `kubectl rollout restart`, and our own.
_NEVER_DECLARED = (
    "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt",
    "/spec/template/metadata/annotations/helmward.dev~1action",
    "/metadata/annotations/helmward.dev~1action",
)


class Case(NamedTuple):
    """One question: the object, the paths a change touches (none: all of it), and what else was looked up."""

    item: Raw
    paths: tuple[str, ...] = ()
    related: tuple[Raw, ...] = ()
    values: Mapping[str, Any] | None = None
    writer: str = "helmward"


class Claim(StrEnum):
    """How a tool stands to one path."""

    HELD = "held"  # it is recorded as a manager of it
    TAKEN = "taken"  # another has written it, which takes ownership away: the manifest may still set it
    UNKNOWN = "unknown"  # managedFields do not tell
    FREE = "free"  # its manifest does not set it


class Claims(NamedTuple):
    """What a tool would put back: the paths, and whether all of them are surely its own."""

    paths: tuple[str, ...]
    certain: bool


def claims(case: Case, tools: frozenset[str]) -> Claims:
    """The touched paths that the field managers `tools` may set again.

    A path counts as theirs unless it is known not to be: an Update by another takes ownership away without changing the
    manifest (Kubernetes, server-side apply, conflicts).
    """
    found = {path: claim(case.item, path, tools) for path in case.paths}
    kept = tuple(path for path, how in found.items() if how is not Claim.FREE)
    return Claims(kept, all(found[path] is Claim.HELD for path in kept))


def claim(item: Raw, path: str, tools: frozenset[str]) -> Claim:
    """How the field managers `tools` stand to one path."""
    if any(covers(own, path) for own in _NEVER_DECLARED):
        return Claim.FREE
    held = holders(item, path)
    if any(manager.name in tools and not manager.subresource for manager, _ in held):
        return Claim.HELD
    if not any(manager.name in tools for manager, _ in entries(item)):
        return Claim.UNKNOWN
    value = value_at(item, path)
    if not held:
        # Scaled to 0 through /scale, nobody is recorded: Scale leaves a 0 out (autoscaling/v1, ScaleSpec, omitempty).
        return Claim.TAKEN if path == "/spec/replicas" and value == 0 else Claim.FREE
    if value is MISSING:
        return Claim.FREE
    surest = [manager for manager, how in held if how >= Grasp.ABOVE] or [manager for manager, _ in held]
    return Claim.FREE if all(_autoscales(manager.name, manager.subresource) for manager in surest) else Claim.TAKEN


def field(case: Case, paths: Iterable[str]) -> str:
    """`spec.replicas of Deployment shop/web`: what to look for in a manifest."""
    named = ", ".join(one_line(dotted(path), 200) for path in list(paths)[:3])
    target = str(resource(case.item)).replace("/", " ", 1)
    return f"{named} of {target}" if named else target


def _autoscales(name: str, subresource: str) -> bool:
    """Only an autoscaler's write through /scale shows that the manifest leaves the number to it."""
    return subresource == "scale" and not name.startswith("kubectl")
