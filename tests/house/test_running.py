"""The running house: incidents live their life, survive restarts, and what fails beside them is said."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta

import pytest

from helmward.core.errors import DeniedError, HelmwardError, UnreachableError, UsageError
from helmward.core.nouns import Actor
from helmward.lab.client import Client as Writer
from helmward.lab.client import path_of

from ..waiting import until
from .home import Home, one, rows, stored

DANA = Actor(name="dana", kind="user", roles=("requester",))


async def test_an_incident_opens_and_resolves_by_itself(home: Home) -> None:
    async with home.house() as house:
        assert house.incidents("all") == []
        await home.break_pod("app")
        entry = await one(house)
        assert not entry.baseline
        assert "app" in entry.incident.title
        await home.mend_pod("app")
        assert (await one(house, "resolved")).id == entry.id


async def test_what_stood_before_is_a_baseline_and_what_comes_later_is_not(home: Home) -> None:
    await home.break_pod("old")
    async with home.house() as house:
        old = await one(house)
        assert old.baseline
        await home.break_pod("new")
        await until(lambda: len(house.incidents()) == 2, "the second incident")
        assert {entry.incident.resource.name: entry.baseline for entry in house.incidents()} == {
            "old": True,
            "new": False,
        }
        await home.mend_pod("old")
        await one(house, "resolved")
        await home.break_pod("old")
        await until(lambda: len(house.incidents("open")) == 2, "it comes again")
        assert not any(entry.baseline for entry in house.incidents())


async def test_the_baseline_can_be_turned_off(home: Home) -> None:
    await home.break_pod("old")
    async with home.house(**{"watch.baseline": False}) as house:
        assert not (await one(house)).baseline


async def test_an_incident_survives_a_restart(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("app")
        before = await one(house)
        await house.acknowledge(before.id, DANA, "looking")
    await home.break_pod("meanwhile")
    async with home.house() as house:
        await until(lambda: len(house.incidents("open")) == 2, "both")
        found = {entry.incident.resource.name: entry for entry in house.incidents("open")}
        assert found["app"].id == before.id
        assert found["app"].opened == before.opened
        assert found["app"].acknowledged is not None
        assert found["app"].acknowledged.by == "dana"
        assert not found["meanwhile"].baseline  # we were away for a moment only: it is news
        await home.mend_pod("app")
        assert (await one(house, "resolved")).id == before.id


async def test_after_a_long_absence_what_is_found_is_a_baseline(home: Home) -> None:
    async with home.house():
        pass
    with sqlite3.connect(home.folder / "data" / "state.db") as raw:
        raw.execute("UPDATE clusters SET seen = '2020-01-01T00:00:00Z'")
    raw.close()
    await home.break_pod("app")
    async with home.house() as house:
        assert (await one(house)).baseline


async def test_an_incident_that_ended_while_nobody_watched(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("app")
        before = await one(house)
    await home.mend_pod("app")
    async with home.house() as house:
        assert (await one(house, "resolved")).id == before.id
    assert [row["state"] for row in rows(home.folder)] == ["resolved"]


async def test_another_cluster_has_a_book_of_its_own(home: Home, tmp_path_factory: pytest.TempPathFactory) -> None:
    from .home import home as another

    async with home.house() as house:
        await home.break_pod("app")
        before = await one(house)
    async with another(tmp_path_factory.mktemp("another")) as other:
        kubeconfig = {"kubernetes.kubeconfig": other.proxy.kubeconfig}
        async with home.house(**kubeconfig) as house:
            assert house.incidents("all") == []
            assert house.changes("1h") == []
    async with home.house() as house:
        assert (await one(house)).id == before.id


async def test_an_incident_is_suppressed_until_that_ends(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("app")
        entry = await one(house)
        with pytest.raises(UsageError, match="90d"):
            await house.suppress(entry.id, DANA, "91d", "why")
        with pytest.raises(UsageError, match="not a duration"):
            await house.suppress(entry.id, DANA, "soon", "why")
        await house.suppress(entry.id, DANA, "2s", "planned")
        assert house.incident(entry.id).state == "suppressed"
        assert (await one(house)).suppressed is None


async def test_a_suppressed_incident_that_comes_again_is_still_suppressed(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("app")
        entry = await one(house)
        await house.suppress(entry.id, DANA, "1h", "planned")
        await home.mend_pod("app")
        await one(house, "resolved")
        await home.break_pod("app")
        assert (await one(house, "suppressed")).id == entry.id


async def test_ids_that_name_nothing_or_too_much(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("a")
        await home.break_pod("b")
        await until(lambda: len(house.incidents()) == 2, "two incidents")
        ids = sorted(entry.id for entry in house.incidents())
        with pytest.raises(UsageError, match=f"{ids[0]}, {ids[1]}"):
            house.incident("inc-")
        with pytest.raises(UsageError, match="no incident 'inc-nothing'"):
            house.incident("inc-nothing")
        assert house.incident(ids[0][:-1] if ids[0][:-1] != ids[1][:-1] else ids[0]).id == ids[0]


async def test_changes_are_told_with_before_after_manager_and_time(home: Home) -> None:
    secret = "-".join(["s3cret", "value", "of", "a", "test"])
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "default"}}
    kept = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "default"}}
    helm = Writer.from_kubeconfig(home.engine.kubeconfig, manager="helm")
    await helm.create({**config, "data": {"timeout": "5s", "password": secret}})
    await helm.create({**kept, "stringData": {"key": secret}})
    await helm.close()
    async with home.house() as house:
        changed = {"data": {"timeout": "50ms", "password": secret + "2"}}
        await home.writer.patch(path_of("ConfigMap", "default", "c"), changed)
        await home.writer.patch(path_of("Secret", "default", "s"), {"stringData": {"key": secret + "3"}})
        await until(lambda: len(house.changes("1h")) >= 3, "the changes")
        told = {(change.resource.kind, change.path): change for change in house.changes("1h")}
        timeout = told["ConfigMap", "data.timeout"]
        assert (timeout.before, timeout.after, timeout.manager) == ('"5s"', '"50ms"', "kubectl-edit")
        assert timeout.time.endswith("Z")
        assert any(kind == "Secret" for kind, _ in told)
        assert house.changes("1h", namespace="elsewhere") == []
        with pytest.raises(UsageError, match="24h"):
            house.changes("25h")
    assert secret.encode() not in stored(home.folder)
    async with home.house() as house:
        again = {(change.resource.kind, change.path): change for change in house.changes("1h")}
        assert again["ConfigMap", "data.timeout"] == timeout


async def test_the_cluster_goes_away_and_incidents_stay(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("app")
        entry = await one(house)
        assert house.status()["stale"] == []
        await home.proxy.down()
        stale: dict[str, dict[str, str]] = {}

        def gone() -> bool:
            stale.update((row["kind"], row) for row in house.status()["stale"])
            return "cannot be reached" in stale.get("Pod", {}).get("reason", "") and len(stale) > 10

        await until(gone, "the kinds are stale")
        assert stale["Pod"]["since"].endswith("Z")
        assert house.incident(entry.id).state == "open"
        await home.proxy.up()
        await until(lambda: house.status()["stale"] == [], "all is current again")
        await home.mend_pod("app")
        await one(house, "resolved")


async def test_no_cluster_at_the_start(home: Home) -> None:
    await home.proxy.down()
    with pytest.raises(UnreachableError):
        async with home.house():
            pass


@pytest.mark.parametrize("code", [401, 403])
async def test_a_cluster_that_lets_us_see_nothing(home: Home, code: int) -> None:
    home.proxy.refused["*"] = code
    with pytest.raises(DeniedError):
        async with home.house():
            pass


async def test_some_kinds_are_forbidden(home: Home) -> None:
    home.proxy.refused["secrets"] = 403
    async with home.house() as house:
        assert {"kind": "Secret", "reason": "forbidden"} in house.status()["coverage"]["unread"]
        await home.break_pod("app")
        await one(house)


async def test_an_object_that_cannot_be_read_is_said(home: Home) -> None:
    async with home.house() as house:
        await until(
            lambda: ("secrets", "true") in [(p, q["watch"]) for p, q in home.proxy.watches], "Secrets are watched"
        )
        line = b'{"type": "ADDED", "object": {"kind": "Secret", "metadata": {"name": "s", "resourceVersion": "9"}, "data": 7}}'

        def said() -> bool:
            return any("was left out" in problem for problem in house.status()["coverage"]["problems"])

        async with asyncio.timeout(20):
            while not said():  # the watch may not be there yet
                await home.proxy.tell("secrets", line)
                await asyncio.sleep(0.05)


async def test_a_state_that_cannot_be_written_is_said_and_written_later(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helmward.adapters.stores.state._BUSY_SECONDS", 0.1)
    async with home.house() as house:
        holder = sqlite3.connect(home.folder / "data" / "state.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        await home.break_pod("app")
        entry = await one(house)
        await until(lambda: house.status()["unsaved"], "it is said")
        assert "locked" in house.status()["unsaved"]
        holder.close()
        await until(lambda: house.status()["unsaved"] is None, "it is saved")
        assert [row["incident"]["id"] for row in rows(home.folder)] == [entry.id]


async def test_a_pass_that_fails_is_said_and_made_good(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async with home.house() as house:
        loop, logged = asyncio.get_running_loop(), []
        loop.set_exception_handler(lambda _loop, context: logged.append(context))

        def fails(*_: object) -> None:
            raise ZeroDivisionError("of our own")

        monkeypatch.setattr(house.book, "update", fails)
        await home.break_pod("app")
        await until(lambda: house.status()["unexplained"], "it is said")
        assert "ZeroDivisionError" in house.status()["unexplained"]
        assert logged
        monkeypatch.undo()
        await home.break_pod("another")
        await until(lambda: len(house.incidents("open")) == 2, "what was missed is found too")
        assert house.status()["unexplained"] is None
        loop.set_exception_handler(None)


async def test_a_record_that_cannot_be_understood(home: Home) -> None:
    async with home.house() as house:
        await home.break_pod("app")
        await one(house)
    with sqlite3.connect(home.folder / "data" / "state.db") as raw:
        raw.execute("UPDATE incidents SET data = x'7b7d'")
    raw.close()
    with pytest.raises(HelmwardError, match=r"cannot be understood.*backup"):
        async with home.house():
            pass


async def test_nothing_of_a_secret_reaches_the_state(home: Home) -> None:
    password = "-".join(["pass", "word", "in", "clear"])
    broken = {
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "default"},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"a": "b"}}, "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "c", "image": "i", "env": [{"name": "DB_PASSWORD", "value": password}]}]}}},
    }  # fmt: skip
    await home.writer.create(broken)
    async with home.house() as house:
        env = [{"name": "DB_PASSWORD", "value": password + "2"}]
        body = {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "j", "env": env}]}}}}
        await home.writer.patch(path_of("Deployment", "default", "d"), body)
        await until(lambda: house.changes("1h"), "a change")
    assert password.encode() not in stored(home.folder)


async def test_old_records_are_dropped_while_running(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helmward.house.record._TIDY", timedelta(seconds=0.2))
    async with home.house():
        with sqlite3.connect(home.folder / "data" / "state.db") as raw:
            raw.execute("INSERT INTO changes VALUES ('x', 'chg-1', '2020-01-01T00:00:00Z', x'00')")
            raw.execute("UPDATE clusters SET seen = 'never'")
        raw.commit()

        def kept() -> int:
            return int(raw.execute("SELECT count(*) FROM changes WHERE id = 'chg-1'").fetchone()[0])

        await until(lambda: not kept(), "it is dropped")
        assert raw.execute("SELECT seen FROM clusters").fetchone()[0] != "never"
        raw.close()
