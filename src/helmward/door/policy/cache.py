"""Answers already given, by input. Bounded; the one used longest ago goes first. Safe across threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

A = TypeVar("A")


class Answers(Generic[A]):
    """At most `size` answers. Each policy has its own, so an answer never outlives the policy that gave it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[bytes, A] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: bytes) -> A | None:
        """The answer kept for this input, if there is one."""
        with self._lock:
            answer = self._kept.get(key)
            if answer is not None:
                self._kept.move_to_end(key)
            return answer

    def put(self, key: bytes, answer: A) -> None:
        """Keep an answer."""
        with self._lock:
            self._kept[key] = answer
            self._kept.move_to_end(key)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)
