"""Who we say we are: tokens, files that rotate, exec plugins, impersonation."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.clients.kubernetes.auth import Credentials
from helmward.adapters.clients.kubernetes.connection import Connection, ExecPlugin, Impersonation
from helmward.adapters.clients.kubernetes.tls import tls_context
from helmward.core.cluster import Unauthorized
from helmward.core.errors import UsageError

from .server import Api, page, refuses

PODS = "/api/v1/pods"
V1 = "client.authentication.k8s.io/v1"

# Prints what STATUS holds (or TEXT as it is), counts its runs in COUNT, keeps what it was told in SEEN.
SCRIPT = """
import json, os, sys, time
count = os.environ["COUNT"]
runs = int(open(count).read()) + 1 if os.path.exists(count) else 1
open(count, "w").write(str(runs))
open(count + ".seen", "w").write(os.environ["KUBERNETES_EXEC_INFO"])
if "SLEEP" in os.environ:
    time.sleep(60)
if "FAIL" in os.environ:
    sys.exit(os.environ["FAIL"])
if "TEXT" in os.environ:
    print(os.environ["TEXT"])
else:
    status = json.loads(os.environ["STATUS"].replace("RUN", str(runs)))
    print(json.dumps({"apiVersion": os.environ["VERSION"], "kind": "ExecCredential", "status": status}))
"""


class Plugin:
    """A small Python program as exec plugin."""

    def __init__(self, folder: Path) -> None:
        self.count = folder / "count"
        self.script = folder / "plugin.py"
        self.script.write_text(SCRIPT)

    def __call__(self, version: str = V1, status: dict[str, Any] | None = None, **env: str) -> ExecPlugin:
        variables = {
            "COUNT": str(self.count),
            "VERSION": version,
            "STATUS": json.dumps(status or {"token": "token-RUN"}),
        }
        return ExecPlugin(
            api_version=version,
            command=sys.executable,
            args=("-S", "-E", str(self.script)),
            env=tuple({**variables, **env}.items()),
        )

    @property
    def runs(self) -> int:
        return int(self.count.read_text()) if self.count.exists() else 0

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(Path(f"{self.count}.seen").read_text())


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


def bearers(api: Api) -> list[str | None]:
    return [seen.header("Authorization") for seen in api.seen]


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


@pytest.mark.parametrize("version", [V1, "client.authentication.k8s.io/v1beta1"])
async def test_an_exec_plugin_runs_once_and_again_after_a_401(api: Api, connect, plugin: Plugin, version: str) -> None:
    api.then(page("PodList", []), page("PodList", []), refuses(401), page("PodList", []))
    client = await connect(api.url, exec_plugin=plugin(version))
    for _ in range(3):
        await client.list(PODS)
    assert bearers(api) == ["Bearer token-1", "Bearer token-1", "Bearer token-1", "Bearer token-2"]


async def test_many_requests_share_one_run_and_one_renewal(api: Api, connect, plugin: Plugin) -> None:
    refused = asyncio.Barrier(4)

    async def answer(request):
        if request.headers["Authorization"] == "Bearer token-1":
            await refused.wait()
            return await refuses(401)(request)
        return await page("PodList", [])(request)

    api.then(answer)
    client = await connect(api.url, exec_plugin=plugin())
    await asyncio.gather(*(client.list(PODS) for _ in range(4)))
    assert plugin.runs == 2


async def test_a_late_401_does_not_throw_away_newer_credentials(plugin: Plugin) -> None:
    credentials = Credentials(Connection(server="http://x", source="", exec_plugin=plugin()), {})
    old = await credentials.login()
    assert credentials.refused(old)
    new = await credentials.login()
    assert credentials.refused(old), "trying again is right: there is something newer"
    assert await credentials.login() is new


async def test_an_exec_plugin_runs_again_when_its_credentials_expire(plugin: Plugin) -> None:
    moment = [datetime(2026, 1, 1, tzinfo=UTC)]
    status = {"token": "token-RUN", "expirationTimestamp": "2026-01-01T00:10:00Z"}
    connection = Connection(server="http://x", source="", exec_plugin=plugin(status=status))
    credentials = Credentials(connection, {}, now=lambda: moment[0])
    first = await credentials.login()
    moment[0] += timedelta(minutes=9)
    assert await credentials.login() is first
    moment[0] += timedelta(minutes=2)
    assert (await credentials.login()).headers == (("Authorization", "Bearer token-2"),)


async def test_a_plugin_is_told_the_cluster_if_it_wants(plugin: Plugin) -> None:
    plain = plugin()
    await Credentials(Connection(server="http://x", source="", exec_plugin=plain), {}).login()
    assert plugin.told == {"apiVersion": V1, "kind": "ExecCredential", "spec": {"interactive": False}}
    wanting = ExecPlugin(
        api_version=V1, command=plain.command, args=plain.args, env=plain.env, provide_cluster_info=True,
        cluster_config={"audience": "a"},
    )  # fmt: skip
    connection = Connection(
        server="http://x", source="", exec_plugin=wanting, certificate_authority_data=b"CA", tls_server_name="n"
    )
    await Credentials(connection, {}).login()
    assert plugin.told["spec"]["cluster"] == {
        "server": "http://x", "tls-server-name": "n", "certificate-authority-data": "Q0E=", "config": {"audience": "a"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"FAIL": "no such\x1b[2J session " + "x" * 2000}, r"failed with exit code 1: no such\\x1b\[2J session x+…"),
        ({"TEXT": "sekrit"}, "printed no ExecCredential"),
        ({"STATUS": '{"clientCertificateData": "sekrit"}'}, "only one of client certificate and key"),
        ({"STATUS": "{}"}, "neither a token nor a client certificate"),
        (
            {"VERSION": "client.authentication.k8s.io/v1beta1"},
            "asks for client.authentication.k8s.io/v1 ",
        ),
        ({"STATUS": '{"clientCertificateData": "sekrit", "clientKeyData": "sekrit"}'}, "cannot be used"),
    ],
)
async def test_a_plugin_that_gives_no_credentials(plugin: Plugin, env: dict[str, str], sentence: str) -> None:
    credentials = Credentials(Connection(server="https://x", source="", exec_plugin=plugin(**env)), {})
    with pytest.raises(Unauthorized, match=sentence) as caught:
        await credentials.login()
    assert "sekrit" not in str(caught.value)
    assert len(str(caught.value)) < 600


async def test_a_plugin_that_hangs_is_ended(plugin: Plugin) -> None:
    connection = Connection(server="http://x", source="", exec_plugin=plugin(SLEEP="1"))
    started = time.monotonic()
    with pytest.raises(Unauthorized, match=r"gave no credentials within 0\.5 s"):
        await Credentials(connection, {}, plugin_timeout=0.5).login()
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"command": "/nowhere/login", "install_hint": "Get it from IT."}, "cannot be started.*Get it from IT."),
        ({"interactive_mode": "Always"}, "needs a terminal"),
        ({"api_version": "client.authentication.k8s.io/v1alpha1"}, "speaks client.authentication.k8s.io/v1alpha1"),
    ],
)
async def test_a_plugin_that_cannot_run(change: dict[str, str], sentence: str) -> None:
    plugin = ExecPlugin(**{"api_version": V1, "command": "true", **change})
    with pytest.raises(Unauthorized, match=sentence):
        await Credentials(Connection(server="http://x", source="", exec_plugin=plugin), {}).login()


async def test_a_fixed_token_goes_before_the_plugin(plugin: Plugin) -> None:
    connection = Connection(server="http://x", source="", token="fixed", exec_plugin=plugin())
    assert (await Credentials(connection, {}).login()).headers == (("Authorization", "Bearer fixed"),)
    assert plugin.runs == 0


def test_a_strict_context_is_not_asked_for(authority) -> None:
    connection = Connection(server="https://x", source="", certificate_authority=authority.certificate)
    assert not tls_context(connection).verify_flags & ssl.VERIFY_X509_STRICT
