"""Which page, or which act of one, an address means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from starlette.routing import compile_path

from helmward.faces.console.contract import Page


class Found(NamedTuple):
    """A page, what its path says, and for an act the method of the page that does it."""

    page: Page
    params: Mapping[str, str]
    method: str = ""


class Routes:
    """The addresses of all pages and their acts."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = [(compile_path(one.path)[0], one, "") for one in pages]
        self._acts = [
            (compile_path(f"{one.path.rstrip('/')}/{at}")[0], one, name)
            for one in pages
            for at, name in one.acts().items()
        ]

    def page(self, path: str) -> Found | None:
        """The page at an address."""
        return next(
            (Found(one, match.groupdict()) for pattern, one, _ in self._pages if (match := pattern.match(path))), None
        )

    def act(self, path: str) -> Found | None:
        """The act at an address."""
        return next(
            (
                Found(one, match.groupdict(), name)
                for pattern, one, name in self._acts
                if (match := pattern.match(path))
            ),
            None,
        )


def page_of(path: str) -> str:
    """The address of the page that an act's address belongs to."""
    return path.rpartition("/")[0] or "/"


def short(path: str, query: str) -> str | None:
    """An address without the fields that its form left empty; None where there are none. `path` and `query` as they were sent."""
    asked = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in asked if value]
    return None if kept == asked else f"{path}?{urlencode(kept)}".rstrip("?")
