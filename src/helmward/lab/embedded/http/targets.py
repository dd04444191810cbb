"""What a URL path names: a collection, an object, a subresource (apiserver/pkg/endpoints/request.RequestInfo)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import BY_PATH, Served


@dataclass(frozen=True, slots=True)
class Target:
    """A resource request. `name` is "" for a collection, `namespace` "" for all of them or a cluster-wide kind."""

    kind: Served
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """The object's key in the store."""
        return (self.namespace if self.kind.namespaced else "", self.name)


def nowhere() -> ApiFailure:
    """404 for a path that is no resource."""
    return ApiFailure(404, "NotFound", "the server could not find the requested resource")


def split(path: str) -> tuple[str, str, list[str]] | None:
    """(group, version, rest) of an API path; None for any other path."""
    steps = [unquote(step) for step in path.strip("/").split("/")]
    if steps[0] == "api" and len(steps) >= 2:
        return "", steps[1], steps[2:]
    if steps[0] == "apis" and len(steps) >= 3:
        return steps[1], steps[2], steps[3:]
    return None


def target_of(group: str, version: str, steps: list[str]) -> Target:
    """The target of the steps behind the version. Raises ApiFailure 404."""
    namespace = ""
    # /namespaces/x/pods is a pod's path; /namespaces/x and /namespaces/x/status are the Namespace's own.
    if steps[0] == "namespaces" and len(steps) > 2 and (group, version, steps[2]) in BY_PATH:
        namespace, steps = steps[1], steps[2:]
    kind = BY_PATH.get((group, version, steps[0]))
    if kind is None or len(steps) > 3 or (namespace and not kind.namespaced):
        raise nowhere()
    name, subresource = (*steps[1:], "", "")[:2]
    if name and kind.namespaced and not namespace:
        raise nowhere()
    return Target(kind, namespace, name, subresource)
