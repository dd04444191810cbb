"""The memory of the trial is its own: a large server may start, and a policy that eats memory may not."""

from __future__ import annotations

import subprocess
import sys

LARGE_SERVER = """
held = bytearray(1100 << 20)
held[:: 4096] = b"x" * len(held[:: 4096])
from helmward.door.policy.engine import load_folder
print(load_folder(None).hash)
"""


def test_a_server_that_holds_more_than_a_trial_may() -> None:
    done = subprocess.run([sys.executable, "-c", LARGE_SERVER], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip()) == 64
