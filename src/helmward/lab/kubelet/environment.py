"""A container's environment and files, from ConfigMaps, Secrets and its pod; or the kubelet's word for what lacks."""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable

from helmward.lab.client import Client, Json, path_of
from helmward.lab.kubelet import words

_EXPANSION = re.compile(r"\$(\$)|\$\((\w[\w.-]*)\)")


_Read = Callable[[str], Awaitable[dict[str, str]]]


class ConfigError(Exception):
    """The container cannot be configured; the text is the kubelet's."""


class MountError(Exception):
    """A volume cannot be set up; the text is the kubelet's, `volume` its name."""

    def __init__(self, volume: str, message: str) -> None:
        super().__init__(message)
        self.volume = volume


class Sources:
    """Reads the ConfigMaps and Secrets of one namespace as the kubelet does."""

    def __init__(self, client: Client, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    async def config_map(self, name: str) -> dict[str, str]:
        """Its data; raises ConfigError when there is none."""
        found = await self._client.find(path_of("ConfigMap", self._namespace, name))
        if found is None:
            raise ConfigError(words.CONFIG_MAP_NOT_FOUND.say(name=name))
        return found.get("data") or {}

    async def secret(self, name: str) -> dict[str, str]:
        """Its data, decoded; raises ConfigError when there is none."""
        found = await self._client.find(path_of("Secret", self._namespace, name))
        if found is None:
            raise ConfigError(words.SECRET_NOT_FOUND.say(name=name))
        return {key: base64.b64decode(value).decode() for key, value in (found.get("data") or {}).items()}

    async def environment(self, pod: Json, container: Json, pod_ip: str) -> dict[str, str]:
        """makeEnvironmentVariables of pkg/kubelet/kubelet_pods.go; raises ConfigError."""
        values: dict[str, str] = {}
        for source in container.get("envFrom") or []:
            prefix = source.get("prefix", "")
            values |= {prefix + key: value for key, value in (await self._all_keys(source)).items()}
        for variable in container.get("env") or []:
            value = variable.get("value", "")
            if not value and "valueFrom" in variable:
                found = await self._value_from(variable["valueFrom"], pod, pod_ip)
                if found is None:
                    continue
                value = found
            values[variable["name"]] = expand(value, values)
        return values

    async def files(self, pod: Json) -> dict[str, dict[str, str]]:
        """The files of each volume, by volume name and path in it; raises MountError for the first that is missing."""
        mounted = {}
        for volume in pod["spec"].get("volumes") or []:
            try:
                mounted[volume["name"]] = await self._volume(volume)
            except ConfigError as error:
                raise MountError(volume["name"], str(error)) from error
        return mounted

    async def _all_keys(self, source: Json) -> dict[str, str]:
        reference = source.get("configMapRef") or source["secretRef"]
        read = self.config_map if "configMapRef" in source else self.secret
        try:
            return await read(reference["name"])
        except ConfigError:
            if reference.get("optional"):
                return {}
            raise

    async def _value_from(self, source: Json, pod: Json, pod_ip: str) -> str | None:
        if "fieldRef" in source:
            return _field(pod, source["fieldRef"]["fieldPath"], pod_ip)
        if "configMapKeyRef" in source:
            return await self._key(source["configMapKeyRef"], self.config_map, words.NO_CONFIG_MAP_KEY)
        if "secretKeyRef" in source:
            return await self._key(source["secretKeyRef"], self.secret, words.NO_SECRET_KEY)
        return ""

    async def _key(self, reference: Json, read: _Read, word: words.Word) -> str | None:
        optional = reference.get("optional", False)
        try:
            data = await read(reference["name"])
        except ConfigError:
            if optional:
                return None
            raise
        if reference["key"] not in data and not optional:
            raise ConfigError(word.say(key=reference["key"], namespace=self._namespace, name=reference["name"]))
        return data.get(reference["key"])

    async def _volume(self, volume: Json) -> dict[str, str]:
        if "configMap" in volume:
            source = volume["configMap"]
            return await self._projected(source, source["name"], self.config_map, words.NO_CONFIG_MAP_FILE)
        if "secret" in volume:
            source = volume["secret"]
            return await self._projected(source, source["secretName"], self.secret, words.NO_SECRET_FILE)
        # Programs of the lab never call the API: the token volume admission adds (kube-api-access-…) is always there.
        return {}

    async def _projected(self, source: Json, name: str, read: _Read, word: words.Word) -> dict[str, str]:
        optional = source.get("optional", False)
        try:
            data = await read(name)
        except ConfigError:
            if optional:
                return {}
            raise
        if not source.get("items"):
            return data
        for item in source["items"]:
            if item["key"] not in data and not optional:
                raise ConfigError(word.say(key=item["key"]))
        return {item["path"]: data[item["key"]] for item in source["items"] if item["key"] in data}


def expand(text: str, values: dict[str, str]) -> str:
    """`$(NAME)` replaced where NAME is known, `$$` as one dollar (third_party/forked/golang/expansion)."""
    return _EXPANSION.sub(lambda match: "$" if match[1] else values.get(match[2], match[0]), text)


def _field(pod: Json, path: str, pod_ip: str) -> str:
    fixed = {
        "status.podIP": pod_ip,
        "metadata.name": pod["metadata"]["name"],
        "metadata.namespace": pod["metadata"]["namespace"],
        "metadata.uid": pod["metadata"]["uid"],
        "spec.nodeName": pod["spec"].get("nodeName", ""),
        "spec.serviceAccountName": pod["spec"].get("serviceAccountName", ""),
    }
    value: str = fixed.get(path, "")
    return value
