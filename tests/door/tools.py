"""Tools of the tests' own, on ConfigMaps: nothing else touches those, so that what is seen is what the door did."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from pydantic import Field

from helmward.core.mandate import Drifted, Written
from helmward.core.nouns import Resource
from helmward.core.plans import Blast, Effect, FieldChange, Step
from helmward.door.tool import NAME, Acting, ChangeTool, Namespaced, Page, Planning, Reader, Reading, ReadTool, Settled


class KeyArguments(Namespaced):
    """Names a key of a ConfigMap and its new value."""

    name: str = Field(pattern=NAME, max_length=253, description="The ConfigMap's name.")
    key: str = Field(default="mode", pattern=r"^[a-z]{1,20}$", description="The key.")
    value: str = Field(max_length=100, description="The new value.")


class SetKey(ChangeTool):
    """Sets a key of a ConfigMap. `verdict`: what is found when it is verified, if not by the value; `share`: its blast."""

    name = "config_set"
    title = "Set a key"
    description = "Sets a key of a ConfigMap."
    effect = Effect.MUTATE
    permission = "restore"
    arguments = KeyArguments
    share: ClassVar[float] = 0.1

    def __init__(self) -> None:
        self.verdict: Settled | None = None
        self.deadline = 5.0
        self.objects = 1

    async def plan(self, arguments: KeyArguments, given: Planning) -> Step:
        path, document = await self._read(arguments.namespace, arguments.name, given.reader)
        before = document.get("data", {}).get(arguments.key)
        return Step(
            tool=self.name, arguments=arguments.model_dump(), effect=self.effect, permission=self.permission,
            resource=Resource(api_version="v1", kind="ConfigMap", namespace=arguments.namespace, name=arguments.name),
            api_path=path, uid=document["metadata"]["uid"], deadline=self.deadline, irreversible=self.irreversible,
            changes=(FieldChange(path=f"/data/{arguments.key}", before=before, after=arguments.value),),
            blast=Blast(objects=self.objects, replicas_share=self.share), title=f"set {arguments.name} to {arguments.value}",
            undo="the value from before", success="the value stands",
        )  # fmt: skip

    async def settled(self, step: Step, action: str, reader: Reader) -> Settled:
        return self.verdict or await self.stands(step, action, reader)

    async def stands(self, step: Step, action: str, reader: Reader) -> Settled:
        _, document = await self._read(step.resource.namespace, step.resource.name, reader)
        (change,) = step.changes
        found = document.get("data", {}).get(change.path.rpartition("/")[2])
        if found == change.after:
            return Settled(state="yes", text="the value stands")
        return Settled(state="no", text=f"{change.path} is {found!r}")

    async def undo(self, step: Step, action: str, given: Planning) -> Step:
        (change,) = step.changes
        if (await self.stands(step, action, given.reader)).state == "no":
            raise Drifted(f"{action} cannot be undone: {change.path} was changed by somebody else meanwhile.")
        back = FieldChange(path=change.path, before=change.after, after=change.before)
        return Step(**{field: getattr(step, field) for field in Step.__struct_fields__} | {"changes": (back,)})

    async def _read(self, namespace: str, name: str, reader: Reader) -> tuple[str, dict[str, Any]]:
        path = f"/api/v1/namespaces/{namespace}/configmaps/{name}"
        return path, json.loads(await reader.get(path))


class DropKey(SetKey):
    """The same, with no way back."""

    name = "config_burn"
    effect = Effect.DESTRUCTIVE
    irreversible = "the value is gone"


class WriteTwice(SetKey):
    """A tool that wants more than one write out of its writer."""

    name = "config_twice"

    async def execute(self, step: Step, given: Acting) -> Written:
        await given.write()
        return await given.write()


class KeepWriter(SetKey):
    """A tool that keeps its writer for later."""

    name = "config_keep"
    kept: Acting | None = None

    async def execute(self, step: Step, given: Acting) -> Written:
        self.kept = given
        return Written(version="0")


class ShowKeys(ReadTool):
    """Shows a ConfigMap."""

    name = "config_show"
    title = "Show"
    description = "Shows a ConfigMap."
    permission = "read"
    arguments = Namespaced

    async def read(self, arguments: Namespaced, given: Reading) -> Page:
        return Page(text=f"of {arguments.namespace}")
