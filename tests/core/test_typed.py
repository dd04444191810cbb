"""Types are worked out by one thread at a time: in processes of their own, since what goes wrong otherwise ends one."""

from __future__ import annotations

import subprocess
import sys

import pytest

THREADS = """
import msgspec, sys, threading
from helmward.core.typed import convert, decode
sys.setswitchinterval(1e-6)

class A(msgspec.Struct, frozen=True):
    x: int = 0
    y: "list[str] | None" = None

class B(msgspec.Struct, frozen=True):
    a: "tuple[A, ...]" = ()
    b: "dict[str, A] | None" = None

class C(msgspec.Struct, frozen=True):
    bs: "tuple[B, ...]" = ()
    m: "dict[str, B]" = {}
    l: "list[A] | None" = None

DATA = b'{"bs":[{"a":[{"x":1}]}],"m":{"k":{"b":{"q":{"y":["s"]}}}}}'
go = threading.Barrier(4)

def work(number):
    go.wait()
    for _ in range(50):
        found = decode(DATA, C) if number % 2 else convert(msgspec.json.decode(DATA), C)
        assert found.bs[0].a[0].x == 1

threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
for one in threads: one.start()
for one in threads: one.join()
"""


@pytest.mark.parametrize("turn", range(12))
def test_threads_that_decode_a_type_for_the_first_time_do_not_end_the_process(turn: int) -> None:
    ended = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
