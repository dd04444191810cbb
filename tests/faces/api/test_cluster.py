"""The cluster through the API, on a lab: its tree, an object with what is around it, a log as it is written."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from helmward.core.nouns import Scope
from helmward.door.identity import NewToken
from helmward.faces.api.following import MOST_OF_ONE
from helmward.house.auditing import HELMWARD
from helmward.lab import breaking
from helmward.lab.client import Client, path_of

from ...waiting import until
from ..station import Station
from .test_access import call

SECRET = "AKIA" + "QWERTZUIOPASDF12"
API = "/api/v1"


@pytest.fixture
def token(shop: Station) -> str:
    return shop.token("viewer")


async def get(shop: Station, path: str, token: str) -> Any:
    status, _, body = await call(shop, "GET", f"{API}{path}", token)
    assert status == 200, body
    return body


async def pod_of(shop: Station, workload: str, token: str) -> str:
    (row,) = (await get(shop, f"/cluster?q={workload}", token))["workloads"]
    return str(row["children"][0]["children"][0]["name"])


def write(shop: Station, pod: str, *lines: str, end: bool = False) -> None:
    """As the container's process writes; then it may end."""

    def written() -> None:
        for node in shop.home._kubelet._nodes.values():  # type: ignore[attr-defined]
            if (worker := node.pod("production", pod)) is not None:
                (name,) = [one["name"] for one in worker.pod["spec"]["containers"]]
                process = worker.record(name).current.process
                process.box.log.write("\n".join(lines))
                if end:
                    process.box.stopping.set()

    shop.call(written)


class Events:
    """Server-sent events, taken apart."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def next(self) -> tuple[str, str, Any]:
        """Name, id and data of the next."""
        found: dict[str, str] = {}
        while True:
            raw = await asyncio.wait_for(self.answer.content.readline(), 20)
            assert raw, "the stream ended without saying why"
            line = raw.decode().rstrip("\n")
            if not line and "data" in found:
                return found.get("event", "line"), found.get("id", ""), json.loads(found["data"])
            if line and not line.startswith(":"):
                key, _, value = line.partition(": ")
                found[key] = value

    async def until(self, words: str) -> tuple[list[str], str]:
        """The lines up to the one that holds these words, and its id."""
        lines = []
        while True:
            what, place, data = await self.next()
            assert what == "line", data
            lines.append(data["text"])
            if words in data["text"]:
                return lines, place


@asynccontextmanager
async def stream(shop: Station, pod: str, token: str, query: str = "", **headers: str) -> AsyncIterator[Events]:
    headers = {"Authorization": f"Bearer {token}", **headers}
    url = f"{shop.url}{API}/objects/Pod/production/{pod}/logs/stream{query}"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        yield Events(answer)


async def test_the_tree_of_what_is_well(shop: Station, token: str) -> None:
    body = await get(shop, "/cluster?namespace=production", token)
    assert (body["total"], body["namespaces"]) == (3, ["production"])
    (row,) = [row for row in body["workloads"] if row["name"] == "frontend"]
    assert (row["kind"], row["health"], row["text"], row["incidents"]) == ("Deployment", "healthy", "2 of 2 ready", [])
    assert [pod["text"] for pod in row["children"][0]["children"]] == ["Running", "Running"]
    (before,) = row["services"]
    assert (before["name"], before["health"], before["text"]) == ("frontend", "healthy", "2 of 2 endpoints ready")
    page = await get(shop, "/cluster/Service/production/frontend", token)
    assert (page["standing"]["text"], page["workload"]) == ("2 of 2 endpoints ready", row)
    assert (await get(shop, "/cluster?broken=true", token))["workloads"] == []
    (pod, _) = row["children"][0]["children"]
    assert row in (await get(shop, f"/cluster?q={pod['node']}", token))["workloads"]
    assert (await get(shop, "/cluster?q=lab-node-99", token))["workloads"] == []


async def test_an_object(shop: Station, token: str) -> None:
    name = await pod_of(shop, "frontend", token)
    body = await get(shop, f"/objects/Pod/production/{name}", token)
    assert body["resource"] == {"apiVersion": "v1", "kind": "Pod", "namespace": "production", "name": name}
    assert body["yaml"].startswith("apiVersion: v1\nkind: Pod\n")
    assert "managedFields" not in body["yaml"]
    assert [owner["kind"] for owner in body["owners"]] == ["ReplicaSet", "Deployment"]
    (container,) = body["containerStates"]
    assert (container["state"], container["ready"], container["restarts"]) == ("running", True, 0)
    assert (container["image"].startswith("registry.example.com/"), container["last"]) == (True, None)
    assert (body["containers"], body["health"], body["text"], body["unread"]) == (
        ["frontend"],
        "healthy",
        "Running",
        [],
    )
    assert {"Scheduled", "Started"} <= {event["reason"] for event in body["events"]}
    assert [event["time"] for event in body["events"]] == sorted((e["time"] for e in body["events"]), reverse=True)
    above = await get(shop, "/objects/deploy/production/frontend", token)
    assert [child["kind"] for child in above["children"]] == ["ReplicaSet"]
    node = await get(shop, "/objects/Node/-/lab-node-1", token)
    assert (node["health"], node["text"]) == ("healthy", "Ready")


async def test_where_an_object_stands(shop: Station, token: str) -> None:
    name = await pod_of(shop, "frontend", token)
    (row,) = (await get(shop, "/cluster?q=frontend", token))["workloads"]
    before = shop.house.audit.sequence
    body = await get(shop, f"/cluster/Pod/production/{name}", token)
    assert body["standing"] == {"health": "healthy", "text": "Running", "incidents": []}
    assert (body["followed"], body["workload"]) == (True, row)
    node = await get(shop, "/cluster/Node/-/lab-node-1", token)
    assert (node["standing"]["text"], node["workload"]) == ("Ready", None)
    for path, followed in (("Pod/production/none", True), ("Dragon/production/none", False)):
        gone = await get(shop, f"/cluster/{path}", token)
        assert gone == {"followed": followed, "standing": None, "workload": None}
    elsewhere = await get(shop, f"/cluster/Pod/production/{name}?apiVersion=example.com/v1", token)
    assert elsewhere["followed"] is False
    assert shop.house.audit.sequence == before


async def test_a_secret_stays_one(shop: Station, token: str) -> None:
    client = Client.from_kubeconfig(shop.home.kubeconfig)
    (first, *_) = await client.list_all(path_of("Secret", "production"))
    await client.close()
    name, values = first["metadata"]["name"], list(first["data"].values())
    status, _, body = await call(shop, "GET", f"{API}/objects/Secret/production/{name}", token)
    assert values
    assert not [value for value in values if value in json.dumps(body)]
    assert (status, f"name: {name}" in body["yaml"]) == (200, True)


async def test_what_is_not_there(shop: Station, token: str) -> None:
    for path in ("/objects/Pod/production/none", "/objects/Pod/production/none/logs/stream", "/objects/Node/-/none"):
        status, _, body = await call(shop, "GET", f"{API}{path}", token)
        assert (status, body["error"].startswith("There is no ")) == (404, True), body
    pod = await pod_of(shop, "frontend", token)
    for query, word in (("?container=none", "none"), ("?previous=true", "previous"), ("?container=frontend", "")):
        status, _, body = await call(shop, "GET", f"{API}/objects/Pod/production/{pod}/logs/stream{query}", token)
        assert (status, word in str(body)) == (404 if word else 200, True), body
    bad = {"Last-Event-ID": "yesterday"}
    path = f"{API}/objects/Pod/production/{pod}/logs/stream"
    assert (await call(shop, "GET", path, token, headers={"Authorization": f"Bearer {token}", **bad}))[0] == 400


async def test_a_scope_bounds_all_of_it(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "frontend", token)
    house = shop.house
    wish = NewToken("of elsewhere", ("viewer",), scope=Scope(namespaces=("elsewhere",)))
    outside = shop.call(house.identity.create, HELMWARD, wish, house.clock()).text
    assert await get(shop, "/cluster", outside) == {"workloads": [], "total": 0, "services": 0, "namespaces": []}
    for path in (
        f"/cluster/Pod/production/{pod}",
        f"/objects/Pod/production/{pod}",
        f"/objects/Pod/production/{pod}/logs/stream",
        "/objects/Node/-/x",
    ):
        status, _, body = await call(shop, "GET", f"{API}{path}", outside)
        assert (status, "outside of what" in body["error"]) == (403, True), body


async def test_a_log_as_it_is_written(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "frontend", token)
    write(shop, pod, "the first of ours")
    async with stream(shop, pod, token, "?tail=1") as events:
        await events.until("the first of ours")
        write(shop, pod, f"the key is {SECRET}", "x" * 20_000, "the last of ours")
        lines, place = await events.until("the last of ours")
    assert SECRET not in str(lines)
    assert [line for line in lines if "secrets/aws-access-key" in line]
    assert max(map(len, lines)) == 16 * 1024 + 1
    write(shop, pod, "written meanwhile")
    async with stream(shop, pod, token, **{"Last-Event-ID": place}) as events:
        lines, _ = await events.until("written meanwhile")
    assert not [line for line in lines if "of ours" in line]


async def test_one_actor_follows_a_few_logs(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "frontend", token)
    path = f"{API}/objects/Pod/production/{pod}/logs/stream"
    async with AsyncExitStack() as open_ones:
        for _ in range(MOST_OF_ONE):
            await open_ones.enter_async_context(stream(shop, pod, token))
        status, _, body = await call(shop, "GET", path, token)
        assert (status, "follow 8 logs already" in body["error"]) == (429, True)
        assert (await call(shop, "GET", path, shop.token("admin")))[0] == 200, "others have theirs"
    for _ in range(MOST_OF_ONE + 1):
        status, _, body = await call(shop, "GET", f"{API}/objects/Pod/production/none/logs/stream", token)
        assert status == 404, "what never began takes no place"

    async def begins() -> bool:
        return bool((await call(shop, "GET", path, token))[0] == 200)

    async with asyncio.timeout(10):
        while not await begins():
            pass


async def test_a_flood_is_counted(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "payment-service", token)
    write(shop, pod, "before the flood")
    async with stream(shop, pod, token, "?tail=1") as events:
        await events.until("before the flood")
        write(shop, pod, *(f"drop {number}" for number in range(1500)))
        dropped, kept = 0, list[str]()
        while not kept or kept[-1] != "drop 1499":
            what, _, data = await events.next()
            dropped += data["lines"] if what == "dropped" else 0
            kept += [data["text"]] if what == "line" else []
    ours = [line for line in kept if line.startswith("drop")]
    assert 200 - 20 <= len(ours) <= 600
    assert dropped + len(kept) >= 1500


async def test_the_last_words_of_a_run_are_heard(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "payment-service", token)
    write(shop, pod, "one more life")
    async with stream(shop, pod, token, "?tail=1") as events:
        await events.until("one more life")
        write(shop, pod, "these are my last words", end=True)
        before, _ = await events.until("last words")
        after, _ = await events.until("starting")
    assert not [line for line in (*before, *after[:-1]) if "starting" in line]
    assert not [line for line in after if "last words" in line]


async def test_it_ends_with_its_pod_and_with_its_token(shop: Station, token: str) -> None:
    pod = await pod_of(shop, "user-service", token)
    revoked = shop.token("viewer")
    async with stream(shop, pod, token) as events, stream(shop, pod, revoked) as other:
        await events.next()
        await other.next()
        shop.call(shop.house.revoke_token, HELMWARD, f"tok-{revoked.split('_')[1]}")
        write(shop, pod, "nobody may read this")
        await events.until("nobody may read this")
        rest = (await asyncio.wait_for(other.answer.content.read(), 20)).decode()
        assert "nobody may read this" not in rest
        client = Client.from_kubeconfig(shop.home.kubeconfig)
        await client.delete(path_of("Pod", "production", pod), {"gracePeriodSeconds": 0})
        await client.close()
        what = ""
        while what != "end":
            what, _, data = await events.next()
        assert "gone" in data["reason"]


async def test_what_is_broken_comes_first(shop: Station, token: str) -> None:
    await asyncio.to_thread(shop.do, breaking.break_(shop.home.folder, ["crash"]))
    found: list[Any] = []

    async def broken() -> bool:
        found[:] = (await get(shop, "/cluster?broken=true", token))["workloads"]
        return bool(found and found[0]["incidents"])

    deadline = asyncio.get_running_loop().time() + 20
    while not await broken():
        assert asyncio.get_running_loop().time() < deadline, "never: a broken workload"
        await asyncio.sleep(0.05)
    (row,) = found
    body = await get(shop, f"/objects/{row['kind']}/production/{row['name']}", token)
    assert (row["name"], row["health"], body["incidents"]) == ("user-service", "degraded", row["incidents"])
    assert "crash-loop" in [finding["slug"] for finding in body["findings"]]
    assert [change["path"] for change in body["changes"]] == ["spec.template.spec.containers[user-service].args"]
    pods = [pod for one in row["children"] for pod in one["children"]]
    crashing = next(pod["name"] for pod in pods if pod["health"] != "healthy")
    (container,) = (await get(shop, f"/objects/Pod/production/{crashing}", token))["containerStates"]
    assert (container["ready"], (container["last"] or container)["exitCode"]) == (False, 1)
    if container["reason"] == "CrashLoopBackOff":
        assert "restarting failed container=" in container["message"]
        assert container["text"].startswith("it ends again and again; the kubelet starts it anew at most ")
    async with stream(shop, crashing, token, "?previous=true") as events:
        assert "invalid literal" in " ".join((await events.until("invalid literal"))[0])
        assert (await events.next())[0] == "end"


async def test_a_log_that_is_not_there_yet_says_why(shop: Station, token: str) -> None:
    client = Client.from_kubeconfig(shop.home.kubeconfig)
    container = {"name": "app", "image": "registry.example.com/shop/none:1"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "waits", "namespace": "production"}}
    await client.create({**pod, "spec": {"containers": [container]}})
    known = shop.house.world
    await until(lambda: known.get("Pod", "production", "waits"), "the pod is in the world")
    async with stream(shop, "waits", token) as events:
        what, _, data = await events.next()
        assert (what, "waits" in data["text"]) == ("notice", True), data
        await client.delete(path_of("Pod", "production", "waits"), {"gracePeriodSeconds": 0})
        while what != "end":
            what, _, data = await events.next()
    await client.close()
    assert "gone" in data["reason"]
