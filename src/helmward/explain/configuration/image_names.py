"""Which part of an image's name is wrong, told by the name it had before and the names that others pull well."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from helmward.world.lens import Lens
from helmward.world.objects import Object

Part = Literal["host", "repository", "tag"]
_ALIKE = 0.8


class Name(NamedTuple):
    """An image's name taken apart as containerd does (distribution/reference): host "" stands for docker.io."""

    host: str
    repository: str
    tag: str


def parse(image: str) -> Name:
    """`registry.example.com/shop/web:1.2` in its parts; a digest stands for the tag."""
    rest, _, digest = image.partition("@")
    first, slash, path = rest.partition("/")
    host = first if slash and ("." in first or ":" in first or first == "localhost") else ""
    repository, _, tag = (path if host else rest).partition(":")
    return Name(host, repository, digest or tag or "latest")


def differs(image: str, others: Iterable[str]) -> Part | None:
    """The one part in which a name differs from one that is good; None where none is near enough to tell."""
    name, known = parse(image), [parse(other) for other in others if other and other != image]
    if any((one.host, one.repository) == (name.host, name.repository) for one in known):
        return "tag"
    if any(one.repository == name.repository and one.host != name.host for one in known):
        return "host"
    if any(one.host == name.host and _misspelt(name.repository, one.repository) for one in known):
        return "repository"
    return None


def pulled_well(pod: Object, world: Lens) -> list[str]:
    """The images of the containers that run in a pod's namespace."""
    return sorted(
        {
            container.image
            for other in world.all("Pod", pod.namespace)
            if other.view.status.phase == "Running" and other.name != pod.name
            for container in other.view.spec.containers
        }
    )


def _misspelt(wrong: str, right: str) -> bool:
    """Alike, but not the same name in another folder (a private copy has the same last part)."""
    one, other = wrong.rpartition("/")[2], right.rpartition("/")[2]
    return one != other and SequenceMatcher(None, one, other).ratio() >= _ALIKE
