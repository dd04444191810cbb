"""What is broken now and how it was before, in the lab's folder: so that mending restores exactly, in any order."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from helmward.lab.client import Json

FILE = "faults.json"


class Memory:
    """The undo steps of each fault in the order they were made. A step is a JSON object with `do`."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._lock = folder / f"{FILE}.lock"

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Only one process breaks or mends at a time."""
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def broken(self) -> list[str]:
        """The names of the faults that are in place, oldest first."""
        return list(dict.fromkeys(step["fault"] for step in self._steps()))

    def remember(self, fault: str, step: Json) -> None:
        """Before a change is made: how to undo it."""
        self._save([*self._steps(), {"fault": fault, **step}])

    def last(self, fault: str) -> Json | None:
        """The newest step of a fault that is not undone."""
        return next((step for step in reversed(self._steps()) if step["fault"] == fault), None)

    def forget(self, step: Json) -> None:
        """The step is undone."""
        steps = self._steps()
        steps.reverse()
        steps.remove(step)
        self._save(steps[::-1])

    def hand_down(self, step: Json) -> list[str]:
        """The fields of an edit that no newer edit changed. For the others the newer value must stay: the newer edit
        inherits what was there before this one."""
        steps = self._steps()
        newer = [other for other in steps[steps.index(step) + 1 :] if _same_object(other, step)]
        free = []
        for pointer, before in step["fields"].items():
            heir = next((other for other in newer if pointer in other["fields"]), None)
            if heir is None:
                free.append(pointer)
            else:
                heir["fields"][pointer] = before
        self._save(steps)
        return free

    def _steps(self) -> list[Json]:
        try:
            steps: list[Json] = msgspec.json.decode(self._file.read_bytes())
        except FileNotFoundError:
            return []
        return steps

    def _save(self, steps: list[Json]) -> None:
        fresh = self._file.with_suffix(".new")
        # What is remembered of a deleted Secret is in here.
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(msgspec.json.encode(steps))
        fresh.replace(self._file)


def _same_object(one: Json, other: Json) -> bool:
    return all(one.get(key) == other.get(key) for key in ("do", "kind", "namespace", "name"))
