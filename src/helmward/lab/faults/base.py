"""What a fault is: something a person does to the shop by mistake, with kubectl, that can be undone exactly."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from typing import ClassVar

from helmward.core.errors import UsageError
from helmward.core.times import one_word
from helmward.lab import faults
from helmward.lab.faults.hands import Hands

BOTH = ("embedded", "kube")
KUBE = ("kube",)


class Fault(ABC):
    """One fault: its name, what it does, the first cause it leads to, and the engines that can show it."""

    name: ClassVar[str]
    summary: ClassVar[str]
    expects: ClassVar[str]
    engines: ClassVar[tuple[str, ...]] = BOTH

    @abstractmethod
    async def break_(self, hands: Hands) -> None:
        """Make the mistake; raises ApiError. What `hands` does is remembered under this fault's name."""

    async def mend(self, hands: Hands) -> None:
        """Put everything back as it was; raises ApiError."""
        await hands.undo()


def catalogue() -> dict[str, Fault]:
    """Every fault by name, in the order of the names."""
    for module in pkgutil.iter_modules(faults.__path__):
        importlib.import_module(f"{faults.__name__}.{module.name}")
    return {kind.name: kind() for kind in sorted(Fault.__subclasses__(), key=lambda kind: kind.name)}


def fault_named(name: str) -> Fault:
    """The fault of that name; raises UsageError with the names there are."""
    known = catalogue()
    if name not in known:
        raise UsageError(f"There is no fault '{one_word(name)}': take one of {', '.join(known)}.")
    return known[name]
