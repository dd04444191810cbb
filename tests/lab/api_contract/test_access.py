"""Who is let in on both engines, and what they are told."""

from __future__ import annotations

import pytest
from tests.lab.api import Api, path_of


async def test_a_wrong_token_is_nobody(api: Api) -> None:
    status = await api.refusal("GET", path_of("Pod"), Authorization="Bearer wrong")
    assert (status["code"], status["message"]) == (401, "Unauthorized")


async def test_reviews(api: Api) -> None:
    attributes = {"verb": "delete", "resource": "pods", "namespace": "default"}
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    answer = await api.ask("POST", path, review | {"spec": {"resourceAttributes": attributes}})
    assert answer["status"]["allowed"] is True
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    answer = await api.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
    assert answer["status"]["userInfo"]["username"] == "lab-admin"


@pytest.mark.parametrize("path", ["/readyz", "/livez"])
async def test_health(api: Api, path: str) -> None:
    assert await api.text(path) == "ok"


async def test_unknown_paths(api: Api) -> None:
    status = await api.refusal("GET", "/apis/apps/v1/namespaces/default/gadgets")
    assert status["message"] == "the server could not find the requested resource"
