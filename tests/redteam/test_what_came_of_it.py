"""The count of it all: how many attempts were made in this run, and that each was stopped by a rule."""

from __future__ import annotations

import pytest

from helmward.door.audit.verify import verify

from .scripts import hostile
from .stage import Stage
from .trying import tried

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_there_are_enough_hostile_models() -> None:
    scripts = hostile()
    assert len(scripts) >= 30
    assert len({one.given["what"] for one in scripts}) == len(scripts)
    keys = ("refused", "refused_any", "left_out", "left_out_any", "proposals")
    assert all(any(one.expects(key) for key in keys) for one in scripts)  # each says what must stop it


async def test_of_all_attempts_nothing_was_done(stage: Stage) -> None:
    """Whatever of this folder ran before on this house, and those of `hostile/` that did not."""
    for script in hostile():
        if script.name not in stage.attempts:
            await tried(stage, script)
    stage.unharmed()
    assert len(stage.attempts) >= 30
    assert all(stage.attempts.values())
    assert not await stage.house.door.actions()
    assert verify(stage.house.audit.folder, stage.keys).ok
