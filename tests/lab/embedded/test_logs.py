"""pods/log: passed on to the kubelet the node names, and refused in its words."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from tests.lab.api import Api, path_of

from helmward.lab.certificates import Authority
from helmward.lab.embedded.engine import EmbeddedEngine


@pytest.fixture
async def kubelet(embedded: EmbeddedEngine, admin: Api, tmp_path: Path) -> AsyncIterator[list[str]]:
    """A kubelet's log server with a certificate of its own, for pod `talker`; what it was asked."""
    asked: list[str] = []
    token = (embedded.folder / "kubelet-token").read_text()

    async def logs(request: web.Request) -> web.Response:
        asked.append(request.path_qs)
        if request.headers["Authorization"] != f"Bearer {token}":
            return web.Response(status=401, text="Unauthorized")
        if request.match_info["container"] == "waiting":
            return web.Response(status=400, text='container "waiting" in pod "talker" is waiting to start')
        return web.Response(text="first\nsecond\n")

    app = web.Application()
    app.router.add_get("/containerLogs/{namespace}/{pod}/{container}", logs)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*Authority(tmp_path / "kubelet").issue_server("kubelet", ["127.0.0.1"]))
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    await _talker(admin, runner.addresses[0][1])
    yield asked
    await runner.cleanup()


async def _talker(admin: Api, port: int) -> None:
    await admin.ask("POST", path_of("Node"), {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})
    addresses = [{"type": "Hostname", "address": "127.0.0.1"}]
    status = {"addresses": addresses, "daemonEndpoints": {"kubeletEndpoint": {"Port": port}}}
    await admin.patch(f"{path_of('Node', name='n1')}/status", {"status": status})
    containers = [{"name": name, "image": "a:1"} for name in ("main", "waiting")]
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "talker", "namespace": "default"}}
    await admin.create(body | {"spec": {"nodeName": "n1", "containers": containers}})


class TestLogs:
    path = path_of("Pod", "default", "talker", "log")

    async def test_are_the_kubelets(self, admin: Api, kubelet: list[str]) -> None:
        assert await admin.text(self.path, container="main", tailLines="2", previous="true") == "first\nsecond\n"
        assert kubelet == ["/containerLogs/default/talker/main?previous=true&tailLines=2"]

    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("", "a container name must be specified for pod talker, choose one of: [main waiting]"),
            ("?container=none", "container none is not valid for pod talker"),
            ("?container=waiting", 'container "waiting" in pod "talker" is waiting to start'),
        ],
    )
    async def test_refusals(self, admin: Api, kubelet: list[str], query: str, words: str) -> None:
        status = await admin.refusal("GET", self.path + query)
        assert (status["code"], status["reason"], status["message"]) == (400, "BadRequest", words)

    async def test_a_node_that_does_not_answer(self, admin: Api) -> None:
        await _talker(admin, 1)
        status = await admin.refusal("GET", f"{self.path}?container=main")
        assert status["code"] == 500
        assert 'Get "https://127.0.0.1:1/containerLogs/default/talker/main"' in status["message"]
