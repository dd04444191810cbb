"""The lab's own API client: get, list, follow, create, patch and delete on whichever engine runs. Not the product's."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal, Self

import aiohttp
import msgspec

from helmward.core.errors import HelmwardError
from helmward.lab import kubeconfig

Json = dict[str, Any]

# apiVersion, plural, namespaced
_KINDS: dict[str, tuple[str, str, bool]] = {
    "Namespace": ("v1", "namespaces", False),
    "Node": ("v1", "nodes", False),
    "Pod": ("v1", "pods", True),
    "Service": ("v1", "services", True),
    "ConfigMap": ("v1", "configmaps", True),
    "Secret": ("v1", "secrets", True),
    "ServiceAccount": ("v1", "serviceaccounts", True),
    "Event": ("v1", "events", True),
    "ResourceQuota": ("v1", "resourcequotas", True),
    "PersistentVolumeClaim": ("v1", "persistentvolumeclaims", True),
    "Deployment": ("apps/v1", "deployments", True),
    "ReplicaSet": ("apps/v1", "replicasets", True),
    "Job": ("batch/v1", "jobs", True),
    "Lease": ("coordination.k8s.io/v1", "leases", True),
    "EndpointSlice": ("discovery.k8s.io/v1", "endpointslices", True),
    "ClusterRoleBinding": ("rbac.authorization.k8s.io/v1", "clusterrolebindings", False),
}
_PATCHES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}


class ApiError(HelmwardError):
    """The API server refused; `status` is the HTTP code, the text its own message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later: the server is busy, starting or failing."""
        return self.status == 429 or self.status >= 500


def path_of(kind: str, namespace: str = "", name: str = "", subresource: str = "") -> str:
    """The URL path of a collection (no name), an object or its subresource."""
    api, plural, namespaced = _KINDS[kind]
    parts = ["/apis" if "/" in api else "/api", api]
    if namespaced and namespace:
        parts += ["namespaces", namespace]
    return "/".join(part for part in (*parts, plural, name, subresource) if part)


def path_of_object(item: Json) -> str:
    """The URL path of the object itself."""
    metadata = item["metadata"]
    return path_of(item["kind"], metadata.get("namespace", ""), metadata["name"])


class Client:
    """One user's connection to an API server. `manager` is the field manager its writes are recorded under."""

    def __init__(self, url: str, tls: ssl.SSLContext | None, headers: dict[str, str], manager: str) -> None:
        self.url = url.rstrip("/")
        self.manager = manager
        self._tls = tls
        self._headers = headers
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def from_kubeconfig(cls, path: Path, manager: str = "helmward-lab") -> Self:
        """The current context of a kubeconfig file; raises OSError or KeyError when it is not one."""
        server, tls, token = kubeconfig.read(path)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return cls(server, tls, headers, manager)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, path: str) -> Json:
        """The object at `path`; raises ApiError."""
        return await self._ask("GET", path)

    async def find(self, path: str) -> Json | None:
        """The object at `path`, or None where there is none."""
        try:
            return await self.get(path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    async def list_all(self, path: str, **params: str) -> list[Json]:
        """The items of a collection."""
        items: list[Json] = (await self._ask("GET", path, params=params)).get("items") or []
        return items

    async def create(self, item: Json) -> Json:
        """Create `item` (apiVersion, kind, metadata …) in its collection."""
        collection = path_of(item["kind"], item["metadata"].get("namespace", ""))
        return await self._ask("POST", collection, item, params={"fieldManager": self.manager})

    async def patch(self, path: str, body: Any, kind: Literal["merge", "json", "strategic"] = "merge") -> Json:
        """Patch what is at `path`; a JSON patch is a list of operations."""
        headers = {"Content-Type": _PATCHES[kind]}
        return await self._ask("PATCH", path, body, params={"fieldManager": self.manager}, headers=headers)

    async def delete(self, path: str, body: Json | None = None) -> None:
        """Delete what is at `path`; `body` is a DeleteOptions. What is already gone is no error."""
        try:
            await self._ask("DELETE", path, body)
        except ApiError as error:
            if error.status != 404:
                raise

    async def text(self, path: str, **params: str) -> str:
        """A text answer, such as a pod's log."""
        async with self._open().get(self.url + path, params=params, ssl=self._ssl) as response:
            body = await response.text()
            if response.status >= 400:
                raise ApiError(response.status, _message(body))
            return body

    async def follow(self, path: str) -> AsyncIterator[tuple[str, Json]]:
        """Every object of a collection now (ADDED, then one SYNCED), then each change, for ever; relists on 410.

        An object that vanished between a lost watch and the relist is told as DELETED.
        """
        known: dict[str, Json] = {}
        while True:
            try:
                listed = await self._ask("GET", path)
                items = {item["metadata"]["uid"]: item for item in listed.get("items") or []}
                for uid in known.keys() - items.keys():
                    yield "DELETED", known[uid]
                known = items
                for item in items.values():
                    yield "ADDED", item
                yield "SYNCED", {}
                async for event, item in self._watch(path, listed["metadata"]["resourceVersion"]):
                    uid = item["metadata"]["uid"]
                    if event == "DELETED":
                        known.pop(uid, None)
                    else:
                        known[uid] = item
                    yield event, item
            except (aiohttp.ClientError, ApiError, TimeoutError):
                await asyncio.sleep(0.2)

    async def _watch(self, path: str, version: str) -> AsyncIterator[tuple[str, Json]]:
        params = {"watch": "true", "resourceVersion": version, "allowWatchBookmarks": "true"}
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._open().get(self.url + path, params=params, ssl=self._ssl, timeout=timeout) as response:
            if response.status >= 400:
                raise ApiError(response.status, _message(await response.text()))
            async for line in _lines(response):
                event = msgspec.json.decode(line)
                if event["type"] == "ERROR":
                    return
                if event["type"] != "BOOKMARK":
                    yield event["type"], event["object"]

    async def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Json:
        data = None if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json", **(headers or {})} if data is not None else headers
        async with self._open().request(
            method, self.url + path, data=data, params=params, headers=headers, ssl=self._ssl
        ) as response:
            answer = await response.read()
            if response.status >= 400:
                raise ApiError(response.status, _message(answer.decode(errors="replace")))
            decoded: Json = msgspec.json.decode(answer)
            return decoded

    @property
    def _ssl(self) -> ssl.SSLContext | bool:
        return self._tls or True

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=aiohttp.ClientTimeout(total=30))
        return self._session


async def _lines(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    pending = b""
    async for chunk in response.content.iter_any():
        *complete, pending = (pending + chunk).split(b"\n")
        for line in complete:
            if line:
                yield line


def _message(body: str) -> str:
    try:
        return str(msgspec.json.decode(body)["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return body.strip() or "the API server gave no reason"
