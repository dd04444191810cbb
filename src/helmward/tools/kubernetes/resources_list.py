"""`resources_list`: the objects of any kind."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from helmward.core.errors import UsageError
from helmward.door.tool import NAME, Page, Reading, ReadTool, Rule, tool
from helmward.tools.kubernetes.naming import KindArguments, resolve
from helmward.tools.kubernetes.objects import Document, read_all
from helmward.tools.kubernetes.paging import limit_field, page_of, place_cursor
from helmward.tools.kubernetes.rows import row
from helmward.tools.kubernetes.showing import shown
from helmward.world.kinds import KINDS, Kind

SELECTOR = r"^[A-Za-z0-9 ._/=!,()-]{1,512}$"
"""A label or field selector (kubernetes.io/docs, Labels and Selectors)."""

READABLE = tuple(Rule(kind.group, kind.plural, ("list",)) for kind in KINDS.values() if kind.name != "Secret")
"""The rights to list the kinds that Helmward knows. For other kinds grant what shall be seen."""


class ListArguments(KindArguments):
    """Names a kind, and what of it."""

    namespace: str | None = Field(
        default=None, pattern=NAME, max_length=63, description="Only in this namespace; without it, in all."
    )
    label_selector: str | None = Field(default=None, pattern=SELECTOR, description="Such as app=web,tier!=cache.")
    field_selector: str | None = Field(default=None, pattern=SELECTOR, description="Such as status.phase=Running.")
    full: bool = Field(default=False, description="The whole objects instead of one row for each.")
    limit: int = limit_field()
    cursor: str | None = place_cursor()


@tool
class ResourcesList(ReadTool):
    """Lists objects."""

    name = "resources_list"
    title = "List objects"
    description = "Lists the objects of any kind that the cluster serves, custom resources too."
    permission = "read"
    arguments = ListArguments
    rights = READABLE

    async def read(self, arguments: ListArguments, given: Reading) -> Page:
        """One page, by namespace and name."""
        kind = await resolve(given.reader, arguments)
        found = await read_all(
            given.reader, kind, within(kind, arguments.namespace), arguments.label_selector, arguments.field_selector
        )
        return page_of(found, _whole if arguments.full else row, arguments.cursor, arguments.limit)


def within(kind: Kind, namespace: str | None) -> str:
    """The namespace to look in. Raises UsageError where the kind is in none: who may see one namespace alone does not
    see what belongs to all."""
    if namespace is not None and not kind.namespaced:
        raise UsageError(f"namespace: a {kind.name} is in no namespace; leave it out.")
    return namespace or ""


def _whole(document: Document) -> dict[str, Any]:
    return shown(document)
