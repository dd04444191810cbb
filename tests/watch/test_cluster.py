"""The watch of a cluster: a real client on a real API server, with a proxy in between that misbehaves."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from helmward.adapters.clients.kubernetes.client import Client
from helmward.adapters.clients.kubernetes.config import load
from helmward.adapters.clients.kubernetes.transport import Limits
from helmward.core.cluster import Forbidden, Unauthorized, Unavailable
from helmward.lab.client import Client as Writer
from helmward.lab.client import path_of
from helmward.lab.embedded.engine import EmbeddedEngine
from helmward.watch.cluster import ClusterWatch
from helmward.world.kinds import KINDS
from helmward.world.store import World

from ..misbehaving import Misbehaving, misbehaving
from ..waiting import until

WATCHED = ("ConfigMap", "Secret", "ServiceAccount")


class Setting:
    """An engine, the proxy before it, and a world kept by a watch through both."""

    def __init__(
        self, engine: Any, proxy: Misbehaving, client: Client, world: World, writer: Writer, namespace: str
    ) -> None:
        self.engine, self.proxy, self.client, self.writer, self.namespace = engine, proxy, client, writer, namespace
        self.world = world
        self.batches = 0
        self.watch = self.make()

    def make(self, kinds: tuple[str, ...] = WATCHED, ask_again: float = 0.1) -> ClusterWatch:
        self.watch = ClusterWatch(
            self.client, self.world, [KINDS[name] for name in kinds], self._batch, ask_again=ask_again
        )
        return self.watch

    def _batch(self) -> None:
        self.batches += 1

    async def put(self, name: str, **data: str) -> None:
        item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": self.namespace}}
        await self.writer.create({**item, "data": data})

    def has(self, name: str) -> bool:
        return self.world.get("ConfigMap", self.namespace, name) is not None

    async def live(self, name: str) -> None:
        """A change made now is seen: the watch works."""
        await self.put(name)
        await until(lambda: self.has(name), f"{name} is seen")


def _client(proxy: Misbehaving, world: World) -> Client:
    connection = load(path=proxy.kubeconfig)
    return Client(connection, b"k" * 32, limits=Limits(retries=0), report=world.coverage.problem)


@pytest.fixture
async def setting(engine: Any, namespace: str, tmp_path: Path) -> AsyncIterator[Setting]:
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(misbehaving(engine, tmp_path))
        world = World()
        client = await stack.enter_async_context(_client(proxy, world))
        writer = Writer.from_kubeconfig(engine.kubeconfig)
        stack.push_async_callback(writer.close)
        yield Setting(engine, proxy, client, world, writer, namespace)


async def test_a_snapshot_is_taken_at_one_version(setting: Setting) -> None:
    await setting.put("before")
    await setting.watch.snapshot()
    assert setting.has("before")
    first, *others = [query for plural, query in setting.proxy.lists]
    assert "resourceVersion" not in first
    assert len({query["resourceVersion"] for query in others}) == 1
    assert all(query["resourceVersionMatch"] == "Exact" for query in others)
    assert setting.world.coverage.problems == []


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Setting]:
    """As `setting`, on the embedded engine alone: what our own side does, whatever server is behind."""
    async with AsyncExitStack() as stack:
        engine = EmbeddedEngine(tmp_path / "engine")
        await engine.start()
        stack.push_async_callback(engine.stop)
        proxy = await stack.enter_async_context(misbehaving(engine, tmp_path))
        world = World()
        client = await stack.enter_async_context(_client(proxy, world))
        writer = Writer.from_kubeconfig(engine.kubeconfig)
        stack.push_async_callback(writer.close)
        yield Setting(engine, proxy, client, world, writer, "default")


@pytest.mark.parametrize("how", ["refused", "ignored"])
async def test_a_server_without_exact_lists_is_read_all_the_same_and_coverage_says_so(
    embedded: Setting, how: str
) -> None:
    embedded.proxy.inexact = how
    await embedded.put("before")
    await embedded.put("to make the versions differ".replace(" ", "-"))
    await embedded.watch.snapshot()
    assert set(embedded.world.coverage.counts) == set(WATCHED)
    if how == "refused":
        assert any("one instant" in problem for problem in embedded.world.coverage.problems)


async def test_an_exact_list_that_stands_elsewhere_is_said(embedded: Setting) -> None:
    embedded.proxy.inexact = "ignored"
    embedded.proxy.slow = 0.2
    snapshot = asyncio.create_task(embedded.watch.snapshot())
    await until(lambda: len(embedded.proxy.lists) > 1, "the second list is asked for")
    await embedded.put("in-between")
    await snapshot
    assert any("one instant" in problem for problem in embedded.world.coverage.problems)
    async with embedded.watch:
        await until(
            lambda: not embedded.world.coverage.problems, "the moments have met, and that is no problem any more"
        )


async def test_nobody_answers_at_the_start(embedded: Setting) -> None:
    await embedded.proxy.down()
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        await embedded.watch.snapshot()
    assert caught.value.exit_code == 7
    assert str(caught.value).count(". ") == 0
    assert time.monotonic() - began < 10


async def test_credentials_that_are_not_accepted_end_the_snapshot_at_once(embedded: Setting) -> None:
    embedded.proxy.refused["*"] = 401
    with pytest.raises(Unauthorized) as caught:
        await embedded.watch.snapshot()
    assert caught.value.exit_code == 5
    assert len(embedded.proxy.lists) == 1


async def test_nothing_may_be_read_at_all(embedded: Setting) -> None:
    embedded.proxy.refused["*"] = 403
    with pytest.raises(Forbidden, match="helmward rbac") as caught:
        await embedded.watch.snapshot()
    assert "single namespaces" in str(caught.value)


async def test_a_forbidden_kind_is_named_and_read_once_it_is_granted(embedded: Setting) -> None:
    embedded.proxy.refused["secrets"] = 403
    await embedded.watch.snapshot()
    assert dict(embedded.world.coverage.reasons) == {"Secret": "forbidden"}
    assert not embedded.world.coverage.knows("Secret")
    async with embedded.watch:
        await embedded.live("goes-on")
        embedded.proxy.refused.clear()
        await until(lambda: embedded.world.coverage.knows("Secret"), "Secrets are read")
    assert not embedded.watch.failures


async def test_the_default_pause_reads_a_granted_kind_within_a_minute(embedded: Setting) -> None:
    assert ClusterWatch(embedded.client, World(), [], lambda: None)._ask_again < 60


async def test_a_kind_the_server_does_not_know(embedded: Setting) -> None:
    await embedded.make(("ConfigMap", "HTTPRoute")).snapshot()
    assert embedded.world.coverage.reasons["HTTPRoute"] == "not served by this cluster"


async def test_a_right_that_is_lost_heals_nothing(embedded: Setting) -> None:
    await embedded.put("kept")
    await embedded.watch.snapshot()
    async with embedded.watch:
        await embedded.live("watched")
        embedded.proxy.refused["configmaps"] = 403
        embedded.proxy.cut()
        await until(lambda: "ConfigMap" in embedded.world.coverage.reasons, "the loss is said")
        assert embedded.has("kept")
        assert "ConfigMap" not in embedded.watch.failures  # coverage says it
        embedded.proxy.refused.clear()
        await until(lambda: embedded.world.coverage.knows("ConfigMap"), "it is read again")


async def test_a_kind_that_may_be_listed_but_not_watched_is_read_again_and_again(embedded: Setting) -> None:
    embedded.proxy.refused_watches["configmaps"] = 403
    await embedded.watch.snapshot()
    async with embedded.watch:
        await until(lambda: "ConfigMap" in embedded.watch.failures, "it is said")
        assert "not watched" in embedded.watch.failures["ConfigMap"].reason
        await embedded.live("polled")
        assert embedded.world.coverage.knows("ConfigMap")


async def test_the_server_goes_away_and_comes_back(setting: Setting) -> None:
    await setting.put("kept")
    await setting.watch.snapshot()
    async with setting.watch:
        await setting.live("watched")
        await setting.proxy.down()
        await until(lambda: set(setting.watch.failures) == set(WATCHED), "every kind is said to be stale")
        since = {kind: failure.since for kind, failure in setting.watch.failures.items()}
        assert setting.has("kept")
        assert setting.world.coverage.knows("ConfigMap")
        await setting.put("meanwhile")
        await setting.writer.delete(path_of("ConfigMap", setting.namespace, "kept"))
        tried = setting.watch.failures["ConfigMap"]
        await until(lambda: setting.watch.failures["ConfigMap"] is not tried, "it is tried again")
        assert setting.watch.failures["ConfigMap"].since == since["ConfigMap"]
        await setting.proxy.up()
        await until(lambda: not setting.watch.failures, "all is current, with no event needed to know it")
        await until(lambda: setting.has("meanwhile") and not setting.has("kept"), "what happened meanwhile is known")


async def test_a_flapping_server_is_not_given_up_and_not_asked_in_a_tight_loop(embedded: Setting) -> None:
    await embedded.watch.snapshot()
    async with embedded.watch:
        for number in range(3):
            await embedded.live(f"round-{number}")
            embedded.proxy.cut()
        await embedded.live("after")
        assert len(embedded.proxy.watches) < 30


async def test_a_watch_that_ends_after_each_event_is_asked_again_at_a_pace(embedded: Setting) -> None:
    embedded.proxy.brief = True
    await embedded.make(("ConfigMap",)).snapshot()
    began = time.monotonic()
    async with embedded.watch:
        await until(lambda: len(embedded.proxy.watches) >= 5, "five watches")
        assert time.monotonic() - began > 0.9  # pauses of at least 0.1, 0.2, 0.4 and 0.5 s
        assert not embedded.watch.failures


async def test_a_bookmark_is_where_the_next_watch_begins(embedded: Setting) -> None:
    await embedded.make(("ConfigMap",)).snapshot()
    async with embedded.watch:
        await embedded.live("first")
        version = str(int(embedded.watch._versions["ConfigMap"]) + 1000)
        bookmark = {"type": "BOOKMARK", "object": {"kind": "ConfigMap", "metadata": {"resourceVersion": version}}}
        await embedded.proxy.tell("configmaps", json.dumps(bookmark).encode())
        await until(lambda: embedded.watch._versions["ConfigMap"] == version, "the bookmark is kept")
        embedded.proxy.cut()
        await until(lambda: embedded.proxy.watches[-1][1]["resourceVersion"] == version, "the next watch begins there")
        assert len(embedded.proxy.lists) == 1


async def test_too_old_a_version_is_listed_again_with_jitter(setting: Setting) -> None:
    await setting.make(("ConfigMap",)).snapshot()
    setting.proxy.gone = True
    async with setting.watch:
        lists = len(setting.proxy.lists)
        await until(lambda: len(setting.proxy.lists) >= lists + 3, "it is listed again")
        setting.proxy.gone = False
        await setting.live("after")
        assert not setting.watch.failures


async def test_a_history_that_was_thrown_away(tmp_path: Path) -> None:
    """The engine's own 410, not the proxy's."""
    async with AsyncExitStack() as stack:
        engine = EmbeddedEngine(tmp_path / "engine", history=2)
        await engine.start()
        stack.push_async_callback(engine.stop)
        proxy = await stack.enter_async_context(misbehaving(engine, tmp_path))
        world = World()
        client = await stack.enter_async_context(_client(proxy, world))
        writer = Writer.from_kubeconfig(engine.kubeconfig)
        stack.push_async_callback(writer.close)
        setting = Setting(engine, proxy, client, world, writer, "default")
        await setting.make(("ConfigMap",)).snapshot()
        for number in range(5):
            await setting.put(f"missed-{number}")
        async with setting.watch:
            await until(lambda: all(setting.has(f"missed-{number}") for number in range(5)), "all are there")
            assert len(proxy.lists) == 2


async def test_a_list_that_breaks_off_is_asked_again(embedded: Setting) -> None:
    embedded.proxy.truncated.add("configmaps")
    await embedded.watch.snapshot()
    assert embedded.world.coverage.reasons["ConfigMap"].startswith("failed: ")
    async with embedded.watch:
        await until(lambda: "ConfigMap" in embedded.watch.failures, "it is said")
        embedded.proxy.truncated.clear()
        await until(lambda: embedded.world.coverage.knows("ConfigMap"), "it is read")
        assert "ConfigMap" not in embedded.watch.failures


async def test_a_slow_server_is_waited_for(embedded: Setting) -> None:
    embedded.proxy.slow = 0.5
    await embedded.watch.snapshot()
    assert set(embedded.world.coverage.counts) == set(WATCHED)


async def test_null_items_wrong_types_and_unreadable_objects(embedded: Setting) -> None:
    def listed(kind: str, items: Any) -> bytes:
        return json.dumps({"kind": f"{kind}List", "metadata": {"resourceVersion": "1"}, "items": items}).encode()

    named = {"name": "a", "namespace": "default"}
    secret = {"metadata": named, "data": {"key": 7}}
    embedded.proxy.replies = {
        "serviceaccounts": listed("ServiceAccount", None),
        "configmaps": listed("ConfigMap", [{"metadata": named, "data": {"good": "1", "bad": 2}}, 7]),
        "secrets": listed("Secret", [secret, "x"]),
    }
    await embedded.watch.snapshot()
    assert embedded.world.coverage.counts["ServiceAccount"] == 0
    read = embedded.world.get("ConfigMap", "default", "a")
    assert read is not None
    assert read.view.data == {"good": "1"}
    problems = embedded.world.coverage.problems
    assert any("/api/v1/configmaps was left out" in problem for problem in problems), problems
    assert any("ConfigMap/default/a" in problem and "data" in problem for problem in problems), problems
    assert any("/api/v1/secrets was left out" in problem for problem in problems), problems


async def test_a_change_that_was_left_out_is_said_until_a_list_shows_what_stands_there(embedded: Setting) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": embedded.namespace}}
    await embedded.writer.create({**secret, "data": {"key": "b25l"}})
    await embedded.watch.snapshot()
    line = json.dumps({"type": "MODIFIED", "object": {**secret, "data": 7}}).encode()
    problems = lambda: embedded.world.coverage.problems  # noqa: E731
    async with embedded.watch:
        async with asyncio.timeout(20):
            while not problems():  # the watch may not be there yet
                await embedded.proxy.tell("secrets", line)
                await asyncio.sleep(0.05)
        assert "/api/v1/secrets was left out" in problems()[0]
        embedded.proxy.brief = True
        embedded.proxy.cut()
        await until(lambda: not problems(), "the next list has read it")


async def test_an_error_of_our_own_stops_one_kind_and_is_said(embedded: Setting) -> None:
    class Odd:
        def __getattr__(self, name: str) -> Any:
            return getattr(embedded.client, name)

        def watch(self, path: str, version: str, **options: Any) -> Any:
            if path.endswith("secrets"):
                raise ZeroDivisionError("odd")
            return embedded.client.watch(path, version, **options)

    watch = ClusterWatch(Odd(), embedded.world, [KINDS[name] for name in WATCHED], lambda: None)  # type: ignore[arg-type]
    await watch.snapshot()
    async with watch:
        await until(lambda: "Secret" in watch.failures, "it is said")
        assert "ZeroDivisionError" in watch.failures["Secret"].reason
        await embedded.live("goes-on")
