"""What an analyzer is: one file, a class under `@analyzer`, a good and a bad fixture.

Life: the class is entered into the registry when its module is imported; `codes`, `watches` and `reads` are checked there.
One instance lives as long as the engine. `examine` is called for every object of the kinds it watches, again whenever the
object or anything it looked up through the lens changes. It keeps no state and yields findings; what it looks up must be
among `reads` ("Log" for logs), from which RBAC is generated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol, TypeVar

from helmward.core.errors import UsageError
from helmward.core.extend import REGISTRY, Registry, extension
from helmward.core.nouns import Finding
from helmward.explain.codes import Code
from helmward.world.lens import Lens
from helmward.world.objects import Object


class Analyzer(Protocol):
    """The shape of an analyzer class."""

    watches: ClassVar[tuple[str, ...]]
    reads: ClassVar[tuple[str, ...]]
    codes: ClassVar[tuple[Code, ...]]

    def examine(self, item: Object, world: Lens) -> Iterator[Finding]:
        """Yield what is wrong with `item`."""


A = TypeVar("A", bound=type[Analyzer])


def analyzer(cls: A) -> A:
    """Enter an analyzer class into the registry. Raises UsageError if it declares too little or a code is taken."""
    return enter(cls, REGISTRY)


def enter(cls: A, registry: Registry) -> A:
    """`analyzer` for a registry of one's own."""
    for wanted in ("watches", "reads", "codes"):
        if not getattr(cls, wanted, None):
            raise UsageError(f"The analyzer {cls.__name__} must declare `{wanted}`.")
    taken = codes(registry)
    for code in cls.codes:
        other = taken.get(code.id)
        if other is not None and other != code:
            raise UsageError(f"The analyzer {cls.__name__} uses the code {code.id}, which is taken by '{other.slug}'.")
    return extension("analyzer", registry)(cls)


def codes(registry: Registry = REGISTRY) -> dict[str, Code]:
    """Every code the registered analyzers can report, by id."""
    found = (code for cls in registry.slots["analyzer"].values() for code in cls.codes)  # type: ignore[attr-defined]
    return {code.id: code for code in sorted(found, key=lambda code: code.id)}
