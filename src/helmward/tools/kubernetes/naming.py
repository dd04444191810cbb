"""Which kind a word means: `Deployment`, `deployments`, `deploy`, `deployments.apps`; also kinds only this cluster serves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from helmward.core.errors import UsageError
from helmward.core.text import one_line
from helmward.door.tool import Arguments, Reader
from helmward.world.kinds import KINDS, Kind, kind_of

API_VERSION = r"^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?v[0-9]{1,3}((alpha|beta)[0-9]{1,3})?$"
"""`v1`, `apps/v1` (Kubernetes API conventions, versioning)."""

KIND = r"^[A-Za-z][A-Za-z0-9.-]{0,252}$"
"""A kind, a plural, a singular or a short name, with its group after a dot where wanted."""

_SHORT = {
    "po": "Pod",
    "svc": "Service",
    "cm": "ConfigMap",
    "sa": "ServiceAccount",
    "ns": "Namespace",
    "no": "Node",
    "ev": "Event",
    "pvc": "PersistentVolumeClaim",
    "pv": "PersistentVolume",
    "quota": "ResourceQuota",
    "deploy": "Deployment",
    "rs": "ReplicaSet",
    "sts": "StatefulSet",
    "ds": "DaemonSet",
    "cj": "CronJob",
    "ing": "Ingress",
    "sc": "StorageClass",
}
"""The short names of the API server's own kinds (kubectl api-resources); no request is needed for them."""


class KindArguments(Arguments):
    """Names a kind of object."""

    kind: str = Field(
        pattern=KIND, description="The kind, its plural, singular or short name: Deployment, deployments, deploy."
    )
    api_version: str | None = Field(
        default=None,
        pattern=API_VERSION,
        max_length=280,
        description="The API version, such as apps/v1, where several groups have such a kind.",
    )


async def resolve(reader: Reader, arguments: KindArguments) -> Kind:
    """The kind that is meant. Asks the cluster only for kinds that are not Kubernetes' own.

    Raises UsageError where no kind is called so, or several groups have one."""
    word, version = arguments.kind.lower(), arguments.api_version
    if known := _known(word, version):
        return known
    served = [one for one in await reader.discover() if "list" in one.verbs and word in set(_names(one))]
    if version is not None:
        served = [one for one in served if _version(one) == version]
    if not served:
        where = f" in {version}" if version else ""
        raise UsageError(f"kind: this cluster serves no {one_line(arguments.kind, 80)}{where}.")
    groups = sorted({one.group for one in served})
    if len(groups) > 1:
        choices = ", ".join(sorted({_version(one) for one in served}))
        raise UsageError(f"kind: several groups have {one_line(arguments.kind, 80)}; name api_version: {choices}.")
    first = served[0]  # the version that the server prefers
    view = kind_of(_version(first), first.kind).view
    return Kind(first.kind, _version(first), first.plural, first.namespaced, view)


def _known(word: str, version: str | None) -> Kind | None:
    name, _, group = word.partition(".")
    for kind in KINDS.values():
        named = name in (kind.name.lower(), kind.plural) or _SHORT.get(name) == kind.name
        if named and version in (None, kind.api) and group in ("", kind.group):
            return kind
    return None


def _names(served: Any) -> Iterator[str]:
    """Whatever kubectl would take for it."""
    for name in (served.plural, served.singular or served.kind.lower(), served.kind.lower(), *served.short):
        yield name
        if served.group:
            yield f"{name}.{served.group}"
            yield f"{name}.{served.version}.{served.group}"


def _version(served: Any) -> str:
    return f"{served.group}/{served.version}" if served.group else str(served.version)
