"""The lab's pod network: Services and ready endpoints as the API has them, and the processes behind the addresses."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from helmward.lab.cast.process import HANG, Answer, Process
from helmward.lab.cast.service import ConnectionFailed
from helmward.lab.client import Client, Json, path_of


class _Attempt(Protocol):
    process: Process

    @property
    def running(self) -> bool: ...


class _Record(Protocol):
    @property
    def current(self) -> _Attempt | None: ...


@dataclass(frozen=True)
class _Target:
    records: Iterable[_Record]
    reachable: Callable[[], bool]

    def listener(self, port: int) -> Answer | None:
        for record in self.records:
            if record.current is not None and record.current.running and port in record.current.process.box.ports:
                return record.current.process.box.ports[port]
        return None


class Network:
    """Calls between the pods of the lab, by Service name, as kube-proxy and the cluster's DNS would carry them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._services: dict[tuple[str, str], Json] = {}
        self._slices: dict[str, Json] = {}
        self._targets: dict[str, _Target] = {}
        self._turn = itertools.count()

    def attach(self, ip: str, records: Iterable[_Record], reachable: Callable[[], bool] = lambda: True) -> None:
        """A pod has an address."""
        self._targets[ip] = _Target(records, reachable)

    def detach(self, ip: str) -> None:
        """The address is free again."""
        self._targets.pop(ip, None)

    def has(self, ip: str) -> bool:
        """Whether the address is taken."""
        return ip in self._targets

    async def run(self) -> None:
        """Follow Services and EndpointSlices, for ever."""
        await asyncio.gather(self._follow_services(), self._follow_slices())

    async def call(self, url: str, namespace: str) -> int:
        """GET `url` from a pod of `namespace`: the status. Raises ConnectionFailed."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
        service = self._services.get(_service_of(host, namespace))
        if service is None:
            raise ConnectionFailed("ENOTFOUND", host, f"{host}:{port}")
        ip, number, address = self._pick(service, port)
        target = self._targets.get(ip)
        if target is None or not target.reachable():
            raise ConnectionFailed("ETIMEDOUT", host, address)
        answer = target.listener(number)
        if answer is None:
            raise ConnectionFailed("ECONNREFUSED", host, address)
        status = answer(parts.path)
        if status == HANG:
            raise ConnectionFailed("ETIMEDOUT", host, address)
        return status

    def _pick(self, service: Json, port: int) -> tuple[str, int, str]:
        """One ready endpoint of a Service's port: IP, port, and the address the caller dials."""
        metadata, spec = service["metadata"], service["spec"]
        address = f"{spec.get('clusterIP', '')}:{port}"
        entry = next((each for each in spec.get("ports") or [] if each["port"] == port), None)
        found = [] if entry is None else list(self._endpoints(metadata, entry.get("name", "")))
        if not found:
            # kube-proxy rejects what has no endpoint; a port the Service does not have is answered by nobody.
            raise ConnectionFailed("ETIMEDOUT" if entry is None else "ECONNREFUSED", metadata["name"], address)
        ip, number = found[next(self._turn) % len(found)]
        return ip, number, address

    def _endpoints(self, service: Json, port_name: str) -> Iterable[tuple[str, int]]:
        for each in self._slices.values():
            metadata = each["metadata"]
            owner = (metadata.get("labels") or {}).get("kubernetes.io/service-name")
            if metadata["namespace"] != service["namespace"] or owner != service["name"]:
                continue
            ports = [port["port"] for port in each.get("ports") or [] if (port.get("name") or "") == port_name]
            for endpoint in each.get("endpoints") or []:
                if (endpoint.get("conditions") or {}).get("ready", True) and ports:
                    yield endpoint["addresses"][0], ports[0]

    async def _follow_services(self) -> None:
        async for event, item in self._client.follow(path_of("Service")):
            if event == "SYNCED":
                continue
            key = (item["metadata"]["namespace"], item["metadata"]["name"])
            if event == "DELETED":
                self._services.pop(key, None)
            else:
                self._services[key] = item

    async def _follow_slices(self) -> None:
        async for event, item in self._client.follow(path_of("EndpointSlice")):
            if event == "DELETED":
                self._slices.pop(item["metadata"]["uid"], None)
            elif event != "SYNCED":
                self._slices[item["metadata"]["uid"]] = item


def _service_of(host: str, namespace: str) -> tuple[str, str]:
    """`name`, `name.namespace` or `name.namespace.svc…` → (namespace, name)."""
    labels = host.split(".")
    return (labels[1] if len(labels) > 1 else namespace, labels[0])
