"""The kube engine is a real control plane: controllers, RBAC and audit log work, and nothing of it is left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import yaml

from helmward.core.errors import HelmwardError, UsageError
from helmward.lab.client import ApiError, Client, path_of
from helmward.lab.kube.engine import KubeEngine
from helmward.lab.kube.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.kube

_STARTER = """
import asyncio, json, sys
from pathlib import Path
from helmward.lab.kube.engine import KubeEngine

async def main():
    engine = KubeEngine(Path(sys.argv[1]))
    await engine.start()
    print(json.dumps(engine.pids), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
async def admin(kube: KubeEngine) -> AsyncIterator[Client]:
    client = Client.from_kubeconfig(kube.kubeconfig)
    yield client
    await client.close()


async def test_its_controllers_turn_a_deployment_into_pods(admin: Client, kube_namespace: str) -> None:
    await admin.create(_deployment(kube_namespace, replicas=2))

    async def pods() -> list[dict[str, Any]]:
        return await admin.list_all(path_of("Pod", kube_namespace))

    async def two_pods() -> bool:
        return len(await pods()) == 2

    await eventually(two_pods, "two pods of deployment web")
    owners = {owner["kind"] for pod in await pods() for owner in pod["metadata"]["ownerReferences"]}
    assert owners == {"ReplicaSet"}


async def test_a_user_may_do_only_what_rbac_grants(kube: KubeEngine, admin: Client, kube_namespace: str) -> None:
    ada = Client.from_kubeconfig(kube.user_kubeconfig("ada", ("readers",)))
    try:
        with pytest.raises(ApiError) as refused:
            await ada.list_all(path_of("Pod", kube_namespace))
        assert refused.value.status == 403
        assert 'User "ada" cannot list resource "pods"' in str(refused.value)
        await admin.create(_may_view("readers", kube_namespace))
        assert await _allowed(ada, kube_namespace) == []
        with pytest.raises(ApiError):
            await ada.create(_deployment(kube_namespace, replicas=1))
    finally:
        await ada.close()


async def test_the_audit_log_has_each_write_under_our_id_and_no_read(kube: KubeEngine, kube_namespace: str) -> None:
    token = yaml.safe_load(kube.kubeconfig.read_text())["users"][0]["user"]["token"]
    audit_id = str(uuid.uuid4())
    url = kube.url + path_of("ConfigMap", kube_namespace)
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "written"}, "data": {"colour": "green"}}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        async with session.get(url, headers={"Audit-ID": f"read-{audit_id}"}, ssl=False) as response:
            assert response.status == 200
        async with session.post(url, json=item, headers={"Audit-ID": audit_id}, ssl=False) as response:
            assert response.status == 201
    event = await eventually(lambda: _audited(kube.audit_log, audit_id), "the audit event")
    assert event["user"]["username"] == "lab-admin"
    assert event["verb"] == "create"
    assert event["requestObject"]["data"] == {"colour": "green"}
    assert await _audited(kube.audit_log, f"read-{audit_id}") is None


async def test_the_audit_log_holds_no_secret(kube: KubeEngine, admin: Client, kube_namespace: str) -> None:
    value = uuid.uuid4().hex
    await admin.create(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": f"s-{value[:6]}", "namespace": kube_namespace},
            "stringData": {"password": value},
        }
    )
    await eventually(lambda: _contains(kube.audit_log, f"s-{value[:6]}"), "the audit event")
    assert not await _contains(kube.audit_log, value)


async def test_it_keeps_its_state_and_takes_the_port_it_is_told(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    for round_ in range(2):
        engine = KubeEngine(tmp_path, port)
        await engine.start()
        client = Client.from_kubeconfig(engine.kubeconfig)
        try:
            assert engine.url == f"https://127.0.0.1:{port}"
            names = [item["metadata"]["name"] for item in await client.list_all(path_of("ConfigMap", "default"))]
            assert ("kept" in names) == bool(round_)
            if not round_:
                metadata = {"name": "kept", "namespace": "default"}
                await client.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
                await _refuses_second(tmp_path / "second", port, f"Port {port} of 127.0.0.1 is in use")
                await _refuses_second(tmp_path, 0, "Another lab runs on")
        finally:
            await client.close()
            await engine.stop()
        assert not _listens(port)


async def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", _STARTER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert starter.stdout is not None
        pids = json.loads(starter.stdout.readline()).values()
        assert len(pids) == 4
        assert all(_runs(pid) for pid in pids)
        starter.send_signal(signal.SIGKILL)

        async def all_ended() -> bool:
            return not any(_runs(pid) for pid in pids)

        await eventually(all_ended, "the end of the control plane", seconds=10)
    finally:
        starter.kill()
        starter.communicate()


async def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"cannot write its folder .*/file/lab: Not a directory"):
        await KubeEngine(tmp_path / "file" / "lab").start()


async def test_a_program_that_fails_is_named_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"):
        script = "#!/bin/sh\necho 'first line'\necho 'unknown flag: --x' >&2\nexit 3\n"
        (programs / name).write_text(script)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(programs))
    with pytest.raises(HelmwardError, match=r"The lab's etcd stopped \(exit code 3\): first line \| unknown flag: --x"):
        await KubeEngine(tmp_path / "engine").start()


async def _refuses_second(folder: Path, port: int, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        await KubeEngine(folder, port).start()


async def _allowed(client: Client, namespace: str) -> list[dict[str, Any]]:
    """What the client may list once RBAC's own cache has seen the binding."""

    async def answer() -> tuple[list[dict[str, Any]]] | None:
        try:
            return (await client.list_all(path_of("Service", namespace)),)
        except ApiError:
            return None

    found = await eventually(answer, "the role binding to take effect")
    assert found is not None
    return found[0]


async def _audited(log: Path, audit_id: str) -> dict[str, Any] | None:
    events = (json.loads(line) for line in log.read_text().splitlines() if audit_id in line)
    return next((event for event in events if event["auditID"] == audit_id), None)


async def _contains(file: Path, text: str) -> bool:
    return text in file.read_text()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        # A zombie, killed but not yet waited for, has no command line any more.
        return not Path("/proc").is_dir() or bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except (ProcessLookupError, FileNotFoundError):
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _deployment(namespace: str, replicas: int) -> dict[str, Any]:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "nginx:1.29"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }


def _may_view(group: str, namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": f"view-{namespace}"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
    }
