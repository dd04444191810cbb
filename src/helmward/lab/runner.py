"""Starts a whole lab: engine, kubelet, cast; waits until it is healthy, describes it in `lab.json`, stops it again."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from helmward.core.errors import HelmwardError
from helmward.lab import description
from helmward.lab.cast.objects import NAMESPACE, objects
from helmward.lab.cast.programs import registry
from helmward.lab.client import ApiError, Client, Json, path_of
from helmward.lab.description import CONFIG_MAP, SYSTEM, Description
from helmward.lab.faults import memory
from helmward.lab.kubelet import kubelet as kubelets
from helmward.lab.kubelet.kubelet import Kubelet
from helmward.lab.kubelet.pace import Pace

PERSON = "dana"
GROUP = "platform-team"
_HEALTHY_SECONDS = 60.0
_LOOK_SECONDS = 0.05
_TOKEN_FILE = "kubelet-token"  # noqa: S105 - a file's name
_SPACES = ("kube-system", "kube-node-lease")


class Engine(Protocol):
    """An API server with its controllers, in a folder."""

    name: str
    url: str
    kubeconfig: Path
    folder: Path

    async def start(self) -> None:
        """Serve."""

    async def stop(self) -> None:
        """End."""

    def user_kubeconfig(self, name: str, groups: tuple[str, ...] = ()) -> Path:
        """A kubeconfig for one more user."""


class Lab:
    """A lab in `folder`, which is the lab's alone: what an earlier lab left there is thrown away at the start."""

    def __init__(
        self,
        folder: Path,
        engine: Literal["embedded", "kube", "auto"] = "auto",
        *,
        port: int = 0,
        pace: Pace | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.instance = secrets.token_hex(8)
        self.engine = _engine(engine, self.folder, port)
        self._pace = pace or Pace()
        self._kubelet: Kubelet | None = None
        self._client: Client | None = None

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.engine.kubeconfig

    async def start(self) -> None:
        """Return when every Deployment of the cast is available and every Service has its endpoints.

        Raises UsageError when a lab runs in this folder already, HelmwardError when this one does not become healthy.
        """
        description.refuse_second(self.folder)
        self._clear()
        try:
            await self.engine.start()
            self._client = Client.from_kubeconfig(self.engine.kubeconfig)
            await self._prepare()
            await self._start_kubelet()
            for item in objects():
                await _ensure(self._client, item)
            await self._until_healthy()
            self._describe()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End it all; the description goes, so that nobody takes a dead lab for a live one."""
        description.remove(self.folder, self.instance)
        if self._kubelet is not None:
            await self._kubelet.stop()
        if self._client is not None:
            await self._client.close()
        await self.engine.stop()

    def check(self) -> None:
        """Raises HelmwardError when the kubelet has failed."""
        failure = self._kubelet.failure() if self._kubelet else None
        if failure is not None:
            raise HelmwardError(f"The lab's kubelet failed: {failure}") from failure

    async def health(self) -> list[str]:
        """What is not healthy yet, one phrase each; empty when all is well."""
        assert self._client is not None
        deployments = await self._client.list_all(path_of("Deployment", NAMESPACE))
        slices = await self._client.list_all(path_of("EndpointSlice", NAMESPACE))
        services = await self._client.list_all(path_of("Service", NAMESPACE))
        waiting = [f"Deployment {_name(item)} is not available" for item in deployments if not _available(item)]
        return waiting + [
            f"Service {_name(item)} has no ready endpoint" for item in services if not _endpoints(_name(item), slices)
        ]

    def _clear(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("embedded", "kube", kubelets.SWITCHES):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / memory.FILE).unlink(missing_ok=True)

    async def _prepare(self) -> None:
        assert self._client is not None
        for name in _SPACES:
            await _ensure(self._client, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        await _ensure(
            self._client,
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": CONFIG_MAP, "namespace": SYSTEM},
                "data": {"instance": self.instance},
            },
        )
        if self.engine.name == "kube":  # the embedded engine knows no RBAC
            await _ensure(self._client, _administrators())

    async def _start_kubelet(self) -> None:
        token = None
        if self.engine.name == "embedded":
            token = _kubelet_token(self.engine.folder / _TOKEN_FILE)
        self._kubelet = Kubelet(self.engine.kubeconfig, self.folder, registry({}), pace=self._pace, token=token)
        await self._kubelet.start()

    async def _until_healthy(self) -> None:
        deadline = asyncio.get_running_loop().time() + _HEALTHY_SECONDS
        while waiting := await self.health():
            self.check()
            if asyncio.get_running_loop().time() > deadline:
                raise HelmwardError(f"The lab was not healthy after {_HEALTHY_SECONDS:.0f} s: {', '.join(waiting)}.")
            await asyncio.sleep(_LOOK_SECONDS)

    def _describe(self) -> None:
        person = self.engine.user_kubeconfig(PERSON, (GROUP,))
        described = Description(
            self.engine.name, os.getpid(), self.engine.url, str(self.kubeconfig), self.instance, {PERSON: str(person)}
        )
        description.file(self.folder).write_bytes(msgspec.json.format(msgspec.json.encode(described)))


def _engine(name: str, folder: Path, port: int) -> Engine:
    # Each engine is imported alone: the other may want programs that are not there.
    if name == "kube":
        from helmward.lab.kube.engine import KubeEngine

        return KubeEngine(folder / "kube", port)
    from helmward.lab.embedded.engine import EmbeddedEngine

    return EmbeddedEngine(folder / "embedded", port)


async def _ensure(client: Client, item: Json) -> None:
    try:
        await client.create(item)
    except ApiError as error:
        if error.status != 409:
            raise


def _administrators() -> Json:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": GROUP},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": GROUP}],
    }


def _kubelet_token(file: Path) -> str:
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(32))
    return file.read_text().strip()


def _name(item: Json) -> str:
    name: str = item["metadata"]["name"]
    return name


def _available(deployment: Json) -> bool:
    status, wanted = deployment.get("status") or {}, deployment["spec"].get("replicas", 1)
    seen = status.get("observedGeneration", 0) >= deployment["metadata"].get("generation", 0)
    counts = [status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
    return bool(seen and counts == [wanted] * 3)


def _endpoints(service: str, slices: list[Json]) -> bool:
    mine = [each for each in slices if (each["metadata"].get("labels") or {}).get(_OWNER) == service]
    endpoints = [endpoint for each in mine for endpoint in each.get("endpoints") or []]
    return any((endpoint.get("conditions") or {}).get("ready") for endpoint in endpoints)


_OWNER = "kubernetes.io/service-name"
