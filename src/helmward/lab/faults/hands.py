"""The hands of the person who breaks things: edits as kubectl makes them, each remembered so that it can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from helmward.lab.cast.objects import NAMESPACE
from helmward.lab.client import ApiError, Client, Json, path_of
from helmward.lab.faults.memory import Memory
from helmward.lab.faults.pointers import locate
from helmward.lab.kubelet.kubelet import switch
from helmward.lab.kubelet.times import now

# The field managers kubectl 1.34 writes under (kubectl/pkg/cmd/*: `kubectl-edit`, `kubectl-set`, `kubectl-rollout`).
EDIT = "kubectl-edit"
SET = "kubectl-set"
ROLLOUT = "kubectl-rollout"
CREATE = "kubectl-create"

ABSENT: Json = {"absent": True}
"""How memory says that there was nothing."""

RESTARTED = "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt"


class Hands:
    """Acts as the user of `client`, for the fault `fault`, on the lab whose folder is `folder`."""

    def __init__(self, client: Client, folder: Path, fault: str) -> None:
        self.client = client
        self._folder = folder
        self._fault = fault
        self._memory = Memory(folder)

    async def edit(self, kind: str, name: str, changes: dict[str, Any], manager: str = EDIT) -> None:
        """Set fields of an object of the shop, by pointer (see pointers.py); None takes the field away."""
        path = path_of(kind, NAMESPACE, name)
        document = await self.client.get(path)
        places = {pointer: locate(document, pointer) for pointer in changes}
        before = {pointer: {"value": place.value} if place.exists else ABSENT for pointer, place in places.items()}
        self._remember("edit", kind=kind, namespace=NAMESPACE, name=name, fields=before)
        patch = [_operation(place.pointer, place.exists, changes[pointer]) for pointer, place in places.items()]
        await self._patch(path, patch, manager)

    async def restart(self, deployment: str) -> None:
        """`kubectl rollout restart`."""
        await self.edit("Deployment", deployment, {RESTARTED: now()}, ROLLOUT)

    async def create(self, item: Json) -> None:
        """`kubectl create`."""
        metadata = item["metadata"]
        self._remember("create", kind=item["kind"], namespace=metadata["namespace"], name=metadata["name"])
        self.client.manager = CREATE
        await self.client.create(item)

    def unplug(self, node: str) -> None:
        """Take a node off the network: nobody's kubectl, but a cable."""
        self._remember("unplug", node=node)
        cable = switch(self._folder, node)
        cable.parent.mkdir(exist_ok=True)
        cable.touch()

    async def undo(self) -> None:
        """Undo every step of the fault, the newest first."""
        while (step := self._memory.last(self._fault)) is not None:
            await self._undo(step)
            self._memory.forget(step)

    def _remember(self, do: str, **step: Any) -> None:
        self._memory.remember(self._fault, {"do": do, **step})

    async def _undo(self, step: Json) -> None:
        if step["do"] == "unplug":
            switch(self._folder, step["node"]).unlink(missing_ok=True)
        elif step["do"] == "create":
            await self.client.delete(path_of(step["kind"], step["namespace"], step["name"]))
        else:
            await self._restore(step, self._memory.hand_down(step))

    async def _restore(self, step: Json, pointers: list[str]) -> None:
        path = path_of(step["kind"], step["namespace"], step["name"])
        document = await self.client.find(path)
        if document is None:
            return
        patch = []
        for pointer in pointers:
            try:
                place = locate(document, pointer)
            except KeyError:
                continue  # the person took more away than the fault had put there
            value = step["fields"][pointer].get("value")
            if place.exists or value is not None:
                patch.append(_operation(place.pointer, place.exists, value))
        if patch:
            await self._patch(path, patch, EDIT)

    async def _patch(self, path: str, patch: list[Json], manager: str) -> None:
        self.client.manager = manager
        try:
            await self.client.patch(path, patch, "json")
        except ApiError as error:
            if error.status != 409:
                raise
            await self.client.patch(path, patch, "json")


def _operation(pointer: str, exists: bool, value: Any) -> Json:
    if value is None:
        return {"op": "remove", "path": pointer}
    return {"op": "replace" if exists else "add", "path": pointer, "value": value}
