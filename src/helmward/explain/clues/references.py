"""What a pod spec refers to: ConfigMaps, Secrets and their keys, each with the place that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from helmward.world.views import ConfigMapVolume, Container, PodSpec, SecretVolume, Volume

# Every namespace has it, made by the controller manager; an export of ConfigMaps may leave it out.
_EVERYWHERE = ("ConfigMap", "kube-root-ca.crt")


class Reference(NamedTuple):
    """One reference. `key` is "" for the whole object, `container` "" for a volume of the pod.

    `place` is where it stands in the spec (`containers[web].env[TIMEOUT]`), as changes name it too.
    """

    kind: str
    name: str
    key: str
    container: str
    place: str

    @property
    def what(self) -> str:
        """`key TIMEOUT of ConfigMap payment-config`."""
        return f"key {self.key} of {self.kind} {self.name}" if self.key else f"{self.kind} {self.name}"

    @property
    def pattern(self) -> str:
        """A regex for the paths of changes to this place."""
        return re.escape(self.place)


def references(spec: PodSpec) -> Iterator[Reference]:
    """Every reference that must be there; optional ones need not."""
    for field, group in (("initContainers", spec.init_containers), ("containers", spec.containers)):
        for container in group:
            yield from _of_container(container, f"{field}[{container.name}]")
    for volume in spec.volumes:
        for found in _of_volume(volume):
            if (found.kind, found.name) != _EVERYWHERE:
                yield found


def _of_container(container: Container, place: str) -> Iterator[Reference]:
    for variable in container.env:
        source = variable.value_from
        here = f"{place}.env[{variable.name}]"
        if source is not None and (ref := source.config_map_key_ref) and not ref.optional:
            yield Reference("ConfigMap", ref.name, ref.key, container.name, here)
        if source is not None and (ref := source.secret_key_ref) and not ref.optional:
            yield Reference("Secret", ref.name, ref.key, container.name, here)
    for from_all in container.env_from:
        if (whole := from_all.config_map_ref) and not whole.optional:
            yield Reference("ConfigMap", whole.name, "", container.name, f"{place}.envFrom")
        if (whole := from_all.secret_ref) and not whole.optional:
            yield Reference("Secret", whole.name, "", container.name, f"{place}.envFrom")


def _of_volume(volume: Volume) -> Iterator[Reference]:
    place = f"volumes[{volume.name}]"
    if volume.config_map:
        yield from _items("ConfigMap", volume.config_map.name, volume.config_map, place)
    if volume.secret:
        yield from _items("Secret", volume.secret.secret_name, volume.secret, place)
    for source in volume.projected.sources if volume.projected else ():
        if source.config_map:
            yield from _items("ConfigMap", source.config_map.name, source.config_map, place)
        if source.secret:
            yield from _items("Secret", source.secret.name, source.secret, place)


def _items(kind: str, name: str, source: ConfigMapVolume | SecretVolume, place: str) -> Iterator[Reference]:
    if source.optional:
        return
    yield Reference(kind, name, "", "", place)
    for item in source.items:
        yield Reference(kind, name, item.key, "", place)
