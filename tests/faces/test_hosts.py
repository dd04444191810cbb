"""What the server is called: its own address, this machine's names on loopback, what the settings declare."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import aiohttp
import pytest

from helmward.faces.addresses import is_in
from helmward.faces.hosts import Names
from helmward.faces.serve import Application

from .station import Station

PROXY = "10.0.0.9"


def scope(
    host: str, server: str = "127.0.0.1", scheme: str = "http", peer: str = "127.0.0.1", **more: str
) -> dict[str, object]:
    headers = [
        (b"host", host.encode()),
        *((name.replace("_", "-").encode(), text.encode()) for name, text in more.items()),
    ]
    return {"type": "http", "headers": headers, "server": (server, 8420), "client": (peer, 1), "scheme": scheme}


def proxies(address: str) -> bool:
    return address in (PROXY, "127.0.0.1")


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8420", "127.0.0.1:9000", "[::1]:8420", "LOCALHOST", "ops.example", "ops.example:443",
        "localhost.", "localhost.:8420", "helmward.localhost:8420", "[::ffff:127.0.0.1]:8420",
    ],
)  # fmt: skip
def test_own_names_come_in(host: str) -> None:
    assert Names(["Ops.example"]).knows(scope(host))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8420",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8420",
        "[::2]:8420",
        "::1",
        "evillocalhost",
        "[::ffff:10.0.0.1]",
    ],
)
@pytest.mark.parametrize("names", [[], ["ops.example"]])
def test_others_do_not(host: str, names: list[str]) -> None:
    found = Names(names, proxies)
    assert not found.knows(scope(host))
    assert not found.knows(scope(host, x_forwarded_host="ops.example")), "a page of this machine may send any header"


def test_beyond_loopback_the_settings_or_the_certificate_name_the_server() -> None:
    far = {"server": "10.0.0.1", "peer": "10.0.0.7"}
    assert Names().knows(scope("10.0.0.1:8420", **far))
    assert not Names().knows(scope("ops.example", **far))
    assert Names().knows(scope("ops.example", scheme="https", **far))
    assert not Names(["ops.example"]).knows(scope("other.example", scheme="https", **far))


def test_a_declared_proxy_tells_for_whom_it_was_asked() -> None:
    through = {"server": "10.0.0.1", "peer": PROXY}
    assert Names([], proxies).knows(scope("ops.example", **through))
    named = Names(["ops.example"], proxies)
    assert named.knows(scope("helmward.internal", x_forwarded_host="ops.example", **through))
    assert not named.knows(scope("helmward.internal", x_forwarded_host="other.example", **through))


def test_an_address_of_version_4_is_one_in_the_clothes_of_version_6_too() -> None:
    assert Names().knows(scope("localhost:8420", server="::ffff:127.0.0.1", peer="::ffff:127.0.0.1"))
    assert not Names().knows(scope("evil.example", server="::ffff:127.0.0.1", peer="::ffff:127.0.0.1"))
    assert Names().knows(scope("10.0.0.1:8420", server="::ffff:10.0.0.1", peer="::ffff:10.0.0.7"))
    networks = [ip_network("10.0.0.0/8")]
    assert is_in("::ffff:10.1.2.3", networks) and not is_in("::ffff:11.1.2.3", networks)


async def test_a_peer_that_is_gone_already_breaks_nothing(station: Station) -> None:
    """uvicorn asks the socket, which then knows no peer."""
    assert not is_in("", [ip_network("10.0.0.0/8")])
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    for networks in ([], [ip_network("10.0.0.0/8")]):
        names = Names((), lambda peer, known=networks: is_in(peer, known))  # type: ignore[misc]
        gone = {**scope("localhost"), "client": None, "path": "/nowhere", "method": "GET", "query_string": b""}
        await Application(station.house, None, names=names)(gone, receive, send)  # type: ignore[arg-type]
    assert [message["status"] for message in sent if "status" in message] == [303, 303]


async def test_a_name_that_points_here_reaches_no_page(station: Station) -> None:
    async with aiohttp.ClientSession() as session:
        for path, expected in (
            ("/", 421),
            ("/login", 421),
            ("/api/v1/login", 421),
            ("/healthz", 200),
        ):
            async with session.get(station.url + path, headers={"Host": "evil.example:8420"}) as answer:
                assert answer.status == expected, path
        async with session.get(f"{station.url}/api/v1/status", headers={"Host": "evil.example"}) as answer:
            assert "server.names" in (await answer.json())["error"]
        browser = {"Host": "evil.example", "Accept": "text/html,*/*;q=0.8"}
        async with session.get(station.url, headers=browser) as answer:
            assert (answer.status, answer.content_type) == (421, "text/html")
            assert "<p>This server is not called so; name the host in server.names" in await answer.text()


async def test_a_cookie_over_tls_stays_there(station: Station) -> None:
    form = {"token": station.token("viewer"), "next": "/"}
    for headers, secure in (({}, False), ({"X-Forwarded-Proto": "https"}, True)):
        async with aiohttp.ClientSession() as session:
            url = f"{station.url}/login"
            async with session.post(url, data=form, headers=headers, allow_redirects=False) as answer:
                assert answer.status == 303
                assert bool(answer.cookies["helmward-session"]["secure"]) is secure
