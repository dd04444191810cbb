"""Which proxy: the kubeconfig's, the environment's, or none."""

from __future__ import annotations

import pytest

from helmward.adapters.clients.kubernetes.proxies import proxy_for

PROXIES = {"HTTPS_PROXY": "http://secure:1", "HTTP_PROXY": "plain:2"}


@pytest.mark.parametrize(
    ("server", "expected"),
    [("https://api:6443", "http://secure:1"), ("http://api", "http://plain:2"), ("https://127.0.0.1:6443", None)],
)
def test_the_environment_decides_by_scheme(server: str, expected: str | None) -> None:
    assert proxy_for(server, "", PROXIES) == expected


def test_the_kubeconfig_goes_first_even_for_loopback() -> None:
    assert proxy_for("https://127.0.0.1:6443", "http://mine:3", PROXIES) == "http://mine:3"
    assert proxy_for("https://api", "", {}) is None
    assert proxy_for("https://api", "", {"https_proxy": "http://lower:4"}) == "http://lower:4"


@pytest.mark.parametrize(
    ("no_proxy", "bypassed"),
    [
        ("*", True),
        ("other, .corp.example", True),
        ("corp.example", True),
        ("*.corp.example", True),
        ("api.corp.example:6443", True),
        ("api.corp.example:443", False),
        ("orp.example", False),
        ("", False),
        ("10.0.0.0/8", False),
    ],
)
def test_no_proxy_by_name(no_proxy: str, bypassed: bool) -> None:
    found = proxy_for("https://api.corp.example:6443", "", {**PROXIES, "NO_PROXY": no_proxy})
    assert (found is None) is bypassed


@pytest.mark.parametrize(
    ("no_proxy", "bypassed"), [("10.0.0.0/8", True), ("10.1.2.3", True), ("192.168.0.0/16", False), ("bad/99", False)]
)
def test_no_proxy_by_address(no_proxy: str, bypassed: bool) -> None:
    assert (proxy_for("https://10.1.2.3:6443", "", {**PROXIES, "NO_PROXY": no_proxy}) is None) is bypassed
