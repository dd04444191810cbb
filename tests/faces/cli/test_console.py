"""`helmward console`: a link that signs in once."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest

from ..conftest import Cli


def test_the_link_signs_in_once(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    link = cli("console").out.strip()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(link) as page:
        assert (page.status, page.url) == (200, link.partition("/login")[0] + "/")
        assert b"local" in page.read()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(link)


def test_nobody_gets_a_link_without_a_token(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELMWARD_TOKEN", "hw_00000000_" + "A" * 43)
    result = cli("console", "--no-browser")
    assert (result.code, result.out) == (5, "")
