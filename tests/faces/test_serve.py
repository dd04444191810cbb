"""Where the server listens, and to whom: loopback, TLS, a declared proxy; and how it ends."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
import threading
from pathlib import Path

import aiohttp
import pytest

from helmward.core.errors import HelmwardError, UsageError
from helmward.core.settings import ServerSettings
from helmward.faces.serve import Application, bind, card

from ..adapters.clients.kubernetes.certificates import Authority
from .conftest import Cli
from .station import Station
from .station import station as start

Pair = tuple[Path, Path]


@pytest.fixture(scope="module")
def pair(authority: Authority) -> Pair:
    return authority.issue("server", "localhost")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.mark.parametrize("listen", ["0.0.0.0", "::", "192.0.2.1", "example.org"])
def test_beyond_loopback_only_with_tls_or_a_proxy(listen: str) -> None:
    with pytest.raises(UsageError, match=r"in the clear.*tls_cert.*trusted_proxies"):
        bind(ServerSettings(listen=listen, port=0))


@pytest.mark.parametrize(
    ("listen", "url"),
    [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:"), ("localhost", "http://localhost:")],
)
def test_loopback_is_free(listen: str, url: str) -> None:
    address = bind(ServerSettings(listen=listen, port=0))
    address.socket.close()
    assert address.url.startswith(url)


def test_the_url_of_every_address_is_one_that_can_be_reached() -> None:
    address = bind(ServerSettings(listen="0.0.0.0", port=0, trusted_proxies=("10.0.0.0/8",)))
    address.socket.close()
    assert address.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("listening", [True, False])
def test_a_port_in_use(listening: bool) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", 0))
        if listening:
            other.listen()
        port = other.getsockname()[1]
        if not listening:  # bound only: then the first to listen has it
            first = bind(ServerSettings(port=port))
            with pytest.raises(OSError, match="in use"):
                other.listen()
            first.socket.close()
            return
        with pytest.raises(HelmwardError, match=rf"Port {port} .*--port"):
            bind(ServerSettings(port=port))


def test_a_proxy_that_is_no_address() -> None:
    with pytest.raises(UsageError, match="trusted_proxies"):
        bind(ServerSettings(listen="0.0.0.0", port=0, trusted_proxies=("my-proxy",)))


def test_certificates_that_cannot_be_used(tmp_path: Path, authority: Authority, pair: Pair) -> None:
    nothing, garbage = tmp_path / "nothing.pem", tmp_path / "garbage.pem"
    garbage.write_text("no certificate")
    good, key = pair
    others = authority.issue("other", "localhost")[1]
    for certificate, private in ((nothing, key), (garbage, key), (good, garbage), (good, others)):
        with pytest.raises(UsageError, match="cannot be used") as caught:
            bind(ServerSettings(port=0, tls_cert=certificate, tls_key=private))
        assert str(private) in str(caught.value)


def test_a_key_with_a_password_is_refused_and_nobody_is_asked(tmp_path: Path, pair: Pair) -> None:
    from cryptography.hazmat.primitives import serialization as form

    certificate, key = pair
    loaded = form.load_pem_private_key(key.read_bytes(), None)
    locked = tmp_path / "locked.pem"
    secret = form.BestAvailableEncryption(b"-".join([b"pass", b"phrase"]))
    locked.write_bytes(loaded.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, secret))
    with pytest.raises(UsageError, match="without a password"):
        bind(ServerSettings(port=0, tls_cert=certificate, tls_key=locked))


async def peer(station: Station, address: str) -> int:
    """The status that a connection from `address` gets. Only the address is made up: one machine has one."""
    from ipaddress import ip_network

    application = Application(station.house, [ip_network("10.0.0.0/8")])
    sent: list[dict[str, int]] = []

    async def receive() -> dict[str, str]:
        return {"type": "http.request"}

    async def send(message: dict[str, int]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/healthz", "query_string": b"", "client": (address, 1),
        "headers": [(b"x-forwarded-for", b"10.0.0.1")],
    }  # fmt: skip
    await application(scope, receive, send)  # type: ignore[arg-type]
    return sent[0]["status"]


async def test_without_tls_only_the_declared_proxy_gets_through(station: Station) -> None:
    assert [await peer(station, address) for address in ("10.1.2.3", "127.0.0.1", "::1")] == [200] * 3
    assert [await peer(station, address) for address in ("11.1.2.3", "192.0.2.7", "2001:db8::1")] == [403] * 3


def test_https_and_the_command_line(
    tmp_path: Path, authority: Authority, pair: Pair, alone: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = pair
    settings = ServerSettings(listen="localhost", port=0, tls_cert=certificate, tls_key=key)
    with start(tmp_path, settings) as running:
        assert running.url.startswith("https://localhost:")
        refused = alone("status")
        assert refused.code == 7
        assert "SSL_CERT_FILE" in refused.err
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
        assert alone("status", "-o", "json").code == 0
        clear = alone("status", "--url", running.url.replace("https", "http"))
        assert clear.code == 5  # another address than the server's own: it gets no token
        monkeypatch.setenv("HELMWARD_TOKEN", running.token("viewer"))
        assert alone("status", "--url", running.url.replace("https", "http")).code == 7


async def test_a_stream_ends_when_the_server_does(tmp_path: Path) -> None:
    with start(tmp_path) as running:
        headers = {"Authorization": f"Bearer {running.token('viewer')}"}
        async with aiohttp.ClientSession() as session:
            answer = await session.get(f"{running.url}/api/v1/stream", headers=headers)
            await answer.content.readline()
            stopping = threading.Thread(target=running.stop)
            stopping.start()
            rest = await asyncio.wait_for(answer.content.read(), 10)  # ends well: no error
            await asyncio.to_thread(stopping.join)
            assert rest.strip() == b""


async def test_the_card_is_private_and_goes_with_the_server(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    async with card(tmp_path, "http://127.0.0.1:1", "t", tmp_path / "keys"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert json.loads(path.read_text())["url"] == "http://127.0.0.1:1"
        assert sorted(file.name for file in tmp_path.iterdir()) == ["keys", "server.json"]
    assert not path.exists()
    with pytest.raises(HelmwardError, match="cannot be written"):
        async with card(Path("/proc"), "http://127.0.0.1:1", "t", tmp_path / "keys"):
            pass
