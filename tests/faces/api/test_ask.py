"""POST /ask: a token, a bounded body, the asker's own rights, and nothing that words alone could do."""

from __future__ import annotations

from typing import Any

import pytest

from ..station import Station
from .test_access import call

PATH = "/api/v1/ask"


async def ask(station: Station, role: Any, **body: Any) -> tuple[int, Any]:
    status, _, answer = await call(station, "POST", PATH, station.token(role), json=body)
    return status, answer


async def test_a_question(station: Station) -> None:
    status, answer = await ask(station, "viewer", text="status")
    assert (status, answer["kind"], answer["command"]) == (200, "command", ["helmward status"])
    assert answer["conversation"].startswith("conv-")
    assert answer["result"]["evidence"]


async def test_without_a_token(station: Station) -> None:
    status, _, answer = await call(station, "POST", PATH, None, json={"text": "status"})
    assert (status, answer["exitCode"]) == (401, 5)


NO_BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"text": ""},
    {"text": 7},
    {"text": "x" * 20_001},
    {"text": "status", "run": True},
    {"text": "x", "conversation": 1},
)


@pytest.mark.parametrize("body", NO_BODIES)
async def test_bodies_that_are_none(station: Station, body: dict[str, Any]) -> None:
    status, answer = await ask(station, "viewer", **body)
    assert status == 422
    assert set(answer) == {"error", "exitCode"}


async def test_a_conversation_of_somebody_else(station: Station) -> None:
    _, mine = await ask(station, "viewer", text="status", conversation="new")
    status, answer = await ask(station, "admin", text="status", conversation=mine["conversation"])
    assert (status, answer["exitCode"]) == (400, 2)


async def test_long_and_hostile_texts(station: Station) -> None:
    for text in ("restart frontend " * 1000, "\x00\x1b[31m", "'" * 5000, "재시작" * 3000, "{" * 2000):
        status, answer = await ask(station, "viewer", text=text)
        assert status in (200, 403)
        assert answer.get("kind") in (None, "refusal", "question")
