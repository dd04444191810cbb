"""How a change is told."""

from __future__ import annotations

import pytest

from helmward.core.nouns import Change, Resource
from helmward.explain.evidence import describe, what


@pytest.mark.parametrize(
    ("kind", "path", "before", "after", "told"),
    [
        ("Deployment", "spec.template.spec.containers[a].image", '"a:1"', '"a:2"', "containers[a].image a:1 → a:2"),
        ("Deployment", "spec.replicas", "2", "0", "replicas 2 → 0"),
        ("ConfigMap", "data.checkout", '"on"', None, "data.checkout on → (none)"),
        ("Secret", "data.key", '"a"', '"b"', "data.key (hidden) → (hidden)"),
        ("PersistentVolumeClaim", "", None, '"created"', "PersistentVolumeClaim pay created"),
        ("Secret", "", '"present"', '"deleted"', "Secret pay deleted"),
    ],
)
def test_a_change_is_told(kind: str, path: str, before: str | None, after: str | None, told: str) -> None:
    resource = Resource(api_version="v1", kind=kind, namespace="production", name="pay")
    change = Change(time="2026-01-31T12:00:00Z", resource=resource, path=path, before=before, after=after)
    assert what(change) == told
    assert describe(change) == f"{told} at 2026-01-31T12:00:00Z"
