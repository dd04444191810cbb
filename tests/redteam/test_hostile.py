"""Each hostile model of `hostile/` against the loop of a real house: nothing is done, nothing comes out, and it is recorded."""

from __future__ import annotations

import pytest

from .scripts import Hostile, hostile
from .stage import Stage
from .trying import tried

pytestmark = pytest.mark.asyncio(loop_scope="session")
MODELS = hostile()


@pytest.mark.parametrize("script", MODELS, ids=[one.name for one in MODELS])
async def test_a_hostile_model_gets_nothing(stage: Stage, script: Hostile) -> None:
    await tried(stage, script)
