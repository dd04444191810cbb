"""The service writes: the only requests without a mandate that are no reads. Each stands here, with the right it needs.

They are questions about ourselves, which the API server answers and does not store. Whatever else is not a GET is the write of
an action, or a dry run. The proof (tests/proof) holds the wire against this list.
"""

from __future__ import annotations

from typing import NamedTuple


class ServiceWrite(NamedTuple):
    """A POST: what is posted, and the RBAC rule (group, resource, verb) that grants it (`system:basic-user` does)."""

    api_version: str
    kind: str
    group: str
    resource: str
    verb: str = "create"


SERVICE_WRITES = (
    ServiceWrite("authentication.k8s.io/v1", "SelfSubjectReview", "authentication.k8s.io", "selfsubjectreviews"),
    ServiceWrite(
        "authorization.k8s.io/v1", "SelfSubjectAccessReview", "authorization.k8s.io", "selfsubjectaccessreviews"
    ),
    ServiceWrite(
        "authorization.k8s.io/v1", "SelfSubjectRulesReview", "authorization.k8s.io", "selfsubjectrulesreviews"
    ),
)
"""All of them."""
