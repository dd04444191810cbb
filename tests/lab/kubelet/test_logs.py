"""`kubectl logs` through the API server: what there is, what was, and the kubelet's answer when there is nothing."""

from __future__ import annotations

import ssl

import aiohttp
import pytest

from helmward.lab.cast.programs import image
from helmward.lab.client import ApiError, path_of

from .conftest import Ward

REPORT = image("report", "1.0.0")


async def _completed(ward: Ward) -> None:
    await ward.run("report", REPORT, pod={"restartPolicy": "Never"}, args=["--exit=3"])
    await ward.until("report", lambda status: "terminated" in status.get("state", {}), "the end")


async def test_options(ward: Ward) -> None:
    await _completed(ward)
    assert await ward.log("report") == "report: started\nreport: failed with exit code 3\n"
    assert await ward.log("report", tailLines="1") == "report: failed with exit code 3\n"
    assert await ward.log("report", limitBytes="9") == "report: s"
    assert await ward.log("report", sinceSeconds="3600") == await ward.log("report", follow="true")
    stamped = (await ward.log("report", timestamps="true")).splitlines()[0]
    assert stamped.endswith("Z report: started")


async def test_follow_ends_with_the_container(ward: Ward) -> None:
    await ward.run("long", REPORT, pod={"restartPolicy": "Never"}, args=["--seconds=40"])
    await ward.until("long", lambda status: "running" in status.get("state", {}), "running")
    assert await ward.log("long", follow="true") == "report: started\nreport: done\n"


async def test_previous(ward: Ward) -> None:
    await ward.run("crashing", REPORT, pod={"restartPolicy": "OnFailure"}, args=["--exit=3"])
    await ward.until("crashing", lambda status: status.get("restartCount", 0) >= 1, "a restart")
    assert (await ward.log("crashing", previous="true")).endswith("report: failed with exit code 3\n")


async def test_there_is_none(ward: Ward) -> None:
    await _completed(ward)
    with pytest.raises(ApiError, match='previous terminated container "app" in pod "report" not found'):
        await ward.log("report", previous="true")
    await ward.run("waiting", image("report", "0"))
    await ward.until_waiting("waiting", "ImagePullBackOff")
    with pytest.raises(ApiError, match=r'container "app" in pod "waiting" is waiting to start: (image|trying)'):
        await ward.log("waiting")


async def test_a_token_is_asked_for_where_there_is_one(ward: Ward) -> None:
    node = await ward.client.get(path_of("Node", name="lab-node-1"))
    port = node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"]
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    await _completed(ward)
    url = f"https://127.0.0.1:{port}/containerLogs/{ward.namespace}/report/app"
    guarded = ward.kubelet.guarded
    async with aiohttp.ClientSession() as session, session.get(url, ssl=context) as response:
        assert response.status == (401 if guarded else 200)
