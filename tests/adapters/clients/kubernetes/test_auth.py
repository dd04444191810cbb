"""Who we say we are: tokens, files that rotate, exec plugins, impersonation."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from helmward.adapters.clients.kubernetes.auth import Credentials
from helmward.adapters.clients.kubernetes.connection import Connection, Impersonation
from helmward.adapters.clients.kubernetes.tls import tls_context
from helmward.core.cluster import Unauthorized
from helmward.core.errors import UsageError

from .plugin import bearers
from .server import Api, page, refuses
from .wire import PODS


async def test_a_token_goes_with_each_request(api: Api, connect) -> None:
    api.then(page("PodList", []))
    await (await connect(api.url, token="abc")).list(PODS)
    assert bearers(api) == ["Bearer abc"]


async def test_basic_authentication(api: Api, connect) -> None:
    api.then(page("PodList", []))
    await (await connect(api.url, username="jane", password="pässword")).list(PODS)
    assert bearers(api) == ["Basic amFuZTpww6Rzc3dvcmQ="]


async def test_a_fixed_token_that_is_refused_is_not_tried_twice(api: Api, connect) -> None:
    api.then(refuses(401, "Unauthorized"))
    client = await connect(api.url, token="sekrit", user="jane")
    with pytest.raises(Unauthorized, match="does not accept the credentials of jane") as caught:
        await client.list(PODS)
    assert len(api.seen) == 1
    assert "sekrit" not in str(caught.value)
    assert caught.value.exit_code == 5


async def test_a_token_file_is_read_again_after_a_401(api: Api, connect, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("old\n")
    api.then(page("PodList", []), refuses(401), page("PodList", []))
    client = await connect(api.url, token_file=file)
    await client.list(PODS)
    file.write_text("new\n")
    await client.list(PODS)
    assert bearers(api) == ["Bearer old", "Bearer old", "Bearer new"]


async def test_a_token_file_is_read_at_most_each_minute(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("one")
    clock = [0.0]
    credentials = Credentials(Connection(server="http://x", source="", token_file=file), {}, clock=lambda: clock[0])
    first = await credentials.login()
    file.write_text("two")
    clock[0] = 59
    assert await credentials.login() is first
    clock[0] = 61
    assert (await credentials.login()).headers == (("Authorization", "Bearer two"),)
    file.unlink()
    clock[0] = 200
    assert (await credentials.login()).headers == (("Authorization", "Bearer two"),)


async def test_a_token_file_that_never_was_there(tmp_path: Path) -> None:
    credentials = Credentials(Connection(server="http://x", source="", token_file=tmp_path / "none", user="u"), {})
    with pytest.raises(Unauthorized, match="token of the user 'u' cannot be read"):
        await credentials.login()


async def test_a_token_with_a_line_break_is_refused_unseen(tmp_path: Path) -> None:
    credentials = Credentials(Connection(server="http://x", source="", token="sek\r\nrit"), {})
    with pytest.raises(Unauthorized, match="not one line of ASCII") as caught:
        await credentials.login()
    assert "sek" not in str(caught.value)


async def test_impersonation_headers(api: Api, connect) -> None:
    api.then(page("PodList", []))
    who = Impersonation(user="ops", uid="7", groups=("g", "h"), extra={"example.com/scope": ("a", "b")})
    await (await connect(api.url, token="t", impersonate=who)).list(PODS)
    seen = api.seen[0]
    assert (seen.header("Impersonate-User"), seen.header("Impersonate-Uid")) == ("ops", "7")
    assert seen.all("Impersonate-Group") == ["g", "h"]
    assert seen.all("Impersonate-Extra-example.com%2Fscope") == ["a", "b"]
    assert seen.header("Authorization") == "Bearer t"


def test_an_impersonated_name_cannot_smuggle_a_header() -> None:
    who = Impersonation(user="ops\r\nX-Evil: 1")
    with pytest.raises(UsageError, match="control characters"):
        Credentials(Connection(server="http://x", source="", impersonate=who), {})


def test_a_strict_context_is_not_asked_for(authority) -> None:
    connection = Connection(server="https://x", source="", certificate_authority=authority.certificate)
    assert not tls_context(connection).verify_flags & ssl.VERIFY_X509_STRICT
