"""The settings of a container (environment variables, keys of mounted ConfigMaps); which of them a log line names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from helmward.core.nouns import Resource
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import Container, EnvFrom, EnvVar, Volume

_PROPERTY = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+")
_QUOTED = re.compile(r"[\"'`“]([^\"'`“”]{2,200})[\"'`”]")
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]\b|KeyError: '([A-Z][A-Z0-9_]{2,})'")
_UNSET = re.compile(
    r"not set|unset|undefined|missing|required|must be (?:set|defined|provided)|KeyError|not defined|is empty"
    r"|resolve placeholder",
    re.I,
)
_LARGEST = 65536


class Setting(NamedTuple):
    """`name` is what the program sees: a variable or a file. `holder` is the ConfigMap or Secret it comes from."""

    name: str
    value: str | None
    holder: Resource | None = None
    key: str = ""

    @property
    def place(self) -> str:
        """How a sentence names it: `ConfigMap payment-config key TIMEOUT`, `environment variable TIMEOUT`."""
        if self.holder is None:
            return f"environment variable {self.name}"
        return f"{self.holder.kind} {self.holder.name} key {self.key}"


def settings(pod: Object, container: Container, world: Lens) -> Iterator[Setting]:
    """The settings of one container. Values of Secrets are never here; those of a ConfigMap only if it was read."""
    for variable in container.env:
        yield _variable(pod, variable, world)
    for source in container.env_from:
        yield from _all_of(pod, source, world)
    mounted = {mount.name for mount in container.volume_mounts}
    for volume in pod.view.spec.volumes:
        if volume.name in mounted:
            yield from _files(pod, volume, world)


def named(line: str, known: list[Setting]) -> Setting | None:
    """The setting that a log line names: by its name, by a property that stands in its text, or by its very value."""
    by_name = [setting for setting in known if _is_distinct(setting.name) and _has_word(line, setting.name)]
    if by_name:
        return max(by_name, key=lambda setting: len(setting.name))
    for word in sorted(set(_PROPERTY.findall(line)), key=len, reverse=True):
        for setting in known:
            if setting.key and setting.value and _has_property(setting.value[:_LARGEST], word):
                return setting
    quoted = set(_QUOTED.findall(line))
    return next((setting for setting in known if setting.value in quoted), None)


def unset_variable(line: str, known: list[Setting]) -> str | None:
    """The environment variable that a line says is not set and that the container indeed does not have."""
    if not _UNSET.search(line):
        return None
    names = {setting.name for setting in known}
    found = (match.group(1) or match.group() for match in _VARIABLE.finditer(line))
    return next((name for name in found if name not in names), None)


def _variable(pod: Object, variable: EnvVar, world: Lens) -> Setting:
    source = variable.value_from
    if source is not None and (ref := source.config_map_key_ref):
        data = _data(pod, ref.name, world)
        return Setting(variable.name, data.get(ref.key), _resource("ConfigMap", pod, ref.name), ref.key)
    if source is not None and (ref := source.secret_key_ref):
        return Setting(variable.name, None, _resource("Secret", pod, ref.name), ref.key)
    return Setting(variable.name, variable.value)


def _all_of(pod: Object, source: EnvFrom, world: Lens) -> Iterator[Setting]:
    prefix = source.prefix or ""
    if source.config_map_ref is not None:
        name = source.config_map_ref.name
        for key, value in _data(pod, name, world).items():
            yield Setting(prefix + key, value, _resource("ConfigMap", pod, name), key)
    if source.secret_ref is not None:
        secret = world.get("Secret", pod.namespace, source.secret_ref.name)
        for key in (secret.view.data or {}) if secret else ():
            yield Setting(prefix + key, None, _resource("Secret", pod, source.secret_ref.name), key)


def _files(pod: Object, volume: Volume, world: Lens) -> Iterator[Setting]:
    sources = [volume.config_map] if volume.config_map else []
    sources += [part.config_map for part in (volume.projected.sources if volume.projected else ()) if part.config_map]
    for source in sources:
        path_of = {item.key: item.path for item in source.items}
        for key, value in _data(pod, source.name, world).items():
            if not path_of or key in path_of:
                file = path_of.get(key, key).rpartition("/")[2]
                yield Setting(file, value, _resource("ConfigMap", pod, source.name), key)


def _data(pod: Object, name: str, world: Lens) -> dict[str, str]:
    item = world.get("ConfigMap", pod.namespace, name)
    return (item.view.data or {}) if item is not None else {}


def _resource(kind: str, pod: Object, name: str) -> Resource:
    return Resource(api_version="v1", kind=kind, namespace=pod.namespace, name=name)


def _is_distinct(name: str) -> bool:
    """A name that a log line would not hold by chance: `PORT` and `TIMEOUT_MS` are, `key` and `HOME` are not."""
    return any(mark in name for mark in "._-") or (name.isupper() and len(name) >= 4 and name not in ("HOME", "PATH"))


def _has_word(line: str, word: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", line) is not None


def _has_property(text: str, word: str) -> bool:
    return re.search(rf"^\s*[\"']?{re.escape(word)}[\"']?\s*[:=\s]", text, re.M) is not None
