"""One incident on a live lab, from the change that made it to its end, over a restart of the server."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema

from helmward.app import running_house
from helmward.core.settings import load
from helmward.explain.reports import present
from helmward.lab import breaking
from helmward.lab.client import Client as Writer
from helmward.lab.client import path_of
from helmward.lab.runner import Lab

from ..waiting import until
from .home import one

PAYMENT = path_of("Deployment", "production", "payment-service")


def validate(document: object, schema: str) -> None:
    text = (files("helmward.core") / "schemas" / schema).read_text()
    jsonschema.validate(json.loads(json.dumps(document)), json.loads(text))


async def test_open_worsen_restart_resolve(lab: Lab, tmp_path: Path) -> None:
    loaded = load(None, {"HOME": str(tmp_path)}, {"kubernetes.kubeconfig": lab.kubeconfig})
    where = loaded, tmp_path / "data", tmp_path / "keys"
    async with running_house(*where) as house:
        happened = house.bus.subscribe()
        assert house.incidents("all") == []
        await breaking.break_(lab.folder, ["image"])
        opened = await one(house)
        assert opened.incident.owner is not None
        assert opened.incident.owner.name == "payment-service"
        shown = present.detail(opened)
        validate(shown, "explained-v1.json")
        validate({"incidents": [present.summary(opened)]}, "incidents-v1.json")
        validate(house.diagnosis(), "diagnosis-v1.json")
        change = next(row for row in map(present.change, house.changes("1h")) if "image" in row["path"])
        assert " → " in change["text"]
        assert change["manager"]
        assert opened.incident.severity == "high"
        # Now the pods that still served go too.
        writer = Writer.from_kubeconfig(lab.kubeconfig)
        await writer.patch(PAYMENT, {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}})
        await until(lambda: house.incident(opened.id).incident.severity == "critical", "it is worse")
        assert "worsened" in [transition.what for transition in happened.drain()]
        await writer.close()
    async with running_house(*where) as house:
        again = await one(house)
        assert (again.id, again.opened) == (opened.id, opened.opened)
        await breaking.mend(lab.folder, [])
        assert (await one(house, "resolved")).id == opened.id
        assert house.incidents() == []
