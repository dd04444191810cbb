"""What both engines refuse, in the same words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.lab.api import Api, config_map, deployment, path_of


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"selector": None}, "spec.selector: Required value"),
        ({"replicas": -1}, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        (
            {"strategy": {"rollingUpdate": {"maxSurge": "a lot%"}}},
            'spec.strategy.rollingUpdate.maxSurge: Invalid value: "a lot%": a valid percent string must be a numeric '
            "string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
        ),
        (
            {"strategy": {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}}},
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
        ),
        ({"selector": {"matchLabels": {"app": "x"}}}, "`selector` does not match template `labels`"),
    ],
)
async def test_deployments(api: Api, namespace: str, change: Any, words: str) -> None:
    body = deployment(namespace, "web")
    body["spec"] |= change
    status = await api.refusal("POST", path_of("Deployment", namespace), body)
    assert (status["code"], status["reason"]) == (422, "Invalid")
    assert status["message"].startswith('Deployment.apps "web" is invalid: ')
    assert words in status["message"]
    assert any(words in cause["message"] or cause["field"] in words for cause in status["details"]["causes"])


async def test_a_selector_is_for_ever(api: Api, namespace: str) -> None:
    await api.create(deployment(namespace, "web"))
    labels = {"app": "other"}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}
    path = path_of("Deployment", namespace, "web")
    status = await api.refusal("PATCH", path, {"spec": spec}, Content_Type="application/merge-patch+json")
    assert "spec.selector: Invalid value" in status["message"]
    assert "field is immutable" in status["message"]


async def test_names(api: Api, namespace: str, maps: str) -> None:
    status = await api.refusal("POST", maps, config_map(namespace, "Not_A_Name"))
    assert status["message"] == (
        'ConfigMap "Not_A_Name" is invalid: metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 '
        "subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        "alphanumeric character (e.g. 'example.com', regex used for validation is "
        r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    )
    nameless = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}
    status = await api.refusal("POST", maps, nameless)
    words = 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'
    assert status["message"] == words


async def test_wrong_types_are_a_bad_request(api: Api, namespace: str) -> None:
    body = deployment(namespace, "web")
    body["spec"]["replicas"] = "three"
    status = await api.refusal("POST", path_of("Deployment", namespace), body)
    assert (status["code"], status["reason"]) == (400, "BadRequest")
    assert status["message"].startswith('Deployment in version "v1" cannot be handled as a Deployment: json: cannot')


async def test_a_namespace_must_be_there(api: Api) -> None:
    status = await api.refusal("POST", path_of("ConfigMap", "nowhere"), config_map("nowhere", "lost"))
    assert (status["code"], status["message"]) == (404, 'namespaces "nowhere" not found')


async def test_another_namespace_than_the_path(api: Api, maps: str) -> None:
    status = await api.refusal("POST", maps, config_map("default", "lost"))
    words = "the namespace of the provided object does not match the namespace sent on the request"
    assert (status["code"], status["message"]) == (400, words)


async def test_a_pod_needs_its_service_account(api: Api, namespace: str) -> None:
    spec = {"serviceAccountName": "nobody", "containers": [{"name": "a", "image": "a:1"}]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": spec}
    status = await api.refusal("POST", path_of("Pod", namespace), body)
    assert (status["code"], status["reason"]) == (403, "Forbidden")
    assert status["message"] == (
        f'pods "pod" is forbidden: error looking up service account {namespace}/nobody: '
        'serviceaccount "nobody" not found'
    )


async def test_bodies_that_are_no_json(api: Api, maps: str) -> None:
    for data, kind in ((b'{"apiVersion": "v1", "kind": "Conf', "application/json"), (b"x", "text/plain")):
        url, headers = api.url + maps, {"Content-Type": kind}
        async with api._open().post(url, data=data, headers=headers, ssl=api._ssl) as answer:
            assert answer.status in (400, 415)
            assert (await answer.json())["kind"] == "Status"
