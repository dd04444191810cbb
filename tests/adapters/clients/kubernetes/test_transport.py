"""The wire: TLS both ways, proxies, time-outs; each failure has its own sentence."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.connection import Connection, ExecPlugin
from helmward.adapters.clients.kubernetes.transport import Limits
from helmward.core.cluster import Interrupted, Unavailable
from helmward.core.errors import UnreadableError

from .certificates import Authority
from .conftest import HASH_KEY
from .plugin import Plugin
from .server import Api, page, streams
from .wire import PODS, fails, secure, unused_port

# ---- TLS -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inline", [True, False], ids=["data", "file"])
async def test_a_client_certificate(connect, authority: Authority, inline: bool) -> None:
    certificate, key = authority.issue("jane")
    options: dict[str, Any] = {"certificate_authority": authority.certificate}
    options |= {"client_certificate": certificate, "client_key": key}
    if inline:
        options = {
            "certificate_authority_data": authority.certificate.read_bytes(),
            "client_certificate_data": certificate.read_bytes(),
            "client_key_data": key.read_bytes(),
        }
    async with secure(authority.server_tls(ask=True)) as api:
        await (await connect(api.url, **options)).list(PODS)
        shown = api.seen[0].peer_certificate
        assert shown is not None
        assert shown["subject"] == ((("commonName", "jane"),),)


async def test_an_exec_plugin_may_give_a_client_certificate(connect, authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("john")
    status = {"clientCertificateData": certificate.read_text(), "clientKeyData": key.read_text()}
    plugin: ExecPlugin = Plugin(tmp_path)(status=status)
    async with secure(authority.server_tls(ask=True)) as api:
        client = await connect(api.url, certificate_authority=authority.certificate, exec_plugin=plugin)
        await client.list(PODS)
        shown = api.seen[0].peer_certificate
        assert shown is not None
        assert shown["subject"] == ((("commonName", "john"),),)


async def test_no_certificate_where_one_is_wanted(connect, authority: Authority) -> None:
    async with secure(authority.server_tls(ask=True)) as api:
        client = await connect(api.url, certificate_authority=authority.certificate)
        with pytest.raises(Unavailable, match="client certificate"):
            await client.list(PODS)


async def test_an_authority_that_did_not_sign(connect, authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, "another authority")
    async with secure(authority.server_tls()) as api:
        sentence = await fails(connect, api.url, certificate_authority=other.certificate)
    assert "shows a certificate that is not trusted (unable to get local issuer certificate)" in sentence
    assert "kubeconfig /test/config" in sentence


async def test_a_name_that_is_not_in_the_certificate_and_tls_server_name(connect, authority: Authority) -> None:
    async with secure(authority.server_tls("api.internal")) as api:
        trusting = {"certificate_authority": authority.certificate}
        assert "not trusted (Hostname mismatch" in await fails(connect, api.url, **trusting)
        await (await connect(api.url, tls_server_name="api.internal", **trusting)).list(PODS)
        await (await connect(api.url, insecure_skip_tls_verify=True)).list(PODS)


async def test_https_to_a_server_without_tls_and_the_other_way_round(connect, authority: Authority) -> None:
    async with secure(None) as api:
        assert "does not speak TLS there" in await fails(connect, api.url.replace("http:", "https:"))
    async with secure(authority.server_tls()) as api:
        await fails(connect, api.url.replace("https:", "http:"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"certificate_authority": Path("/nowhere/ca.crt")}, "cannot be read from the file /nowhere/ca.crt"),
        ({"certificate_authority_data": b"no pem"}, "cannot be read from certificate-authority-data"),
        ({"client_certificate": Path("/nowhere/me.crt")}, "cannot be read from /nowhere/me.crt"),
        ({"client_certificate_data": b"C"}, "client certificate but no key"),
        ({"client_certificate_data": b"C", "client_key_data": b"K"}, "cannot be used"),
    ],
)
def test_certificates_that_cannot_be_used(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        Client(Connection(server="https://x", source="kubeconfig f", user="u", **options), HASH_KEY, env={})


# ---- nobody there ----------------------------------------------------------------------------------------------------


async def test_refused_unknown_and_silent_servers_are_told_apart(connect, api: Api) -> None:
    refused = await fails(connect, f"http://127.0.0.1:{unused_port()}", token="sekrit")
    assert "cannot be reached (connection refused); check that it runs" in refused
    assert "sekrit" not in refused
    assert "is not known here" in await fails(connect, "http://helmward.invalid:6443")
    never = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    api.then(silent)
    assert "does not answer in time" in await fails(connect, api.url, limits=Limits(silence=0.1))
    assert "does not answer in time" in await fails(connect, api.url, limits=Limits(total=0.1))


async def test_a_body_that_stops_coming_is_an_interruption(connect, api: Api) -> None:
    never = asyncio.Event()
    api.then(streams(b'{"kind":', hold=never.wait()))
    limits = Limits(silence=0.1, retries=0)
    assert "fell silent in the middle" in await fails(connect, api.url, Interrupted, limits=limits)


async def test_requests_at_once_are_limited(connect, api: Api) -> None:
    running, most = 0, 0
    too_many = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running > 2:
            too_many.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await too_many.wait()
        running -= 1
        return await page("PodList", [])(request)

    api.then(answer)
    client = await connect(api.url, Limits(at_once=2))
    await asyncio.gather(*(client.list(PODS) for _ in range(6)))
    assert most == 2


async def test_a_client_outside_async_with_says_so(api: Api) -> None:
    client = Client(Connection(server=api.url, source=""), HASH_KEY, env={})
    with pytest.raises(RuntimeError, match="async with"):
        await client.list(PODS)


async def test_what_goes_with_each_request(connect, api: Api) -> None:
    api.then(page("PodList", []))
    await (await connect(api.url)).list(PODS)
    seen = api.seen[0]
    assert seen.header("User-Agent").startswith("helmward/")
    assert (seen.header("Accept"), seen.header("Accept-Encoding")) == ("application/json", "identity")
    assert seen.header("Authorization") is None
