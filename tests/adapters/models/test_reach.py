"""Where an air-gapped gateway's connections go: by the list, by the hosts file, and checked by address."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.models import Upstreams
from helmward.adapters.models.reach import HostsFile, NotAllowed, gate
from helmward.core.allowed_hosts import AllowedHosts
from helmward.core.settings_gateway import GatewaySettings
from helmward.core.upstreams import UpstreamError

from ...gateway.upstream import serving

HOSTS = """
# a comment   model.test
10.0.0.9 commented  # model.test
10.0.0.1\tModel.test  alias.test
10.0.0.2 model.test
fd00::1 model.test
10.0.0.1 model.test
localhost 127.0.0.1
"""


@pytest.fixture
def hosts(tmp_path: Path) -> Path:
    file = tmp_path / "hosts"
    file.write_text(HOSTS)
    return file


async def test_a_name_is_where_the_hosts_file_says(hosts: Path) -> None:
    resolver = HostsFile(AllowedHosts(["model.test", "alias.test"]), hosts)
    found = await resolver.resolve("MODEL.test.", 80)
    assert [result["host"] for result in found] == ["10.0.0.1", "10.0.0.2", "fd00::1"]
    assert [result["family"] for result in found] == [socket.AF_INET, socket.AF_INET, socket.AF_INET6]
    assert [result["host"] for result in await resolver.resolve("alias.test", 80, socket.AF_INET)] == ["10.0.0.1"]


async def test_localhost_is_this_machine_whatever_the_file_says(hosts: Path) -> None:
    found = await HostsFile(AllowedHosts(["localhost"]), hosts).resolve("localhost", 80)
    assert {result["host"] for result in found} == {"127.0.0.1", "::1"}


@pytest.mark.parametrize("name", ["commented", "missing.test", "10.0.0.1"])
async def test_a_name_that_is_not_in_the_file_is_nowhere(hosts: Path, name: str) -> None:
    with pytest.raises(NotAllowed, match=r"not in `gateway.allowed_hosts`|alone, and"):
        await HostsFile(AllowedHosts(["missing.test"]), hosts).resolve(name, 80)


async def test_a_name_that_is_not_listed_is_not_even_looked_up(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match=r"'model.test:80' is not in `gateway.allowed_hosts`"):
        await HostsFile(AllowedHosts(["model.test:443"]), tmp_path / "absent").resolve("model.test", 80)


async def test_without_a_hosts_file_names_are_nowhere(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match=r"absent cannot be read"):
        await HostsFile(AllowedHosts(["model.test"]), tmp_path / "absent").resolve("model.test", 80)


@pytest.mark.parametrize(
    ("host", "address", "opened"),
    [
        ("model.test", ("10.0.0.1", 80), True),
        ("model.test", ("10.0.0.2", 80), False),
        ("model.test", ("10.0.0.1", 81), False),
        ("other.test", ("10.0.0.1", 80), False),
        ("10.0.0.1", ("10.0.0.1", 80), True),
    ],
)
def test_no_socket_is_made_for_an_address_that_is_not_listed(host: str, address: tuple[str, int], opened: bool) -> None:
    make = gate(host, AllowedHosts(["model.test", "10.0.0.1:80"]))
    info: Any = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)
    if opened:
        make(info).close()
        return
    with pytest.raises(NotAllowed, match=rf"{address[0]}:{address[1]}, which is not in"):
        make(info)


@pytest.mark.parametrize("allowed", [["model.test"], ["model.test", "127.0.0.1"]])
async def test_a_listed_name_is_reached_by_the_hosts_file(tmp_path: Path, allowed: list[str]) -> None:
    async with serving() as server:
        assert await _ask(server.port, tmp_path, "127.0.0.1", allowed) == "200"


async def test_a_name_that_leads_elsewhere_is_refused_by_address(tmp_path: Path) -> None:
    async with serving() as server:
        told = await _ask(server.port, tmp_path, "127.0.0.1", ["model.test", "10.0.0.0/8"])
        assert f"'model.test' is at 127.0.0.1:{server.port}, which is not in `gateway.allowed_hosts`" in told
        assert server.connections == 0


async def test_the_hosts_file_is_read_anew_for_each_connection(tmp_path: Path) -> None:
    async with serving() as server:
        assert "alone, and 'model.test' is not there" in await _ask(server.port, tmp_path, "", ["model.test"])
        assert await _ask(server.port, tmp_path, "127.0.0.1", ["model.test"]) == "200"


async def _ask(port: int, folder: Path, address: str, allowed: list[str]) -> str:
    hosts = folder / "hosts"
    hosts.write_text(f"{address} model.test\n" if address else "")
    upstream = {"name": "one", "api": "openai", "url": f"http://model.test:{port}/v1"}
    gateway = GatewaySettings.model_validate({"upstreams": [upstream], "air_gapped": True, "allowed_hosts": allowed})
    async with Upstreams(gateway, {}, hosts) as upstreams:
        try:
            async with upstreams.post(gateway.upstreams[0], "/chat/completions", b"{}") as answer:
                return str(answer.status)
        except UpstreamError as error:
            return str(error)
