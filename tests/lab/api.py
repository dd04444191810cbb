"""Requests of the contract tests: one user's raw conversation with an API server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from helmward.lab.client import ApiError, Client, Json, path_of

__all__ = ["Api", "ApiError", "Json", "config_map", "deployment", "path_of"]


class Api(Client):
    """The lab's client, with what the contract needs beyond it."""

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Json:
        """Any request; raises ApiError."""
        return await self._ask(method, path, body, headers={key.replace("_", "-"): headers[key] for key in headers})

    async def refusal(self, method: str, path: str, body: Any = None, **headers: str) -> Json:
        """The Status of a request that is refused."""
        names = {key.replace("_", "-"): value for key, value in headers.items()}
        data = None if body is None else msgspec.json.encode(body)
        names = {"Content-Type": "application/json", **names}
        async with self._open().request(method, self.url + path, data=data, headers=names, ssl=self._ssl) as answer:
            status: Json = msgspec.json.decode(await answer.read())
            assert status["kind"] == "Status" and status["status"] == "Failure", status
            assert status["code"] == answer.status
            return status

    async def apply(self, path: str, body: Json, manager: str, force: bool = False) -> Json:
        """Server-side apply."""
        query = f"?fieldManager={manager}" + ("&force=true" if force else "")
        return await self.ask("PATCH", path + query, body, Content_Type="application/apply-patch+yaml")

    async def watched(self, path: str, query: str = "") -> list[tuple[str, Json]]:
        """All events of a watch that ends by itself."""
        text = await self.text(f"{path}?watch=true&timeoutSeconds=1{query}")
        events = [msgspec.json.decode(line) for line in text.splitlines() if line]
        return [(event["type"], event["object"]) for event in events]

    async def watch(self, path: str, query: str = "") -> AsyncIterator[tuple[str, Json]]:
        """The events of a watch as they come."""
        async with self._open().get(f"{self.url}{path}?watch=true{query}", ssl=self._ssl, timeout=None) as answer:
            async for line in answer.content:
                event = msgspec.json.decode(line)
                yield event["type"], event["object"]


async def first(events: AsyncIterator[tuple[str, Json]], count: int = 1) -> list[tuple[str, Json]]:
    """The next events."""
    async with asyncio.timeout(20):
        return [await anext(events) for _ in range(count)]


def open_api(kubeconfig: Path, manager: str = "helmward-lab") -> Api:
    """The user of a kubeconfig."""
    return Api.from_kubeconfig(kubeconfig, manager)


def config_map(namespace: str, name: str, labels: dict[str, str] | None = None, **data: str) -> Json:
    """A ConfigMap to create."""
    metadata = {"name": name, "namespace": namespace} | ({"labels": labels} if labels else {})
    body: Json = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    return body | ({"data": data} if data else {})


def deployment(namespace: str, name: str, replicas: int = 0, image: str = "nginx:1.27") -> Json:
    """A Deployment to create, at first without pods."""
    container = {"name": "web", "image": image, "ports": [{"containerPort": 80, "name": "http"}]}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def names(answer: Any) -> list[str]:
    """The names of a list's items, without the one every namespace has."""
    return [item["metadata"]["name"] for item in answer["items"] if item["metadata"]["name"] != "kube-root-ca.crt"]
