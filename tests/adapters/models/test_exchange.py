"""One exchange: what goes out, what comes in, whom TLS believes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.models import Upstreams
from helmward.core.errors import UsageError
from helmward.core.settings_gateway import GatewaySettings, UpstreamSettings
from helmward.core.upstreams import Answer, UpstreamError

from ...gateway.upstream import Upstream, answers, drips, hangs, redirects, says, serving
from ..clients.kubernetes.certificates import Authority


@contextlib.asynccontextmanager
async def _line(server: Upstream, **more: Any) -> AsyncIterator[tuple[Upstreams, UpstreamSettings]]:
    upstream = UpstreamSettings.model_validate({"name": "one", "api": "openai", "url": server.url} | more)
    async with Upstreams(GatewaySettings(upstreams=(upstream,)), {}) as upstreams:
        yield upstreams, upstream


async def _body(answer: Answer) -> bytes:
    return b"".join([piece async for piece in answer.chunks()])


async def test_only_listed_headers_of_an_answer_are_let_through() -> None:
    headers = {
        "set_cookie": "a=b",
        "server": "vllm",
        "x_secret": "1",
        "x_request_id": "req-1",
        "retry_after": "2",
        "x_ratelimit_remaining_tokens": "5",
        "anthropic_ratelimit_requests_limit": "6",
    }
    async with serving() as server, _line(server) as (upstreams, upstream):
        server.then(says(b"{}", **headers))
        async with upstreams.post(upstream, "/chat/completions", b"{}") as answer:
            assert answer.headers == {
                "content-type": "application/json",
                "x-request-id": "req-1",
                "retry-after": "2",
                "x-ratelimit-remaining-tokens": "5",
                "anthropic-ratelimit-requests-limit": "6",
            }
        async with upstreams.post(upstream, "/chat/completions", b"{}") as answer:
            assert await _body(answer) == b"{}"
        assert server.received[1].header("Cookie") is None


async def test_of_further_headers_those_of_the_api_go_out() -> None:
    given = {
        "anthropic-beta": "b-1",
        "Authorization": "Bearer stolen",
        "Cookie": "c",
        "anthropic-version": "2023-01-01",
    }
    async with serving() as server, _line(server, api="anthropic") as (upstreams, upstream):
        async with upstreams.post(upstream, "/messages", b"{}", given) as answer:
            await _body(answer)
        received = server.received[0]
        assert received.header("anthropic-beta") == "b-1" and received.header("anthropic-version") == "2023-01-01"
        assert received.header("Authorization") is None and received.header("Cookie") is None


async def test_a_large_body_arrives_whole() -> None:
    body = b'"' + b"x" * (9 << 20) + b'"'
    async with serving() as server, _line(server) as (upstreams, upstream):
        async with upstreams.post(upstream, "/chat/completions", body) as answer:
            await _body(answer)
        assert server.received[0].body == body
        assert server.received[0].header("Content-Length") == str(len(body))


async def test_models_are_listed_with_get() -> None:
    async with serving() as server, _line(server) as (upstreams, upstream):
        async with upstreams.get(upstream, "/models") as answer:
            assert b'"small"' in await _body(answer)
        assert (server.received[0].method, server.received[0].path) == ("GET", "/v1/models")


async def test_a_redirect_is_given_back_and_not_followed() -> None:
    async with serving() as server, serving() as other, _line(server) as (upstreams, upstream):
        server.then(redirects(other.url))
        async with upstreams.post(upstream, "/chat/completions", b"{}") as answer:
            assert answer.status == 307 and "location" not in answer.headers
        assert other.connections == 0


async def test_proxies_and_logins_of_the_environment_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with serving() as server, serving() as proxy:
        netrc = tmp_path / "netrc"
        netrc.write_text("default login somebody password something\n")
        netrc.chmod(0o600)
        monkeypatch.setenv("NETRC", str(netrc))
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        async with (
            _line(server) as (upstreams, upstream),
            upstreams.post(upstream, "/chat/completions", b"{}") as answer,
        ):
            await _body(answer)
        assert proxy.connections == 0 and server.received[0].header("Authorization") is None


@pytest.mark.parametrize("trusted", [True, False])
async def test_tls_is_verified(tmp_path: Path, trusted: bool) -> None:
    authority = Authority(tmp_path)
    other = Authority(tmp_path, "another authority")
    async with serving(authority.server_tls()) as server:
        ca_file = authority.certificate if trusted else other.certificate
        async with _line(server, ca_file=str(ca_file)) as (upstreams, upstream):
            if trusted:
                async with upstreams.post(upstream, "/chat/completions", b"{}") as answer:
                    assert b"Hello" in await _body(answer)
                return
            with pytest.raises(UpstreamError, match=r"its certificate is not trusted .*see `ca_file`") as failed:
                async with upstreams.post(upstream, "/chat/completions", b"{}"):
                    pass
            assert failed.value.phase == "connect" and server.received == []


@pytest.mark.parametrize("ca_file", [False, True])
async def test_a_certificate_for_another_host_or_of_nobody_we_know_is_refused(tmp_path: Path, ca_file: bool) -> None:
    authority = Authority(tmp_path)
    async with serving(authority.server_tls("elsewhere.example")) as server:
        more = {"ca_file": str(authority.certificate)} if ca_file else {}
        async with _line(server, **more) as (upstreams, upstream):
            with pytest.raises(UpstreamError, match="certificate is not trusted"):
                async with upstreams.post(upstream, "/chat/completions", b"{}"):
                    pass
        assert server.received == []


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_that_cannot_be_read_stops_the_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    upstream = UpstreamSettings.model_validate(
        {"name": "one", "api": "openai", "url": "https://a/v1", "ca_file": str(file)}
    )
    with pytest.raises(UsageError, match="The `ca_file` of the upstream 'one'"):
        Upstreams(GatewaySettings(upstreams=(upstream,)), {})


async def test_a_server_without_tls_is_told_from_one_that_is_not_there() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with serving() as unused, _line(unused, url=f"https://127.0.0.1:{port}/v1") as (upstreams, upstream):
        with pytest.raises(UpstreamError, match=r"TLS fails .*check its `url`") as failed:
            async with upstreams.post(upstream, "/chat/completions", b"{}"):
                pass
    assert failed.value.phase == "connect"
    server.close()
    await server.wait_closed()


async def test_a_name_that_does_not_resolve_is_said_so() -> None:
    async with serving() as server, _line(server, url="http://no-such-name.invalid/v1") as (upstreams, upstream):
        with pytest.raises(
            UpstreamError, match=r"'one' cannot be reached: its name does not resolve|no connection within"
        ):
            async with upstreams.post(upstream, "/chat/completions", b"{}"):
                pass


@pytest.mark.parametrize(
    ("script", "phase"),
    [
        pytest.param(hangs(), "answer", id="nothing"),
        pytest.param(drips(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000, 0.02), "answer", id="a header in drips"),
    ],
)
async def test_the_first_byte_has_its_time(script: Any, phase: str) -> None:
    async with serving() as server, _line(server, first_byte_seconds=0.2, connect_seconds=0.5) as (upstreams, upstream):
        server.then(script)
        with pytest.raises(UpstreamError, match="did not answer in time") as failed:
            async with upstreams.post(upstream, "/chat/completions", b"{}"):
                pass
        assert failed.value.phase == phase and failed.value.timed_out
        await server.received[0].gone.wait()


async def test_a_call_can_be_given_less_time() -> None:
    async with serving() as server, _line(server) as (upstreams, upstream):
        server.then(hangs(), answers())
        with pytest.raises(UpstreamError) as failed:
            async with upstreams.post(upstream, "/chat/completions", b"{}", seconds=0.5):
                pass
        assert failed.value.timed_out
        async with upstreams.post(upstream, "/chat/completions", b"{}") as answer:
            assert await _body(answer)
