"""Kubeconfigs: merging, choosing, resolving, and a clear sentence for each mistake."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from helmward.adapters.clients.kubernetes.config import find, in_cluster, load
from helmward.core.errors import HelmwardError, UnreadableError, UsageError


def config(name: str = "one", user: dict[str, Any] | None = None, **cluster: Any) -> dict[str, Any]:
    """A kubeconfig with one context, cluster and user of that name."""
    return {
        "apiVersion": "v1", "kind": "Config", "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}.example:6443", **cluster}}],
        "users": [{"name": name, "user": user if user is not None else {"token": f"{name}-token"}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
    }  # fmt: skip


def write(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else yaml.safe_dump(document))
    return path


def test_the_default_place_is_below_home(tmp_path: Path) -> None:
    write(tmp_path / ".kube" / "config", config())
    connection = find(env={"HOME": str(tmp_path)})
    assert connection.server == "https://one.example:6443"
    assert (connection.context, connection.cluster, connection.user) == ("one", "one", "one")
    assert (connection.namespace, connection.token) == ("default", "one-token")


def test_the_first_file_wins_whole_entries(tmp_path: Path) -> None:
    first, second = config("one"), config("two")
    second["users"].append({"name": "one", "user": {"token": "stolen", "username": "x"}})
    second["contexts"].append({"name": "mixed", "context": {"cluster": "two", "user": "one", "namespace": "n"}})
    files = [write(tmp_path / "a", first), tmp_path / "missing", write(tmp_path / "b", second)]
    env = {"KUBECONFIG": os.pathsep.join(["", *map(str, files)])}
    assert load(env=env).context == "one"
    mixed = load("mixed", env=env)
    assert (mixed.server, mixed.token, mixed.username, mixed.namespace) == (
        "https://two.example:6443",
        "one-token",
        "",
        "n",
    )


def test_paths_start_from_the_file_that_holds_them(tmp_path: Path) -> None:
    user = {"client-certificate": "keys/me.crt", "client-key": "/abs/me.key", "tokenFile": "token"}
    there = write(tmp_path / "deep" / "config", config(user=user, **{"certificate-authority": "../ca.crt"}))
    connection = load(path=there)
    assert connection.certificate_authority == tmp_path / "deep" / ".." / "ca.crt"
    assert connection.client_certificate == tmp_path / "deep" / "keys" / "me.crt"
    assert connection.client_key == Path("/abs/me.key")
    assert connection.token_file == tmp_path / "deep" / "token"


def test_data_is_decoded_and_everything_else_is_carried_over(tmp_path: Path) -> None:
    user = {
        "client-certificate-data": base64.b64encode(b"C").decode(), "client-key-data": base64.b64encode(b"K").decode(),
        "as": "ops", "as-uid": "1", "as-groups": ["g", "h"], "as-user-extra": {"Scope": ["a"]},
    }  # fmt: skip
    cluster = {
        "certificate-authority-data": base64.encodebytes(b"A" * 100).decode(), "tls-server-name": "api",
        "proxy-url": "http://proxy:3128",
    }  # fmt: skip
    connection = load(path=write(tmp_path / "config", config(user=user, **cluster)))
    assert connection.certificate_authority_data == b"A" * 100
    assert (connection.client_certificate_data, connection.client_key_data) == (b"C", b"K")
    assert (connection.tls_server_name, connection.proxy_url) == ("api", "http://proxy:3128")
    who = connection.impersonate
    assert who is not None
    assert (who.user, who.uid, who.groups, who.extra) == ("ops", "1", ("g", "h"), {"Scope": ("a",)})


def test_an_exec_plugin_with_its_cluster_extension(tmp_path: Path) -> None:
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "./bin/login", "args": ["a"], "env": None,
        "provideClusterInfo": True, "interactiveMode": "Never",
    }  # fmt: skip
    extension = [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}]
    connection = load(path=write(tmp_path / "config", config(user={"exec": plugin}, extensions=extension)))
    found = connection.exec_plugin
    assert found is not None
    assert found.command == str(tmp_path / "bin" / "login")
    assert (found.args, found.provide_cluster_info, found.cluster_config) == (("a",), True, {"audience": "x"})


def test_a_bare_command_is_left_to_path(tmp_path: Path) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "aws"}
    connection = load(path=write(tmp_path / "config", config(user={"exec": plugin})))
    assert connection.exec_plugin is not None
    assert connection.exec_plugin.command == "aws"


def test_credentials_are_not_shown(tmp_path: Path) -> None:
    plugin = {"apiVersion": "v", "command": "c", "args": ["hidden-a"], "env": [{"name": "T", "value": "hidden-b"}]}
    user = {"token": "hidden-c", "exec": plugin}
    cluster = {"proxy-url": "http://me:hidden-d@proxy"}
    assert "hidden" not in repr(load(path=write(tmp_path / "config", config(user=user, **cluster))))
    assert "hidden" not in repr(
        load(path=write(tmp_path / "config", config(user={"username": "u", "password": "hidden"})))
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"current-context": ""}, r"has no current-context; pass --context \(there are: one\)"),
        ({"current-context": "two"}, "There is no context 'two' in .*config; there are: one"),
        ({"clusters": None}, "names the cluster 'one', which .* lacks"),
        ({"users": []}, "names the user 'one', which .* lacks"),
        ({"users": [{"name": "one", "user": {"token": 7}}]}, r"wrong type: Expected `str`, got `int` - at .*token"),
        ({"users": [{"name": "one"}, {"name": "one"}]}, "has two users named 'one'"),
        ({"users": [{"name": "one", "user": {"auth-provider": {"name": "gcp"}}}]}, "auth-provider, which .* removed"),
        ({"users": [{"name": "one", "user": {"token": "t", "password": "p"}}]}, "both a token and a password"),
        ({"users": [{"name": "one", "user": {"exec": {"command": "x"}}}]}, "needs both `command` and `apiVersion`"),
        ({"users": [{"name": "one", "user": {"as-groups": ["g"]}}]}, "impersonates groups but no user"),
        ({"users": [{"name": "one", "user": {"client-key-data": "*"}}]}, "client-key-data in .* is not base64"),
        ({"clusters": [{"name": "one", "cluster": {}}]}, "'one' of the kubeconfig has no server"),
        ({"clusters": [{"name": "one", "cluster": {"server": "ftp://x"}}]}, "no address like https"),
        ({"clusters": [{"name": "one", "cluster": {"server": "https://x:99999"}}]}, "no address like https"),
        (
            {"clusters": [{"name": "one", "cluster": {
                "server": "x", "insecure-skip-tls-verify": True, "certificate-authority": "c",
            }}]},
            "both insecure-skip-tls-verify and a certificate authority",
        ),
    ],
)  # fmt: skip
def test_each_mistake_is_one_sentence(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    path = write(tmp_path / "config", {**config(), **change})
    with pytest.raises(HelmwardError, match=sentence):
        load(path=path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("users:\n- name: a\n  token: 'sekrit\n", "not valid YAML, line"),
        ("users: [\x00]", "not YAML text at all"),
        ("- a\n- b\n", "wrong type: Expected `object`"),
        ("users: *nothing\n", "not valid YAML"),
        ("a: !!python/object/apply:os.getcwd []\n", "not valid YAML"),
        ("x: &x [*x]\nusers: *x\n", "YAML|wrong type"),
    ],
)
def test_broken_yaml_is_named_without_its_text(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence) as caught:
        load(path=write(tmp_path / "config", text))
    assert "sekrit" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="does not exist"):
        load(path=tmp_path / "nowhere")
    with pytest.raises(UnreadableError, match="cannot be read: Is a directory"):
        load(path=tmp_path)


@pytest.mark.parametrize(
    ("server", "cluster", "expected"),
    [
        ("host:8080", {}, "http://host:8080"),
        ("host:6443", {"insecure-skip-tls-verify": True}, "https://host:6443"),
        ("https://host/prefix/", {}, "https://host/prefix"),
    ],
)
def test_servers_are_completed(tmp_path: Path, server: str, cluster: dict[str, Any], expected: str) -> None:
    assert load(path=write(tmp_path / "config", config(server=server, **cluster))).server == expected


def service_account(tmp_path: Path) -> Path:
    write(tmp_path / "token", "t\n")
    write(tmp_path / "namespace", "apps\n")
    write(tmp_path / "ca.crt", "CA")
    return tmp_path


def test_in_cluster(tmp_path: Path) -> None:
    root = service_account(tmp_path)
    env = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}
    connection = in_cluster(root, env)
    assert (connection.server, connection.namespace) == ("https://10.96.0.1:443", "apps")
    assert (connection.token_file, connection.certificate_authority) == (root / "token", root / "ca.crt")
    assert in_cluster(root, {**env, "KUBERNETES_SERVICE_HOST": "fd00::1"}).server == "https://[fd00::1]:443"


def test_find_goes_from_the_explicit_to_the_pod(tmp_path: Path) -> None:
    root = service_account(tmp_path / "sa")
    pod = {"HOME": str(tmp_path), "KUBERNETES_SERVICE_HOST": "10.96.0.1"}
    assert find(env=pod, root=root).context == "in-cluster"
    write(tmp_path / ".kube" / "config", config())
    assert find(env=pod, root=root).context == "one"
    other = write(tmp_path / "other", config("two"))
    assert find(path=other, env=pod, root=root).context == "two"
    with pytest.raises(UsageError, match="no context 'nine'"):
        find("nine", env=pod, root=root)


def test_nothing_configured_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"No cluster is configured: .*helmward up --lab"):
        find(env={"HOME": str(tmp_path)}, root=tmp_path)
    with pytest.raises(UsageError, match="not a pod"):
        in_cluster(tmp_path, {})
    with pytest.raises(UsageError, match="no service account token"):
        in_cluster(tmp_path, {"KUBERNETES_SERVICE_HOST": "10.96.0.1"})
