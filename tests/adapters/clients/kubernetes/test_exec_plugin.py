"""Exec plugins: run rarely, told what they need, and each way in which they fail."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helmward.adapters.clients.kubernetes.auth import Credentials
from helmward.adapters.clients.kubernetes.connection import Connection, ExecPlugin
from helmward.core.cluster import Unauthorized

from .plugin import V1, Plugin, bearers
from .server import Api, page, refuses
from .wire import PODS


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


@pytest.mark.parametrize("version", [V1, "client.authentication.k8s.io/v1beta1"])
async def test_an_exec_plugin_runs_once_and_again_after_a_401(api: Api, connect, plugin: Plugin, version: str) -> None:
    api.then(page("PodList", []), page("PodList", []), refuses(401), page("PodList", []))
    client = await connect(api.url, exec_plugin=plugin(version))
    for _ in range(3):
        await client.list(PODS)
    assert bearers(api) == ["Bearer token-1", "Bearer token-1", "Bearer token-1", "Bearer token-2"]


async def test_many_requests_share_one_run_and_one_renewal(api: Api, connect, plugin: Plugin) -> None:
    refused = asyncio.Barrier(4)

    async def answer(request):
        if request.headers["Authorization"] == "Bearer token-1":
            await refused.wait()
            return await refuses(401)(request)
        return await page("PodList", [])(request)

    api.then(answer)
    client = await connect(api.url, exec_plugin=plugin())
    await asyncio.gather(*(client.list(PODS) for _ in range(4)))
    assert plugin.runs == 2


async def test_a_late_401_does_not_throw_away_newer_credentials(plugin: Plugin) -> None:
    credentials = Credentials(Connection(server="http://x", source="", exec_plugin=plugin()), {})
    old = await credentials.login()
    assert credentials.refused(old)
    new = await credentials.login()
    assert credentials.refused(old), "trying again is right: there is something newer"
    assert await credentials.login() is new


async def test_an_exec_plugin_runs_again_when_its_credentials_expire(plugin: Plugin) -> None:
    moment = [datetime(2026, 1, 1, tzinfo=UTC)]
    status = {"token": "token-RUN", "expirationTimestamp": "2026-01-01T00:10:00Z"}
    connection = Connection(server="http://x", source="", exec_plugin=plugin(status=status))
    credentials = Credentials(connection, {}, now=lambda: moment[0])
    first = await credentials.login()
    moment[0] += timedelta(minutes=9)
    assert await credentials.login() is first
    moment[0] += timedelta(minutes=2)
    assert (await credentials.login()).headers == (("Authorization", "Bearer token-2"),)


async def test_a_plugin_is_told_the_cluster_if_it_wants(plugin: Plugin) -> None:
    plain = plugin()
    await Credentials(Connection(server="http://x", source="", exec_plugin=plain), {}).login()
    assert plugin.told == {"apiVersion": V1, "kind": "ExecCredential", "spec": {"interactive": False}}
    wanting = ExecPlugin(
        api_version=V1, command=plain.command, args=plain.args, env=plain.env, provide_cluster_info=True,
        cluster_config={"audience": "a"},
    )  # fmt: skip
    connection = Connection(
        server="http://x", source="", exec_plugin=wanting, certificate_authority_data=b"CA", tls_server_name="n"
    )
    await Credentials(connection, {}).login()
    assert plugin.told["spec"]["cluster"] == {
        "server": "http://x", "tls-server-name": "n", "certificate-authority-data": "Q0E=", "config": {"audience": "a"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"FAIL": "no such\x1b[2J session " + "x" * 2000}, r"failed with exit code 1: no such\\x1b\[2J session x+…"),
        ({"TEXT": "sekrit"}, "printed no ExecCredential"),
        ({"STATUS": '{"clientCertificateData": "sekrit"}'}, "only one of client certificate and key"),
        ({"STATUS": "{}"}, "neither a token nor a client certificate"),
        (
            {"VERSION": "client.authentication.k8s.io/v1beta1"},
            "asks for client.authentication.k8s.io/v1 ",
        ),
        ({"STATUS": '{"clientCertificateData": "sekrit", "clientKeyData": "sekrit"}'}, "cannot be used"),
    ],
)
async def test_a_plugin_that_gives_no_credentials(plugin: Plugin, env: dict[str, str], sentence: str) -> None:
    credentials = Credentials(Connection(server="https://x", source="", exec_plugin=plugin(**env)), {})
    with pytest.raises(Unauthorized, match=sentence) as caught:
        await credentials.login()
    assert "sekrit" not in str(caught.value)
    assert len(str(caught.value)) < 600


async def test_a_plugin_that_hangs_is_ended(plugin: Plugin) -> None:
    connection = Connection(server="http://x", source="", exec_plugin=plugin(SLEEP="1"))
    started = time.monotonic()
    with pytest.raises(Unauthorized, match=r"gave no credentials within 0\.5 s"):
        await Credentials(connection, {}, plugin_timeout=0.5).login()
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"command": "/nowhere/login", "install_hint": "Get it from IT."}, "cannot be started.*Get it from IT."),
        ({"interactive_mode": "Always"}, "needs a terminal"),
        ({"api_version": "client.authentication.k8s.io/v1alpha1"}, "speaks client.authentication.k8s.io/v1alpha1"),
    ],
)
async def test_a_plugin_that_cannot_run(change: dict[str, str], sentence: str) -> None:
    plugin = ExecPlugin(**{"api_version": V1, "command": "true", **change})
    with pytest.raises(Unauthorized, match=sentence):
        await Credentials(Connection(server="http://x", source="", exec_plugin=plugin), {}).login()


async def test_a_fixed_token_goes_before_the_plugin(plugin: Plugin) -> None:
    connection = Connection(server="http://x", source="", token="fixed", exec_plugin=plugin())
    assert (await Credentials(connection, {}).login()).headers == (("Authorization", "Bearer fixed"),)
    assert plugin.runs == 0
