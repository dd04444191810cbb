"""What a guard is: one file under `guards/`, a class under `@guard`, that finds what should not pass in one text.

Life of a guard: its class enters the registry → `Guards` (pipeline.py) builds it, in the declared order → it is asked for
spans in a text of one role → settings, or its own defaults, turn each span into an action → the worst action is the verdict.
A guard that raises, or takes too long, blocks the text.

A guard whose roles hold `assistant` also stands on streams, where only a piece of the text is there yet. It then is a
`WindowedGuard`: it says where a find may lie (`areas`), and what an unfinished one looks like (`opens`); windows.py cuts the
text where nothing is unfinished, whole or streamed, and asks `find` of each piece. So both see the same pieces.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, NamedTuple

from helmward.core.extend import extension
from helmward.core.model import DataClass

Role = Literal["system", "user", "assistant", "tool"]
ROLES: tuple[Role, ...] = ("system", "user", "assistant", "tool")
Action = Literal["allow", "flag", "mask", "block"]
ACTIONS: tuple[Action, ...] = ("allow", "flag", "mask", "block")
"""From the mildest to the strictest."""

Unfinished = Callable[[str], int | None]
"""(text) → where something unfinished begins in it that goes to its end; None where nothing is."""

LONGEST_SPAN = 8 * 1024
"""Characters; no rule finds anything longer."""

guard = extension("guard")
"""The decorator that enters a guard."""


class Span(NamedTuple):
    """Something found: its rule (`secrets/aws-access-key`), character offsets, and how sure we are (0..1)."""

    rule: str
    start: int
    end: int
    confidence: float


class Hit(NamedTuple):
    """A span and what is done about it."""

    rule: str
    start: int
    end: int
    confidence: float
    action: Action

    @property
    def guard(self) -> str:
        """The guard's name: the part of the rule before the slash."""
        return self.rule.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a guard. `name` without the guard's (`aws-access-key`); `action` is its default, `raises` the class of data
    in which it finds something (None: it says nothing of the class), `longest` its maximum span in characters."""

    name: str
    action: Action
    raises: DataClass | None = None
    longest: int = LONGEST_SPAN


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a text. `instructions`: the system's texts of the same request (what must not leak); `offered`: names
    of the tools that the model was offered, with the JSON Schema of their arguments; `placeholders`: what stands for masked
    text in this request, and must not leave in a link."""

    role: Role
    instructions: Sequence[str] = ()
    offered: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    placeholders: Sequence[str] = ()


class Guard(ABC):
    """Finds what should not pass. `order`: guards are asked from the smallest; the first decides what is masked where two
    overlap. Pure: no I/O, no state that a text leaves behind."""

    name: ClassVar[str]
    order: ClassVar[int]
    roles: ClassVar[frozenset[Role]]
    rules: ClassVar[tuple[Rule, ...]]

    @abstractmethod
    def find(self, text: str, about: About) -> Iterable[Span]:
        """What is found, with rules `<name>/<rule>`. Raises whatever: then the text is blocked."""


class WindowedGuard(Guard):
    """A guard that also stands on streams."""

    def opens(self, about: About) -> Sequence[str]:
        """RE2 patterns (Latin-1 over UTF-8 bytes) of an unfinished find that goes on over white space. matching/prefixes.py
        makes them from a table's patterns."""
        return ()

    def unfinished(self, about: About) -> Unfinished | None:
        """Code that finds what is unfinished, where no pattern can: (text) → where it begins, None where nothing is. What
        begins before any place must be unfinished there too."""
        return None

    @abstractmethod
    def areas(self, text: str, about: About) -> Iterable[tuple[int, int]]:
        """Where in `text` a find may lie, by character offsets: everywhere that `find` could find something in any piece."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guards say of a text. `data_class` is that of the text as it came, `leaves` that of `masked`, which may go on
    unless `verdict` is `block`."""

    verdict: Action
    data_class: DataClass
    leaves: DataClass
    spans: tuple[Hit, ...]
    masked: str
