"""The list of an air-gapped gateway, and the settings that it is part of."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from helmward.core.allowed_hosts import AllowedHosts
from helmward.core.settings_gateway import GatewaySettings


@pytest.mark.parametrize(
    ("entry", "host", "port", "allowed"),
    [
        ("vllm.internal", "vllm.internal", 8000, True),
        ("vllm.internal", "VLLM.Internal.", 8000, True),
        ("vllm.internal", "other.internal", 8000, False),
        ("vllm.internal", "a.vllm.internal", 8000, False),
        ("vllm.internal", "vllm.internal.evil.example", 8000, False),
        ("vllm.internal:8000", "vllm.internal", 8000, True),
        ("vllm.internal:8000", "vllm.internal", 8001, False),
        ("10.1.2.3", "10.1.2.3", 443, True),
        ("10.1.2.3", "10.1.2.4", 443, False),
        ("10.1.2.3:443", "10.1.2.3", 80, False),
        ("10.1.0.0/16", "10.1.255.9", 80, True),
        ("10.1.0.0/16", "10.2.0.1", 80, False),
        ("10.1.0.0/16:8000", "10.1.0.1", 8000, True),
        ("10.1.0.0/16:8000", "10.1.0.1", 80, False),
        ("fd00::/8", "fd12::1", 80, True),
        ("fd00::7", "fd00:0::7", 80, True),
        ("[fd00::7]:443", "fd00::7", 443, True),
        ("[fd00::7]:443", "fd00::7", 80, False),
        ("10.1.2.3", "::ffff:10.1.2.3", 80, True),
        ("0.0.0.0/0", "vllm.internal", 80, False),
        ("127.0.0.1", "127.1", 80, False),
        ("127.0.0.1", "2130706433", 80, False),
    ],
)
def test_what_an_entry_allows(entry: str, host: str, port: int, allowed: bool) -> None:
    assert AllowedHosts([entry]).host(host, port) is allowed


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "http://host",
        "host/path",
        "host:port",
        "host:0",
        "host:70000",
        "a b",
        "*.internal",
        "10.0.0.0/40",
        "1.2.3",
        "[::1",
    ],
)
def test_what_is_no_entry_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"is no host|has a port"):
        AllowedHosts([entry])


@pytest.mark.parametrize(
    ("entries", "address", "allowed"),
    [
        (["vllm.internal"], "10.9.9.9", True),
        (["vllm.internal", "10.1.0.0/16"], "10.1.0.5", True),
        (["vllm.internal", "10.1.0.0/16"], "10.9.9.9", False),
        (["vllm.internal", "10.1.0.5:443"], "10.1.0.5", False),
        (["other.internal", "10.1.0.5"], "10.1.0.5", False),
        (["vllm.internal"], "nonsense", False),
    ],
)
def test_where_a_name_may_lead(entries: list[str], address: str, allowed: bool) -> None:
    assert AllowedHosts(entries).connection("vllm.internal", address, 8000) is allowed


def test_an_address_leads_to_itself_alone() -> None:
    allowed = AllowedHosts(["10.1.2.3", "vllm.internal"])
    assert allowed.connection("10.1.2.3", "10.1.2.3", 80)
    assert not allowed.connection("10.1.2.4", "10.1.2.4", 80)


def _gateway(upstream: dict[str, Any], **more: Any) -> GatewaySettings:
    return GatewaySettings.model_validate({"upstreams": [{"name": "one", "api": "openai", **upstream}], **more})


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://api.example.com/v1", "api.example.com:443"),
        ("http://vllm.internal:8000/v1", "vllm.internal:8000"),
        ("http://[fd00::7]/v1", "fd00::7:80"),
    ],
)
def test_an_air_gapped_gateway_has_no_upstream_elsewhere(url: str, place: str) -> None:
    with pytest.raises(ValidationError, match=f"'one' is at {place}, which is not in allowed_hosts"):
        _gateway({"url": url}, air_gapped=True, allowed_hosts=["other.example.com", "10.0.0.0/8"])
    assert _gateway({"url": url}).upstreams


def test_an_air_gapped_gateway_may_have_what_is_listed() -> None:
    assert _gateway({"url": "https://10.1.2.3:8443/v1"}, air_gapped=True, allowed_hosts=["10.1.0.0/16:8443"]).upstreams


def test_an_entry_that_is_none_is_named() -> None:
    with pytest.raises(ValidationError, match="allowed_hosts: '\\*' is no host"):
        _gateway({"url": "http://a/v1"}, allowed_hosts=["*"])


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://user:word@host/v1",
        "http://user@host/v1",
        "http://host:0/v1",
        "http://host:99999/v1",
        "http://host:x/v1",
        "http://host/v1?key=1",
        "http://host/v1#part",
        "http://ho st/v1",
        "http://host/v1\nX: y",
        "ftp://host/v1",
        "http://[::1/v1",
    ],
)
def test_a_url_that_is_more_or_less_than_a_place_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        _gateway({"url": url})


def test_a_key_comes_from_one_place() -> None:
    with pytest.raises(ValidationError, match="a key_env and a key_file"):
        _gateway({"url": "http://host/v1", "key_env": "A", "key_file": "/b"})
