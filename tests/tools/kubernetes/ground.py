"""A namespace of a real API server with a kubelet behind it, and the tools at work in it: plan, write, settle, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from helmward.adapters.clients.kubernetes.client import Client, Cluster
from helmward.app import load_tools
from helmward.core.mandate import Written, mandate_for
from helmward.core.nouns import Actor
from helmward.core.plans import Step
from helmward.core.settings import Settings
from helmward.door.tool import Acting, Page, Planning, Reading, Settled
from helmward.door.toolbox import arguments_of
from helmward.guard.secrets import clean_object, mask
from helmward.lab.cast.programs import image
from helmward.lab.client import ApiError, Json
from helmward.lab.kube.waiting import eventually
from helmward.tools.kubernetes.objects import collection_of
from helmward.world.kinds import KINDS
from helmward.world.store import World

from ...lab.api import Api

ALICE = Actor(name="alice", kind="user", roles=("admin",))
USERS = "1.9.0"
TOOLBOX = load_tools(Settings())
_SEEN = ("Service", "Deployment", "StatefulSet", "DaemonSet", "ConfigMap", "Pod")


class Ground:
    """One namespace. `world` holds what `look` saw last."""

    def __init__(self, api: Api, client: Client, namespace: str) -> None:
        self.api, self.client, self.namespace = api, client, namespace
        self.cluster = Cluster(client)
        self.world = World(clean=clean_object)

    async def look(self) -> None:
        """Bring the world up to date, as a watch would."""
        for name in _SEEN:
            kind = KINDS[name]
            listing = await self.client.list(collection_of(kind, self.namespace))
            self.world.replace(kind, listing.items, datetime.now(UTC))

    # ---- objects ----

    def path(self, kind: str, name: str = "") -> str:
        base = collection_of(KINDS[kind], self.namespace)
        return f"{base}/{name}" if name else base

    async def make(self, body: Json) -> Json:
        body = {**body, "metadata": {**body["metadata"], "namespace": self.namespace}}
        api = body["apiVersion"]
        plural = KINDS[body["kind"]].plural if body["kind"] in KINDS else body["kind"].lower() + "s"
        plural = {
            "PodDisruptionBudget": "poddisruptionbudgets",
            "HorizontalPodAutoscaler": "horizontalpodautoscalers",
        }.get(body["kind"], plural)
        root = "/apis" if "/" in api else "/api"
        return await self.api.ask("POST", f"{root}/{api}/namespaces/{self.namespace}/{plural}", body)

    async def get(self, kind: str, name: str) -> Json:
        return await self.api.get(self.path(kind, name))

    async def until(self, kind: str, name: str, wanted: Callable[[Json], Any], what: str) -> Json:
        async def ask() -> Json | None:
            found = await self.api.find(self.path(kind, name))
            return found if found is not None and wanted(found) else None

        found = await eventually(ask, what, 60)
        assert found is not None
        return found

    async def until_gone(self, kind: str, name: str) -> None:
        async def gone() -> bool:
            return await self.api.find(self.path(kind, name)) is None

        await eventually(gone, f"{kind} {name} is gone", 60)

    async def until_ready(self, kind: str, name: str, count: int) -> Json:
        key = "numberReady" if kind == "DaemonSet" else "readyReplicas"

        def ready(item: Json) -> bool:
            status, generation = item.get("status", {}), item["metadata"]["generation"]
            return status.get(key, 0) == count and status.get("observedGeneration") == generation

        return await self.until(kind, name, ready, f"{count} ready of {kind} {name}")

    # ---- tools ----

    async def read(self, tool: str, **arguments: Any) -> Page:
        reading = Reading(ALICE, self.client, self.world, mask, datetime.now(UTC))
        reader = TOOLBOX.reader(tool)
        return await reader.read(arguments_of(reader, arguments), reading)

    def planning(self) -> Planning:
        return Planning(ALICE, self.client, self.world, self.cluster.rehearsal.rehearse, datetime.now(UTC))

    async def plan(self, tool: str, **arguments: Any) -> Step:
        change = TOOLBOX.change(tool)
        given = {"namespace": self.namespace, **arguments}
        return await change.plan(arguments_of(change, given), self.planning())

    async def act(self, step: Step, action: str) -> Written:
        writer = self.cluster.writer(mandate_for(action, step))
        return await TOOLBOX.change(step.tool).execute(step, Acting(action, writer.write))

    async def settled(self, step: Step, action: str, seconds: float = 60) -> Settled:
        """Yes or no, once it is not pending any more."""
        last: list[Settled] = []

        async def ask() -> Settled | None:
            last.append(await TOOLBOX.change(step.tool).settled(step, action, self.client))
            return last[-1] if last[-1].state != "pending" else None

        found = await eventually(ask, f"{step.title} is settled ({last[-1:]})", seconds)
        assert found is not None
        return found

    async def undo(self, step: Step, action: str) -> Step:
        return await TOOLBOX.change(step.tool).undo(step, action, self.planning())

    async def stands(self, step: Step, action: str) -> Settled:
        return await TOOLBOX.change(step.tool).stands(step, action, self.client)


def workload(kind: str, name: str, replicas: int = 2, **container: Any) -> Json:
    """A workload whose pods start at once and stay."""
    app = {
        "name": "app",
        "image": image("user-service", USERS),
        "env": [{"name": "SESSION_KEY", "value": "lab"}],
        **container,
    }
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 1,
            "containers": [app],
        },
    }
    spec: Json = {"selector": {"matchLabels": {"app": name}}, "template": template}
    if kind != "DaemonSet":
        spec["replicas"] = replicas
    if kind == "StatefulSet":
        spec["serviceName"] = name
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def service(name: str, app: str) -> Json:
    spec = {"selector": {"app": app}, "ports": [{"name": "http", "port": 8080, "targetPort": 8080}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}


def config(name: str, data: Mapping[str, str]) -> Json:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": dict(data)}


async def serve(api: Api, definition: Json, path: str) -> None:
    """Add a CustomResourceDefinition and wait until its objects can be listed."""
    await api.ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)

    async def served() -> bool:
        try:
            return await api.find(path) is not None
        except ApiError as error:
            if not error.passing:
                raise
            return False  # "storage is (re)initializing"

    await eventually(served, f"{path} is served", 60)
