"""`resources_get`: one object of any kind."""

from __future__ import annotations

from pydantic import Field

from helmward.core.errors import UsageError
from helmward.door.tool import NAME, Page, Reading, ReadTool, tool
from helmward.tools.kubernetes.naming import KindArguments, resolve
from helmward.tools.kubernetes.objects import find
from helmward.tools.kubernetes.paging import page_of
from helmward.tools.kubernetes.resources_list import READABLE, within
from helmward.tools.kubernetes.showing import shown
from helmward.world.kinds import Kind

OBJECT_NAME = r"^[A-Za-z0-9]([A-Za-z0-9.:_-]{0,251}[A-Za-z0-9])?$"
"""An object's name of any kind: RBAC's may hold colons and capitals (path segment names)."""


class ObjectArguments(KindArguments):
    """Names an object."""

    name: str = Field(pattern=OBJECT_NAME, description="The object's name.")
    namespace: str | None = Field(
        default=None, pattern=NAME, max_length=63, description="Its namespace; none for kinds that are in none."
    )


@tool
class ResourcesGet(ReadTool):
    """Reads one object."""

    name = "resources_get"
    title = "Read an object"
    description = "Reads one object of any kind that the cluster serves, custom resources too; no secret values."
    permission = "read"
    arguments = ObjectArguments
    rights = READABLE

    async def read(self, arguments: ObjectArguments, given: Reading) -> Page:
        """The object. Raises UsageError where there is none."""
        kind = await resolve(given.reader, arguments)
        found = await find(given.reader, kind, place(kind, arguments.namespace), arguments.name)
        return page_of([found], shown, None, 1)


def place(kind: Kind, namespace: str | None) -> str:
    """Where the one object is. Raises UsageError where its kind is in a namespace and none is named."""
    if kind.namespaced and namespace is None:
        raise UsageError(f"namespace: a {kind.name} is in a namespace; name it.")
    return within(kind, namespace)
