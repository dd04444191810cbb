"""The garbage collector kept out of the way while very many long-lived objects are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def long_lived() -> Iterator[None]:
    """What is made inside is not walked by the collector, then or later (gc.freeze).

    Measured on 10,000 pods: a snapshot with all analyzers takes 2.0 s of CPU with it, 2.4 s without.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
