"""The manifests go into a real cluster, and Helmward works with exactly the rights that they give."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.app import load_analyzers, needed_kinds
from helmward.core.cluster import Forbidden
from helmward.core.settings import Settings
from helmward.house.once import of_cluster
from helmward.lab.client import Client as Admin
from helmward.lab.client import path_of
from helmward.lab.kube.assets import programs_folder
from helmward.world.kinds import KINDS

if TYPE_CHECKING:
    from helmward.lab.kube.engine import KubeEngine

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT / "deploy" / "kubernetes"


def test_the_committed_rbac_is_the_one_that_analyzers_and_reading_tools_need() -> None:
    words = ["helmward", "rbac", "--service-account", "helmward/helmward"]
    printed = subprocess.run(words, capture_output=True, text=True, check=True, env={"PATH": _path(), "HOME": "/none"})
    assert (MANIFESTS / "rbac.yaml").read_text() == printed.stdout


def _path() -> str:
    import os
    import sys

    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def test_the_container_file_has_no_lint() -> None:
    found = subprocess.run(
        ["hadolint", "Containerfile"], cwd=ROOT, capture_output=True, text=True, env={"PATH": _path()}
    )
    assert (found.returncode, found.stdout) == (0, "")


@pytest.fixture
async def account(kube: KubeEngine) -> Any:
    """The manifests applied by the real kubectl; a client that is the service account they make."""
    kubectl = [str(programs_folder() / "kubectl"), "--kubeconfig", str(kube.kubeconfig)]
    applied = await asyncio.to_thread(
        subprocess.run, [*kubectl, "apply", "-k", str(MANIFESTS)], capture_output=True, text=True
    )
    assert applied.returncode == 0, applied.stderr
    assert "Warning" not in applied.stderr  # no PodSecurity complaint: the Deployment meets `restricted`
    admin = Admin.from_kubeconfig(kube.kubeconfig)
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": []}}
    path = path_of("ServiceAccount", "helmward", "helmward", "token")
    answer = await admin._ask("POST", path, body=request)
    connection = Connection(
        server=kube.url, source="test", token=answer["status"]["token"], insecure_skip_tls_verify=True
    )
    async with Client(connection, b"0" * 32) as client:
        yield client
    await admin.close()


async def test_it_reads_every_kind_and_can_do_nothing_else(account: Client) -> None:
    kinds = needed_kinds(load_analyzers(), Settings())
    once = await of_cluster(account, kinds, load_analyzers(), None)
    unread = {entry["kind"]: entry["reason"] for entry in once.report["coverage"]["unread"]}
    assert unread == {"HTTPRoute": "not served by this cluster"}
    rules = (await account.rules("default")).resource_rules
    granted = {
        (group, resource, verb)
        for rule in rules
        for group in rule.api_groups
        for resource in rule.resources
        for verb in rule.verbs
        if not resource.startswith("self")
    }
    role = next(iter(yaml.safe_load_all((MANIFESTS / "rbac.yaml").read_text())))
    asked = {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert granted == asked  # the discovery and self-review rights of every account aside
    assert {verb for _, _, verb in granted} == {"list", "watch", "get"}
    assert {resource for _, resource, verb in granted if verb == "get"} == {"pods/log"}


async def test_what_no_analyzer_needs_is_refused_by_the_api_server(account: Client) -> None:
    for path in ("/apis/rbac.authorization.k8s.io/v1/clusterroles", "/apis/coordination.k8s.io/v1/leases"):
        with pytest.raises(Forbidden):
            await account.list(path)
    with pytest.raises(Forbidden):
        await account.get("/api/v1/namespaces/default/secrets/anything")


def test_a_disabled_analyzer_takes_its_rights_with_it() -> None:
    everything = {kind.name for kind in needed_kinds(load_analyzers(), Settings())}
    less = load_analyzers(Settings.model_validate({"explain": {"disabled": ["Quota"]}}))
    assert everything - {kind.name for kind in needed_kinds(less, Settings())} <= {"ResourceQuota", "LimitRange"}
    without = needed_kinds(load_analyzers(), Settings.model_validate({"kubernetes": {"unread_kinds": ["Secret"]}}))
    assert KINDS["Secret"] not in without


def test_environments_by_label_need_the_namespaces() -> None:
    named = Settings.model_validate({"changes": {"environments": [{"name": "staging", "namespaces": ["stage-*"]}]}})
    labelled = Settings.model_validate({"changes": {"environments": [{"name": "staging", "labels": {"stage": "yes"}}]}})
    assert KINDS["Namespace"] not in needed_kinds(load_analyzers(), named)
    assert KINDS["Namespace"] in needed_kinds(load_analyzers(), labelled)
