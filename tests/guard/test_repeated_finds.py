"""Finds that uncover further ones, over and over, cost no quadratic time: such a text is blocked."""

from __future__ import annotations

import time

from helmward.app import load_guards
from helmward.core.settings import Settings
from helmward.guard.contract import About


def test_finds_that_uncover_finds() -> None:
    guards = load_guards(Settings())
    guards.warm()
    begin = time.process_time()
    assert guards.check("password: " * 5_000, About("user")).verdict == "block"
    assert time.process_time() - begin < 3
    assert guards.check("password: " * 5, About("user")).verdict == "mask"
    assert guards.check("password:\n" * 500, About("user")).verdict == "allow"
    assert guards.check("password: hunter2Xy9!\n" * 500, About("user")).verdict == "mask"
