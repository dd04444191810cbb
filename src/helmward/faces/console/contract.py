"""What a page is: one class under `@page` in a file of pages/, with a template of its name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, ClassVar, NamedTuple, TypeVar

from helmward.core.errors import DeniedError
from helmward.core.extend import extension
from helmward.core.nouns import Actor
from helmward.door.identity import Role
from helmward.faces.console.client import Api
from helmward.house import reach

page = extension("page")

RUN = "run"
"""The name in an address of what does more than look. It counts where a page of ours led there; elsewhere the address opens the
page with everything filled in."""

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


class Nav(NamedTuple):
    """Where a page stands in the navigation: `key` jumps there after `g`; a smaller `order` stands higher. `role`: for whom;
    `whole`: not for who is bounded to a scope, for it shows everything at once. Others are refused before it asks the API."""

    order: int
    key: str
    label: str
    role: Role = "viewer"
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at what: `actor` is signed in, `params` come from the path, `query` from the address's question mark on."""

    api: Api
    actor: Actor
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    live: bool = False
    """Nobody asked: the page is only kept current."""
    session: str = ""
    """The id of the session in which they look."""

    def may(self, role: Role, whole: bool = False) -> bool:
        """Whether the actor has a role, and (`whole`) no scope: for what to offer. The API decides all the same."""
        try:
            reach.needs(self.actor, role, whole)
        except DeniedError:
            return False
        return True

    def here(self, **changed: str | None) -> str:
        """This address with other values in its query; None takes one out."""
        from urllib.parse import urlencode

        query = {**self.query, **changed}
        kept = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path


class View(NamedTuple):
    """What a page shows: its title, and what its template is given."""

    title: str
    given: Mapping[str, Any]


class Done(NamedTuple):
    """What came of an act: the page to go to, and a sentence to show there; `wrong`: it tells of something that went wrong."""

    goto: str
    said: str = ""
    wrong: bool = False


class Page(ABC):
    """A page. `name` is that of its template, `path` as Starlette writes paths (`/incidents/{identity}`)."""

    name: ClassVar[str]
    path: ClassVar[str]
    nav: ClassVar[Nav | None] = None
    asks: ClassVar[Sequence[str]] = ()
    """The names that it reads in its address's query, `a.*` for all that begin so: it is given no others, and repeats no others
    in its links."""
    world: ClassVar[bool] = False
    """It shows objects of the cluster, and is kept current as those change, not only when an incident or a record does."""

    @abstractmethod
    async def show(self, visit: Visit) -> View:
        """What there is to see. Raises ApiError, which is shown in place of it."""

    @classmethod
    def query(cls, given: Mapping[str, str]) -> dict[str, str]:
        """What it asks for of an address's query."""
        return {name: value for name, value in given.items() if any(fnmatchcase(name, asked) for asked in cls.asks)}

    @classmethod
    def acts(cls) -> dict[str, str]:
        """Methods that are acts, by the last part of their address."""
        return {found: name for name in dir(cls) if (found := getattr(getattr(cls, name, None), "act_at", "")) != ""}


def act(at: str) -> Callable[[F], F]:
    """The decorator of a method `(visit) -> Done` that answers POST at `{page.path}/{at}`. What it raises as ApiError is shown on
    the page that the form stood on.

    It may return a View in place of Done, for what is shown once and must stand in no address and no cookie: the page is the
    answer then, it does not follow changes, and when the browser loads it again the act is asked for again. Or a Response, for
    what goes on: events, read by a script."""

    def marked(method: F) -> F:
        method.act_at = at  # type: ignore[attr-defined]
        return method

    return marked
