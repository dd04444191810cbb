"""Whatever is sent is stored or refused with a Status; no controller fails on what was stored."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lab.embedded.conftest import TESTER, Plane
from tests.lab.embedded.objects import OBJECTS

from helmward.lab.embedded.bodies import clone
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.patches.merge import merge_patch

_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 70000) | st.sampled_from(["", "x", "1", "50%", "-1%", "\x00", "a/b"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "key", "items", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path into a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for step, child in items for place in places(child, (*path, step))]


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A good object of any kind with a few values replaced by others."""
    body = clone(draw(st.sampled_from(list(OBJECTS.values()))))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from([each for each in places(body) if each[0] not in ("apiVersion", "kind")] or [()]))
        holder: Any = body
        for step in place[:-1]:
            holder = holder[step]
        if place:
            holder[place[-1]] = draw(_JUNK)
    return body


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(damaged(), min_size=1, max_size=3), patch=_JUNK, phase=st.sampled_from(["Running", "Failed"]))
async def test_damaged_objects(
    caplog: pytest.LogCaptureFixture, bodies: list[dict[str, Any]], patch: Any, phase: str
) -> None:
    caplog.clear()
    caplog.set_level(logging.ERROR)
    plane = Plane()
    plane.controllers.start()
    try:
        await _send(plane, bodies, patch, phase)
    finally:
        await plane.controllers.stop()
    assert [record.getMessage() for record in caplog.records] == []


async def _send(plane: Plane, bodies: list[dict[str, Any]], patch: Any, phase: str) -> None:
    plane.node("n1")
    for body in bodies:
        kind = KINDS[body["kind"]]
        try:
            stored = plane.registry.create(kind, "default", body, TESTER)
            await plane.rest()
            spec = {"spec": patch}
            plane.registry.update(kind, stored.key, lambda body, spec=spec: merge_patch(body, spec), TESTER)
        except ApiFailure as failure:
            assert failure.code in (400, 403, 404, 409, 422)
    await plane.rest()
    plane.run_pods(phase)
    await plane.rest()
