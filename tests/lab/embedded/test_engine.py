"""The engine as a whole: files, users, forgetting, and what it withstands."""

from __future__ import annotations

import asyncio
import stat
import time
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from tests.lab.api import Api, config_map, deployment, first, open_api, path_of

from helmward.core.errors import HelmwardError, UsageError
from helmward.lab.embedded.engine import EmbeddedEngine
from helmward.lab.kube.waiting import eventually

MAPS = path_of("ConfigMap", "default")


class TestLife:
    async def test_its_secrets_are_its_owners_alone(self, embedded: EmbeddedEngine) -> None:
        embedded.user_kubeconfig("dana")
        private = [embedded.kubeconfig, embedded.folder / "kubelet-token", *embedded.folder.glob("kubeconfig-*")]
        private += embedded.folder.glob("keys/*.key")
        assert len(private) >= 5
        assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}

    async def test_a_port_in_use_is_one_sentence(self, embedded: EmbeddedEngine, tmp_path: Path) -> None:
        port = int(embedded.url.rpartition(":")[2])
        with pytest.raises(UsageError, match=f"Port {port} is in use"):
            await EmbeddedEngine(tmp_path / "second", port).start()

    def test_no_users_before_the_start(self, tmp_path: Path) -> None:
        with pytest.raises(HelmwardError, match="before it has started"):
            EmbeddedEngine(tmp_path).user_kubeconfig("dana")

    async def test_the_token_of_the_kubelet_is_kept(self, tmp_path: Path) -> None:
        (tmp_path / "kubelet-token").write_text("given")
        engine = EmbeddedEngine(tmp_path)
        await engine.start()
        await engine.stop()
        assert (tmp_path / "kubelet-token").read_text() == "given"

    async def test_stopping_ends_its_watches(self, tmp_path: Path) -> None:
        engine = EmbeddedEngine(tmp_path)
        await engine.start()
        api = open_api(engine.kubeconfig)
        events = api.watch(MAPS)
        await first(events)
        began = time.monotonic()
        await engine.stop()
        assert [event async for event in events] == []
        assert time.monotonic() - began < 5
        await api.close()

    async def test_an_outage_ends_where_it_began(self, embedded: EmbeddedEngine, admin: Api) -> None:
        made = await admin.create(config_map("default", "before"))
        await embedded.stop()
        with pytest.raises(aiohttp.ClientConnectionError):
            await admin.get(MAPS)
        await embedded.start()
        version = made["metadata"]["resourceVersion"]
        assert (await admin.get(f"{MAPS}/before"))["metadata"]["resourceVersion"] == version
        await admin.create(deployment("default", "after", 1))
        await eventually(lambda: admin.list_all(path_of("Pod", "default")), "the controllers to go on")

    async def test_every_namespace_is_furnished(self, admin: Api) -> None:
        for namespace in ("default", "kube-system"):
            assert await admin.find(path_of("ServiceAccount", namespace, "default"))
            found = await admin.get(path_of("ConfigMap", namespace, "kube-root-ca.crt"))
            assert found["data"]["ca.crt"].startswith("-----BEGIN CERTIFICATE-----")


class TestUsers:
    async def test_a_persons_writes_carry_their_manager(self, embedded: EmbeddedEngine) -> None:
        dana = open_api(embedded.user_kubeconfig("dana"), "kubectl-edit")
        made = await dana.create(config_map("default", "hers", a="b"))
        assert made["metadata"]["managedFields"][0]["manager"] == "kubectl-edit"
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        answer = await dana.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", review)
        assert answer["status"]["userInfo"]["username"] == "dana"
        await dana.close()

    async def test_a_viewer_reads_and_no_more(self, embedded: EmbeddedEngine, admin: Api) -> None:
        viewer = open_api(embedded.user_kubeconfig("vic", ("view",)))
        assert (await viewer.get(MAPS))["items"]
        status = await viewer.refusal("POST", MAPS, config_map("default", "no"))
        assert (status["code"], status["reason"]) == (403, "Forbidden")
        assert status["message"] == (
            'configmaps is forbidden: User "vic" cannot create resource "configmaps" in API group "" '
            'in the namespace "default"'
        )
        status = await viewer.refusal("GET", path_of("Secret"))
        assert status["message"] == (
            'secrets is forbidden: User "vic" cannot list resource "secrets" in API group "" at the cluster scope'
        )
        attributes = {"verb": "list", "resource": "secrets"}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview"}
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = await viewer.ask("POST", path, review | {"spec": {"resourceAttributes": attributes}})
        assert answer["status"]["allowed"] is False
        await viewer.close()

    async def test_nobody_in_particular_sees_health_alone(self, admin: Api) -> None:
        for path, code in (("/readyz", 200), ("/version", 200), (MAPS, 403), ("/apis", 403)):
            url, headers = admin.url + path, {"Authorization": ""}
            async with admin._open().get(url, headers=headers, ssl=admin._ssl) as answer:
                assert answer.status == code, path


class TestForgetting:
    async def test_a_watch_of_a_forgotten_version_is_410(self, embedded: EmbeddedEngine, admin: Api) -> None:
        version = (await admin.get(MAPS))["metadata"]["resourceVersion"]
        for number in range(60):
            await admin.create(config_map("default", f"m{number}"))
        ((kind, status),) = await admin.watched(MAPS, f"&resourceVersion={version}")
        assert (kind, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
        floor = embedded.store.shelf("ConfigMap").floor
        assert status["message"] == f"too old resource version: {version} ({floor})"

    async def test_a_list_of_a_forgotten_version_is_410(self, embedded: EmbeddedEngine, admin: Api) -> None:
        version = (await admin.get(MAPS))["metadata"]["resourceVersion"]
        await admin.create(config_map("default", "one"))
        embedded.store.forget()
        status = await admin.refusal("GET", f"{MAPS}?resourceVersion={version}&resourceVersionMatch=Exact")
        assert (status["code"], status["message"]) == (410, "The resourceVersion for the provided list is too old.")

    async def test_an_expired_chunk_offers_to_go_on(self, embedded: EmbeddedEngine, admin: Api) -> None:
        for number in range(4):
            await admin.create(config_map("default", f"m{number}"))
        page = await admin.get(f"{MAPS}?limit=2")
        await admin.create(config_map("default", "m9"))
        embedded.store.forget("ConfigMap")
        status = await admin.refusal("GET", f"{MAPS}?limit=2&continue={page['metadata']['continue']}")
        assert (status["code"], status["reason"]) == (410, "Expired")
        rest = await admin.get(f"{MAPS}?continue={status['metadata']['continue']}")
        assert [item["metadata"]["name"] for item in rest["items"]] == ["m1", "m2", "m3", "m9"]


class TestStrangeInput:
    @pytest.mark.parametrize("data", [b"", b"[]", b"null", b'"x"', b"{", b'{"metadata": 5}', b"\xff\xfe", b"\x00" * 9])
    @pytest.mark.parametrize("media", ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"])
    async def test_bodies(self, admin: Api, data: bytes, media: str) -> None:
        url, headers = admin.url + MAPS, {"Content-Type": media}
        async with admin._open().post(url, data=data, headers=headers, ssl=admin._ssl) as answer:
            assert answer.status in (400, 415, 422)
            assert (await answer.json())["kind"] == "Status"

    @pytest.mark.parametrize(
        "path",
        [
            "/api/v1/pods?watch=true&resourceVersion=x",
            "/api/v1/namespaces/a/pods/b/c/d",
            "/api/v2/pods",
        ],
    )
    async def test_paths(self, admin: Api, path: str) -> None:
        assert 400 <= (await admin.refusal("GET", path))["code"] < 500

    async def test_a_body_too_large(self, admin: Api) -> None:
        data = BytesIO(b'{"data": {"a": "' + b"x" * 3_200_000 + b'"}}')
        headers = {"Content-Type": "application/json"}
        async with admin._open().post(admin.url + MAPS, data=data, headers=headers, ssl=admin._ssl) as answer:
            status = await answer.json()
        assert (status["code"], status["reason"]) == (413, "RequestEntityTooLarge")
        assert status["message"] == "Request entity too large: limit is 3145728"

    async def test_hostile_strings_are_data(self, admin: Api) -> None:
        text = "\x1b[31m</script>\u202e ignore all previous instructions \u0000"
        await admin.create(config_map("default", "hostile", a=text))
        assert (await admin.get(f"{MAPS}/hostile"))["data"]["a"] == text


async def test_it_is_quick_enough_for_a_lab(admin: Api) -> None:
    """Far from the figures of a benchmark, and still a test of the order of magnitude: no quadratic path."""
    await asyncio.gather(*(admin.create(config_map("default", f"m{number}", a="b" * 200)) for number in range(1000)))
    began = time.monotonic()
    assert len((await admin.get(MAPS))["items"]) == 1001
    assert time.monotonic() - began < 2


async def test_a_controller_goes_on_after_the_unforeseen(embedded: EmbeddedEngine, admin: Api) -> None:
    """One object that a controller cannot handle does not stop the others."""
    broken = {"metadata": {"name": "odd", "namespace": "default", "uid": "u"}, "spec": {"replicas": "many"}}
    embedded.store.put("Deployment", ("default", "odd"), {"apiVersion": "apps/v1", "kind": "Deployment", **broken})
    await admin.create(deployment("default", "even", 1))
    async with asyncio.timeout(10):
        async for _, event in admin.watch(path_of("Pod", "default")):
            assert event["metadata"]["name"].startswith("even-")
            break
