"""What DBOS would unpickle is refused, whatever a row says of itself."""

from __future__ import annotations

import asyncio
import base64
import os
import pickle
from pathlib import Path
from typing import Any, cast

import dbos
import pytest
from dbos import _serialization as dbos_serialization

from helmward.core.errors import HelmwardError
from helmward.core.nouns import Actor
from helmward.door.door import Door
from helmward.workflow.engine import Runs


class Trap:
    """Whoever unpickles this makes a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self._path),)


async def test_a_pickle_is_never_read(tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    text = base64.b64encode(pickle.dumps(Trap(trap))).decode()
    serializer = dbos.DBOSPortableJSONSerializer()
    # No plan is run here, so no door is asked.
    async with Runs().running(cast(Door, None), tmp_path, Actor(name="helmward", kind="service")):
        for read in (dbos_serialization.deserialize_value, dbos_serialization.deserialize_args):
            with pytest.raises(HelmwardError, match="tampered"):
                await asyncio.to_thread(read, text, "py_pickle", serializer)
    assert not trap.exists()
