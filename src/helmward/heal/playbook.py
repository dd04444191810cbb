"""What a playbook is: one file, a class under `@playbook` that says for which incidents it has something to try."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from helmward.core.extend import extension
from helmward.core.nouns import Finding, Remedy
from helmward.door.propose import Wish
from helmward.world.book import Tracked
from helmward.world.store import World

playbook = extension("playbook")
"""The decorator that enters a playbook."""


class Choice(NamedTuple):
    """What to try for an incident, and why that."""

    playbook: str
    wishes: tuple[Wish, ...]
    title: str
    reason: str
    cures: tuple[str, ...]


class Playbook(ABC):
    """One way to heal. `order`: smaller is tried first where several fit."""

    name: ClassVar[str]
    title: ClassVar[str]
    when: ClassVar[str]
    order: ClassVar[int]

    @abstractmethod
    def choose(self, tracked: Tracked, cause: Finding, world: World) -> Choice | None:
        """What to try for an incident with this first cause; None where this playbook has nothing."""

    def choice(self, cause: Finding, wishes: tuple[Wish, ...], title: str, reason: str) -> Choice:
        """A choice of this playbook, held good once the first cause is gone."""
        return Choice(self.name, wishes, title, f"{cause.code}: {reason}", (cause.id,))


def remedies(tracked: Tracked, cause: Finding, tool: str) -> Iterator[Remedy]:
    """The remedies of the first cause, then of the incident, that name this tool."""
    for remedy in (*cause.remedies, *tracked.incident.remedies):
        if remedy.tool == tool:
            yield remedy


def workload(arguments: dict[str, Any]) -> str:
    """What the arguments name, in words."""
    return f"{arguments.get('kind', 'Deployment')} {arguments.get('namespace')}/{arguments.get('name')}"
