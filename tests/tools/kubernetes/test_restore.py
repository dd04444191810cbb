"""`config_restore` of a ConfigMap: its true former values, key by key, never a secret; and what is kept for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helmward.core.errors import DeniedError, UsageError
from helmward.core.mandate import Drifted
from helmward.world.kinds import KINDS
from helmward.world.objects import read_object
from helmward.world.versions import KEPT_PER_OBJECT, Versions

from .ground import Ground, config, workload


async def change(ground: Ground, **data: str | None) -> None:
    await ground.api.patch(ground.path("ConfigMap", "settings"), {"data": data})
    await ground.look()


async def settings(ground: Ground, **data: str) -> None:
    await ground.make(config("settings", data))
    await ground.look()


async def test_the_version_before(ground: Ground) -> None:
    await settings(ground, mode="fast", text="one\ntwo", same="same")
    await change(ground, mode="slow", text=None, more="added")
    step = await ground.plan("config_restore", name="settings")
    assert [(one.path, one.before, one.after) for one in step.changes] == [
        ("/data/mode", "slow", "fast"),
        ("/data/more", "added", None),
        ("/data/text", None, "one\ntwo"),
    ]
    await ground.act(step, "act-restore")
    assert (await ground.settled(step, "act-restore")).state == "yes"
    assert (await ground.get("ConfigMap", "settings"))["data"] == {"mode": "fast", "text": "one\ntwo", "same": "same"}
    undo = await ground.undo(step, "act-restore")
    await ground.act(undo, "act-undo")
    assert (await ground.get("ConfigMap", "settings"))["data"] == {"mode": "slow", "more": "added", "same": "same"}


async def test_one_key_alone(ground: Ground) -> None:
    await settings(ground, mode="fast", level="1")
    await change(ground, mode="slow", level="2")
    step = await ground.plan("config_restore", name="settings", key="mode")
    assert [one.path for one in step.changes] == ["/data/mode"]


async def test_a_map_that_lost_all_its_data(ground: Ground) -> None:
    await settings(ground, mode="fast")
    await ground.api.patch(ground.path("ConfigMap", "settings"), {"data": None})
    await ground.look()
    step = await ground.plan("config_restore", name="settings")
    await ground.act(step, "act-restore")
    assert (await ground.get("ConfigMap", "settings"))["data"] == {"mode": "fast"}
    await ground.act(await ground.undo(step, "act-restore"), "act-undo")
    assert not (await ground.get("ConfigMap", "settings")).get("data")


async def test_who_reads_it(ground: Ground) -> None:
    await settings(ground, mode="fast")
    web = workload("Deployment", "web", 0)
    source = {"configMapKeyRef": {"name": "settings", "key": "mode"}}
    web["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "MODE", "valueFrom": source})
    await ground.make(web)
    await change(ground, mode="slow")
    step = await ground.plan("config_restore", name="settings")
    assert step.blast.text.startswith(f"read by Deployment/{ground.namespace}/web")


async def test_no_version_is_known(ground: Ground) -> None:
    await settings(ground, mode="fast")
    with pytest.raises(UsageError, match=r"No former version of ConfigMap .*: Helmward has seen no other since"):
        await ground.plan("config_restore", name="settings")
    with pytest.raises(UsageError, match="No former version of key mode of ConfigMap"):
        await ground.plan("config_restore", name="settings", key="mode")


async def test_a_value_that_looks_secret_is_in_no_plan(ground: Ground) -> None:
    secret = "-".join(("correct", "horse", "battery", "9f3"))
    await settings(ground, **{"db.password": secret, "mode": "fast"})
    await change(ground, **{"db.password": "changed-" + secret, "mode": "slow"})
    with pytest.raises(DeniedError, match=r"/data/db\.password holds what looks like a secret") as told:
        await ground.plan("config_restore", name="settings")
    assert secret not in str(told.value)
    assert (await ground.plan("config_restore", name="settings", key="mode")).changes[0].after == "fast"


async def test_an_immutable_map_is_refused(ground: Ground) -> None:
    await settings(ground, mode="fast")
    await change(ground, mode="slow")
    await ground.api.patch(ground.path("ConfigMap", "settings"), {"immutable": True})
    with pytest.raises(UsageError, match="is immutable"):
        await ground.plan("config_restore", name="settings")


async def test_a_change_meanwhile_is_drift(ground: Ground) -> None:
    await settings(ground, mode="fast", level="1")
    await change(ground, mode="slow")
    step = await ground.plan("config_restore", name="settings")
    await change(ground, level="2")  # not touched by the plan
    await change(ground, mode="slower")
    with pytest.raises(Drifted, match=r"/data/mode of ConfigMap/.* is no longer slow"):
        await ground.act(step, "act-restore")
    assert (await ground.get("ConfigMap", "settings"))["data"] == {"mode": "slower", "level": "2"}


async def test_secrets_are_no_configuration(ground: Ground) -> None:
    with pytest.raises(UsageError, match=r"^config_restore: kind: "):
        await ground.plan("config_restore", kind="Secret", name="login")


def made(name: str, value: str) -> object:
    raw = f'{{"metadata":{{"name":"{name}","namespace":"a"}},"data":{{"v":"{value}"}}}}'
    return read_object(KINDS["ConfigMap"], raw.encode())


def test_what_is_kept_is_bounded() -> None:
    now, kept = datetime.now(UTC), Versions(most_bytes=10_000)
    for number in range(20):
        kept.observe(made("one", str(number)), made("one", str(number + 1)), now)  # type: ignore[arg-type]
    assert [version.contents["data"]["v"] for version in kept.of("a", "one")] == [str(n) for n in range(15, 20)]
    assert len(kept.of("a", "one")) == KEPT_PER_OBJECT
    for number in range(10):
        kept.observe(made(f"large-{number}", "x" * 3000), None, now)  # type: ignore[arg-type]
    assert not kept.of("a", "one") and not kept.of("a", "large-5")
    assert kept.of("a", "large-9")
    kept.observe(made("huge", "x" * 20_000), None, now)  # type: ignore[arg-type]
    assert not kept.of("a", "huge")


def test_what_stays_the_same_is_no_version() -> None:
    kept = Versions()
    kept.observe(made("one", "1"), made("one", "1"), datetime.now(UTC))  # type: ignore[arg-type]
    assert kept.of("a", "one") == ()
