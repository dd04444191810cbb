"""What a tool is: defined once, it is on the command line, the API, in plans and in workflows.

Life of a tool: its class stands under `@tool` in one file of `tools/` → the door asks policy whether the actor may see and
call it → a READ tool's `read` runs at once; a change's `plan` fills in a `Step` (nothing is written) → policy, approval →
the door mints a mandate and calls `execute` with a writer that makes this one write → `settled` is asked until it is, or
until the step's deadline → `undo` makes the step that restores the before-values.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from helmward.core.extend import extension
from helmward.core.mandate import Mandate, Written
from helmward.core.nouns import Actor, Noun
from helmward.core.plans import Effect, Step

tool = extension("tool")
"""The decorator that enters a tool."""

NAME = r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$"
"""A Kubernetes object's name (RFC 1123 subdomain)."""

OUTPUT_LIMIT = 64 * 1024
"""Bytes of one page of a READ tool's output."""


class Arguments(BaseModel):
    """Base of every tool's arguments: what is not declared is refused, strings have patterns."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Namespaced(Arguments):
    """Arguments that name a namespace."""

    namespace: str = Field(pattern=NAME, max_length=63, description="The namespace.")


@dataclass(frozen=True, slots=True)
class Rule:
    """A right in the cluster that a tool needs (an RBAC rule)."""

    group: str
    resource: str
    verbs: tuple[str, ...]


class Page(Noun, frozen=True, kw_only=True):
    """What a READ tool found: `items` (JSON objects) or `text`; `cursor` asks for what follows (None: this is all)."""

    items: tuple[dict[str, Any], ...] = ()
    text: str = ""
    cursor: str | None = None


class Settled(Noun, frozen=True, kw_only=True):
    """Whether the change has had its success: `state` yes, not yet, or no more; `text` says by what that is seen."""

    state: Literal["yes", "pending", "no"]
    text: str


class Reader(Protocol):
    """The part of the cluster's client that reads; Secrets come reduced."""

    async def get(self, path: str) -> bytes:
        """One object. Raises NotFound."""
        ...

    async def log(
        self,
        namespace: str,
        pod: str,
        container: str,
        previous: bool = False,
        tail_lines: int | None = None,
        limit_bytes: int | None = None,
        since_time: str | None = None,
        timestamps: bool = False,
    ) -> str:
        """A container's log, unmasked."""
        ...

    async def list(self, path: str, *, limit: int = 500, params: Mapping[str, str] | None = None) -> Any:
        """All objects under a URL path (a `Listing`), reduced."""
        ...

    async def discover(self) -> Any:
        """Every resource the server serves (`ServedResource`)."""
        ...


Tell = Callable[[float, float | None, str], Awaitable[None]]
"""(how far, of how much (None: nobody knows), in words): somebody waits and wants to know."""


async def to_nobody(_count: float, _total: float | None, _text: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a READ tool is given. `mask` takes the secrets out of text; `tell` may be told how far a long reading is."""

    actor: Actor
    reader: Reader
    world: Any
    mask: Callable[[str], str]
    now: datetime
    tell: Tell = to_nobody


@dataclass(frozen=True, slots=True)
class Planning:
    """What `plan` and `undo` are given: a reader, and a client that can do nothing but `dryRun=All`."""

    actor: Actor
    reader: Reader
    world: Any
    rehearse: Callable[[Mandate], Awaitable[dict[str, Any]]]
    now: datetime


@dataclass(frozen=True, slots=True)
class Acting:
    """What `execute` is given: the id of its action, and a writer that the door minted for it."""

    action: str
    write: Callable[[], Awaitable[Written]]


class Tool(ABC):
    """One thing that can be done. `scope` says on what it works; `rights` are what the cluster must grant."""

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    effect: ClassVar[Effect]
    permission: ClassVar[str]
    system: ClassVar[str] = "kubernetes"
    scope: ClassVar[Literal["namespace", "cluster"]] = "namespace"
    arguments: ClassVar[type[Arguments]]
    rights: ClassVar[tuple[Rule, ...]] = ()
    irreversible: ClassVar[str | None] = None


class ReadTool(Tool):
    """A tool that changes nothing."""

    effect = Effect.READ

    @abstractmethod
    async def read(self, arguments: Any, given: Reading) -> Page:
        """One page. Raises HelmwardError with a sentence."""


class ChangeTool(Tool):
    """A tool that changes one object by one write."""

    @abstractmethod
    async def plan(self, arguments: Any, given: Planning) -> Step:
        """The step, rehearsed. Raises HelmwardError with a sentence where it cannot be done."""

    async def execute(self, step: Step, given: Acting) -> Written:
        """Make the write of the step, or find that it was made."""
        return await given.write()

    @abstractmethod
    async def settled(self, step: Step, action: str, reader: Reader) -> Settled:
        """Whether the write of `action` has had its success by now."""

    async def stands(self, step: Step, action: str, reader: Reader) -> Settled:
        """Whether what was written is there, whatever has come of it; by this an undo is verified."""
        return await self.settled(step, action, reader)

    @abstractmethod
    async def undo(self, step: Step, action: str, given: Planning) -> Step:
        """The step that restores the before-values. Raises Drifted where they are no longer what we wrote."""
