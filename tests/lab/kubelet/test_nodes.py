"""Nodes: what they report, and what happens to one that drops off the network and comes back."""

from __future__ import annotations

from helmward.lab.cast.programs import image
from helmward.lab.client import path_of
from helmward.lab.kube.waiting import eventually
from helmward.lab.kubelet.kubelet import switch

from .conftest import Ward

USERS = image("user-service", "1.9.0")
KEY = [{"name": "SESSION_KEY", "value": "0"}]


async def test_a_node_reports(ward: Ward) -> None:
    node = await ward.client.get(path_of("Node", name="lab-node-1"))
    ready = {each["type"]: each for each in node["status"]["conditions"]}["Ready"]
    assert (ready["status"], ready["reason"], ready["message"]) == (
        "True",
        "KubeletReady",
        "kubelet is posting ready status",
    )
    assert node["status"]["allocatable"]["pods"] == "110"

    async def renewed() -> str:
        lease = await ward.client.find(path_of("Lease", "kube-node-lease", "lab-node-1"))
        return str(lease["spec"]["renewTime"]) if lease else ""

    first = await eventually(renewed, "a lease")

    async def again() -> bool:
        return await renewed() > first

    await eventually(again, "a renewal")


async def test_a_node_without_a_network(ward: Ward) -> None:
    path = path_of("Lease", "kube-node-lease", "lab-node-1")
    await ward.run("cut-off", USERS, env=KEY)
    await ward.until_ready("cut-off")
    cable = switch(ward.folder, "lab-node-1")
    cable.parent.mkdir()
    cable.touch()
    node = ward.kubelet.node("lab-node-1")

    async def offline() -> bool:
        return not node.online.is_set()

    await eventually(offline, "the cut")
    before = (await ward.client.get(path))["spec"]["renewTime"]
    await ward.run("unheard", USERS, env=KEY)
    cable.unlink()
    pod = await ward.until_ready("unheard")
    assert pod["status"]["phase"] == "Running"
    assert (await ward.client.get(path))["spec"]["renewTime"] >= before
    assert (await ward.pod("cut-off"))["status"]["containerStatuses"][0]["restartCount"] == 0
