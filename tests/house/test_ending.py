"""Which change an incident ended after, where managers say whole seconds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from helmward.house.ending import last_change

OPENED = "2026-01-01T12:00:05.700000Z"


def change(second: int, after: str, manager: str = "kubectl-edit") -> Any:
    return SimpleNamespace(time=f"2026-01-01T12:00:{second:02}Z", path="spec.port", after=after, manager=manager)


BROKE, MENDED = change(5, "9090"), change(5, "8080")


@pytest.mark.parametrize(
    ("kept", "after"),
    [
        ([BROKE, MENDED], "8080"),  # all in one second
        ([BROKE], None),  # what broke it ended nothing
        ([change(3, "9090"), change(5, "8080")], "8080"),
        ([BROKE, change(7, "8080"), change(8, "8081", "helmward")], "8080"),
        ([BROKE, change(30, "8080")], None),  # after the end
    ],
)
def test_the_change_that_it_ended_after(kept: list[Any], after: str | None) -> None:
    named = SimpleNamespace(kind="Service", namespace="production", name="payment")
    incident = SimpleNamespace(resource=named, owner=None)
    ended = "2026-01-01T12:00:09Z"
    tracked = SimpleNamespace(incident=incident, opened=OPENED, reopened=None, resolved=ended, live=False, findings=())
    world = SimpleNamespace(changes=SimpleNamespace(of=lambda *_: kept))
    found = last_change(cast(Any, tracked), cast(Any, world))
    assert (found.after if found else None) == after
