"""What is around an object: of its own group, not of another whose kind has the same name."""

from __future__ import annotations

from typing import Any, cast

from tests.house.cluster.test_listing import ACTOR, Quiet

from helmward.core.nouns import Resource
from helmward.house import House
from helmward.house.cluster.surroundings import around


def test_a_kind_of_another_group_is_not_ours() -> None:
    """Knative's Services are called as Kubernetes' are, and may have the same names."""
    house = Quiet()
    house.put("Service", "web", spec={"selector": {"app": "web"}})
    house.put("Deployment", "web", "Service/web", spec={"replicas": 1})

    def seen(version: str, owner: dict[str, Any] | None = None) -> dict[str, Any]:
        resource = Resource(api_version=version, kind="Service", namespace="shop", name="web")
        document = {"metadata": {"ownerReferences": [owner] if owner else []}}
        return around(cast(House, house), ACTOR, resource, document)

    ours, theirs = seen("v1"), seen("serving.knative.dev/v1")
    assert (ours["health"], [child["kind"] for child in ours["children"]]) == ("suspended", ["Deployment"])
    assert (theirs["health"], theirs["text"], theirs["children"]) == (None, "", [])
    node = {"apiVersion": "example.com/v1", "kind": "Node", "name": "n", "controller": True}
    assert [owner["namespace"] for owner in seen("v1", node)["owners"]] == ["shop"]
    assert [owner["namespace"] for owner in seen("v1", node | {"apiVersion": "v1"})["owners"]] == [""]
