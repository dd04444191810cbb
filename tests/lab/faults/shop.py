"""The shop as one reads it with kubectl: its pods, what they wait for, their logs and Events."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from helmward.lab.cast.objects import NAMESPACE
from helmward.lab.client import ApiError, Client, Json, path_of
from helmward.lab.kube.waiting import eventually

OWNER = "kubernetes.io/service-name"


@dataclass(frozen=True)
class Shop:
    """Namespace `production` of a lab."""

    client: Client
    folder: Path

    async def pods(self, app: str) -> list[Json]:
        return await self.client.list_all(path_of("Pod", NAMESPACE), labelSelector=f"app={app}")

    async def get(self, kind: str, name: str) -> Json:
        return await self.client.get(path_of(kind, NAMESPACE, name))

    async def waiting(self, app: str) -> list[tuple[str, str]]:
        """Reason and message of every container that waits."""
        states = [status["state"] for pod in await self.pods(app) for status in statuses(pod)]
        found = [state["waiting"] for state in states if "waiting" in state]
        return [(each.get("reason", ""), each.get("message", "")) for each in found]

    async def ended(self, app: str) -> list[tuple[str, int]]:
        """Reason and exit code of every container's last end."""
        states = [status.get("lastState", {}) for pod in await self.pods(app) for status in statuses(pod)]
        return [(state["terminated"]["reason"], state["terminated"]["exitCode"]) for state in states if state]

    async def events(self, reason: str, about: str = "") -> list[str]:
        """The messages of the Events with that reason about an object whose name starts with `about`."""
        events = await self.client.list_all(path_of("Event", NAMESPACE))
        return [
            event["message"]
            for event in events
            if event["reason"] == reason and event["involvedObject"]["name"].startswith(about)
        ]

    async def logs(self, app: str, **options: str) -> str:
        """What the app's pods wrote; of those that have a log."""
        found = []
        for pod in await self.pods(app):
            path = path_of("Pod", NAMESPACE, pod["metadata"]["name"], "log")
            try:
                found.append(await self.client.text(path, **options))
            except ApiError as error:
                if error.status not in (400, 404):
                    raise
        return "\n".join(found)

    async def last_calls(self) -> str:
        """What became of frontend's last two calls, one to each service."""
        return await self.logs("frontend", tailLines="2")

    async def addresses(self, service: str) -> list[str]:
        """The ready addresses behind a Service."""
        selector = f"{OWNER}={service}"
        slices = await self.client.list_all(path_of("EndpointSlice", NAMESPACE), labelSelector=selector)
        endpoints = [endpoint for each in slices for endpoint in each.get("endpoints") or []]
        return [each["addresses"][0] for each in endpoints if each["conditions"].get("ready")]

    async def deployment_conditions(self, name: str) -> dict[str, str]:
        """Condition type → reason."""
        found = (await self.get("Deployment", name)).get("status", {}).get("conditions") or []
        return {condition["type"]: condition["reason"] for condition in found}

    async def healthy(self) -> bool:
        """Every Deployment complete, nothing left over, every Service with both endpoints."""
        for deployment in await self.client.list_all(path_of("Deployment", NAMESPACE)):
            name, status = deployment["metadata"]["name"], deployment.get("status") or {}
            if status.get("observedGeneration", 0) < deployment["metadata"]["generation"]:
                return False
            if any(status.get(count, 0) != 2 for count in ("replicas", "updatedReplicas", "availableReplicas")):
                return False
            pods = await self.pods(name)
            if len(pods) != 2 or not all(ready(pod) for pod in pods) or len(await self.addresses(name)) != 2:
                return False
        return True

    async def until_healthy(self) -> None:
        await eventually(self.healthy, "a healthy shop", 60)


def statuses(pod: Json) -> list[Json]:
    """The container statuses of a pod; none before its kubelet wrote any."""
    found: list[Json] = pod.get("status", {}).get("containerStatuses") or []
    return found


def ready(pod: Json) -> bool:
    """Whether the pod is Ready."""
    conditions = pod.get("status", {}).get("conditions") or []
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
