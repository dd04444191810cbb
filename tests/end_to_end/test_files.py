"""Files dumped in the midst of daily work tell of no incident: what takes seconds in a rollout is given its seconds.

What dumped files tell of every fault is tested beside what the live watch says of it (test_faults.py).
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from tests.engines import on_each

from helmward.lab.cast.objects import NAMESPACE
from helmward.lab.client import path_of

from .diagnosing import of_files
from .dumping import dump
from .stage import Stage

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("stage", on_each(), indirect=True, scope="module"),
]
_CAST = ("frontend", "user-service", "payment-service")


async def test_a_dump_in_the_midst_of_rollouts_is_silent(stage: Stage, tmp_path: Path) -> None:
    await stage.calm()
    for turn in range(3):
        for name in _CAST:
            template = {"metadata": {"annotations": {"files-turn": str(turn)}}}
            await stage.shop.client.patch(
                path_of("Deployment", NAMESPACE, name), {"spec": {"template": template}}, "strategic"
            )
        ended = asyncio.create_task(stage.shop.until_healthy())
        number = 0
        while not ended.done():
            folder = await dump(stage.shop.client, tmp_path / f"{turn}-{number}")
            assert await _told(folder) == []
            _forget_when(folder)
            assert await _told(folder) == []
            number += 1
        await ended
        assert number


async def _told(folder: Path) -> list[str]:
    report = await of_files(folder)
    return [finding["message"] for finding in report.data["findings"]]


def _forget_when(folder: Path) -> None:
    """As copying may: when the files were written is not known any more."""
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))
