"""Between plan and act: what counts as drift and what does not; races are tried again, a bounded number of times."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from helmward.adapters.clients.kubernetes.writing import TRIES, Rehearsal, Writer
from helmward.core.errors import HelmwardError
from helmward.core.mandate import Drifted, Mandate, SpentMandate, mandate_for

from .ground import Ground, config, workload


async def scale(ground: Ground, **more: Any) -> Any:
    await ground.make(workload("Deployment", "web", 0, **more))
    return await ground.plan("resources_scale", name="web", replicas=2)


async def test_a_touched_value_is_drift(ground: Ground) -> None:
    step = await scale(ground)
    await ground.api.patch(ground.path("Deployment", "web"), {"spec": {"replicas": 1}})
    with pytest.raises(Drifted, match=r"/spec/replicas of Deployment/.* is no longer 0; make a new plan"):
        await ground.act(step, "act-1")
    assert (await ground.get("Deployment", "web"))["spec"]["replicas"] == 1


async def test_other_values_are_none(ground: Ground) -> None:
    step = await scale(ground)
    path = ground.path("Deployment", "web")
    await ground.api.patch(path, {"metadata": {"labels": {"a": "b"}}, "spec": {"minReadySeconds": 1}})
    await ground.api.patch(path + "/status", {"status": {"replicas": 7, "observedGeneration": 1}})
    await ground.act(step, "act-1")
    found = await ground.get("Deployment", "web")
    assert found["spec"]["replicas"] == 2 and found["spec"]["minReadySeconds"] == 1


async def test_made_anew_is_drift(ground: Ground) -> None:
    step = await scale(ground)
    await ground.api.delete(ground.path("Deployment", "web"))
    with pytest.raises(Drifted, match="is not there any more"):
        await ground.act(step, "act-1")
    await ground.make(workload("Deployment", "web", 0))
    with pytest.raises(Drifted, match="was deleted and made anew since this was planned"):
        await ground.act(step, "act-1")
    assert (await ground.get("Deployment", "web"))["spec"]["replicas"] == 0


async def test_containers_in_another_order_are_drift(ground: Ground) -> None:
    """The index of the plan would now mean another container."""
    web = workload("Deployment", "web", 0)
    containers = web["spec"]["template"]["spec"]["containers"]
    containers.append({**containers[0], "name": "side"})
    await ground.make(web)
    limits = {"name": "side", "terminationMessagePath": "/tmp/why"}
    patch = {"spec": {"template": {"spec": {"containers": [limits]}}}}
    step = await ground.plan("resources_patch", kind="Deployment", name="web", patch=patch)
    swapped = list(reversed((await ground.get("Deployment", "web"))["spec"]["template"]["spec"]["containers"]))
    body = [{"op": "replace", "path": "/spec/template/spec/containers", "value": swapped}]
    await ground.api.patch(ground.path("Deployment", "web"), body, "json")
    with pytest.raises(Drifted):
        await ground.act(step, "act-1")
    # Without the generation, the anchors alone must hold it.
    mandate = mandate_for("act-1", step)
    loose = Mandate(**{**{key: getattr(mandate, key) for key in mandate.__struct_fields__}, "generation": None})
    with pytest.raises(Drifted, match=r"containers/1/name of Deployment/.* is no longer side"):
        await ground.cluster.writer(loose).write()


async def test_a_dry_run_leaves_nothing(ground: Ground) -> None:
    await ground.make(workload("Deployment", "web", 0))
    before = await ground.get("Deployment", "web")
    for tool, more in (("resources_scale", {"replicas": 3}), ("rollout_restart", {})):
        await ground.plan(tool, name="web", **more)
    after = await ground.get("Deployment", "web")
    assert (after["spec"], after["metadata"]["generation"]) == (before["spec"], before["metadata"]["generation"])
    assert "helmward.dev/action" not in after["metadata"].get("annotations", {})
    assert not [entry for entry in after["metadata"]["managedFields"] if "helmward.dev" in str(entry)]


async def test_a_writer_writes_once(ground: Ground) -> None:
    step = await scale(ground)
    writer = ground.cluster.writer(mandate_for("act-1", step))
    assert not (await writer.write()).repeated
    with pytest.raises(SpentMandate):
        await writer.write()
    assert (await ground.act(step, "act-1")).repeated  # a new writer finds that it was made


class Interferer:
    """Changes the object right before each write reaches the server."""

    def __init__(self, ground: Ground, times: int) -> None:
        self.ground, self.left, self.seen = ground, times, 0

    async def sleep(self, seconds: float) -> None:
        """No pause between the tries."""

    def writer(self, mandate: Mandate) -> Writer:
        return Writer(self._raced(), mandate, sleep=self.sleep)

    def rehearsal(self) -> Rehearsal:
        return Rehearsal(self._raced(), sleep=self.sleep)

    def _raced(self) -> Any:
        transport = self.ground.client._transport
        interferer = self

        class Raced:
            def __getattr__(self, name: str) -> Any:
                return getattr(transport, name)

            def exchange(self, call: Any) -> Any:
                return interferer.exchange(transport, call)

        return Raced()

    def exchange(self, transport: Any, call: Any) -> Any:
        from contextlib import asynccontextmanager

        @asynccontextmanager
        async def raced() -> Any:
            if call.method == "PATCH":
                self.seen += 1
                if self.left:
                    self.left -= 1
                    path = self.ground.path("ConfigMap", "plain")
                    await self.ground.api.patch(path, {"data": {"other": str(self.left)}})
            async with transport.exchange(call) as response:
                yield response

        return raced()


async def absent(ground: Ground) -> Any:
    """A plan that adds a key: JSON Patch cannot test that something is not there, so the version is a precondition."""
    await ground.make(config("plain", {"a": "1"}))
    return await ground.plan("resources_patch", kind="cm", name="plain", patch={"data": {"b": "2"}})


async def test_a_race_for_an_absent_path_is_tried_again(ground: Ground) -> None:
    step = await absent(ground)
    interferer = Interferer(ground, 2)
    written = await interferer.writer(mandate_for("act-1", step)).write()
    assert not written.repeated and interferer.seen == 3
    assert (await ground.get("ConfigMap", "plain"))["data"] == {"a": "1", "b": "2", "other": "0"}


async def test_a_race_while_it_is_planned_is_tried_again(ground: Ground) -> None:
    step = await absent(ground)
    shown = await Interferer(ground, 2).rehearsal().rehearse(mandate_for("act-1", step))
    assert shown["data"]["b"] == "2"
    with pytest.raises(Drifted, match="changed all the while"):
        await Interferer(ground, 1000).rehearsal().rehearse(mandate_for("act-1", step))
    assert "b" not in (await ground.get("ConfigMap", "plain"))["data"]


async def test_a_pod_that_went_while_it_was_planned(ground: Ground) -> None:
    spec = workload("Deployment", "web")["spec"]["template"]["spec"]
    await ground.make({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare"}, "spec": spec})
    step = await ground.plan("pods_delete_bare", name="bare")
    await ground.api.delete(ground.path("Pod", "bare"), {"gracePeriodSeconds": 0})
    await ground.until_gone("Pod", "bare")
    with pytest.raises(Drifted, match="is not there any more"):
        await ground.cluster.rehearsal.rehearse(mandate_for("act-1", step))


async def test_a_conflict_on_every_attempt_ends(ground: Ground) -> None:
    step = await absent(ground)
    interferer = Interferer(ground, 1000)
    with pytest.raises(HelmwardError, match=rf"changed all the while; it was tried {TRIES} times") as told:
        await interferer.writer(mandate_for("act-1", step)).write()
    assert interferer.seen == TRIES and str(told.value).count(". ") == 0
    assert "b" not in (await ground.get("ConfigMap", "plain"))["data"]


async def test_somebody_puts_the_absent_value_there(ground: Ground) -> None:
    step = await absent(ground)
    await ground.api.patch(ground.path("ConfigMap", "plain"), {"data": {"b": "theirs"}})
    with pytest.raises(Drifted, match=r"/data/b of ConfigMap/.* is no longer absent"):
        await ground.act(step, "act-1")
    assert (await ground.get("ConfigMap", "plain"))["data"]["b"] == "theirs"


async def test_two_writers_of_one_action_write_once(ground: Ground) -> None:
    step = await scale(ground)
    mandate = mandate_for("act-1", step)
    first, second = await asyncio.gather(ground.cluster.writer(mandate).write(), ground.cluster.writer(mandate).write())
    assert sorted((first.repeated, second.repeated)) == [False, True]
