"""A plan as it is printed, from the row alone."""

from __future__ import annotations

from typing import Any

import pytest

from helmward.faces.cli import planned


def row(managed_by: str, *managed_at: str, **more: Any) -> dict[str, Any]:
    """A plan of one action, as the server sends it."""
    resource = {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "shop", "name": "app"}
    action = {
        "id": "act-a",
        "tool": "resources_scale",
        "title": "scale it",
        "effect": "MUTATE",
        "resource": resource,
        "changes": [{"path": "/spec/replicas", "before": 2, "after": 3}],
        "managedBy": managed_by,
        "managedAt": list(managed_at),
        "blastRadius": {"objects": 1, "namespaces": 1, "replicasShare": 0.5, "text": ""},
        "verify": "3 are ready",
        "undo": "scales it to 2 again",
        "state": "planned",
    }
    plan = {"id": "plan-a", "incident": None, "requester": "ada", "environment": "production", "actions": [action]}
    plan |= {
        "title": "scale it",
        "state": "done",
        "undoOf": None,
        "overrideSeconds": None,
        "why": "",
        "decision": "ask",
    }
    return plan | {"reason": "A change needs an approval.", "approval": None, "text": "", **more}


def test_where_to_change_it_is_said_once() -> None:
    where = "Change minReplicas there."
    page = "\n".join(planned.lines(row(f"The HPA sets it. {where}", where, "Or in git, at shop/app.yaml.")))
    assert page.count(where) == 1
    assert "Or in git, at shop/app.yaml." in page


@pytest.mark.parametrize(
    ("state", "undo_of", "told"),
    [
        ("failed", None, True),
        ("denied", None, True),
        ("undone", None, True),
        ("done", "act-b", True),
        ("done", None, False),
        ("void", None, False),
    ],
)
def test_how_another_plan_is_made_where_this_one_came_to_nothing(state: str, undo_of: str | None, told: bool) -> None:
    page = "\n".join(planned.lines(row("", state=state, undoOf=undo_of, incident="inc-a")))
    assert ("helmward plan inc-a --new" in page) is told
