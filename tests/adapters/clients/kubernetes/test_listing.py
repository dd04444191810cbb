"""Lists: pages, restarts, broken and odd bodies."""

from __future__ import annotations

import json

import pytest

from helmward.adapters.clients.kubernetes.transport import Limits
from helmward.core.cluster import ExactRefused, Forbidden, Gone, Interrupted, KubernetesError, NotFound, Unavailable

from .server import Api, hangs_up, page, pod, refuses, says, says_text, streams

PODS = "/api/v1/pods"


def names(items: list[bytes]) -> list[str]:
    return [json.loads(item)["metadata"]["name"] for item in items]


async def test_pages_are_joined_and_the_version_goes_with_the_first_request_alone(api: Api, connect) -> None:
    api.then(page("PodList", [pod("a"), pod("b")], token="next=="), page("PodList", [pod("c")]))
    client = await connect(api.url)
    listing = await client.list(PODS, limit=2, resource_version="90", params={"labelSelector": "app=x"})
    assert names(listing.items) == ["a", "b", "c"]
    assert listing.resource_version == "100"
    first, second = (seen.query for seen in api.seen)
    assert first == {
        "labelSelector": "app=x", "limit": "2", "resourceVersion": "90", "resourceVersionMatch": "NotOlderThan",
    }  # fmt: skip
    assert second == {"labelSelector": "app=x", "limit": "2", "continue": "next=="}


async def test_items_are_the_bytes_that_were_sent(api: Api, connect) -> None:
    raw = (
        '{"metadata": {"name":"a"},  "spec":{"big": 123456789012345678901234567890, "f": 1.00, "t": "\\u003cb\\u003e"}}'
    )
    api.then(says_text(f'{{"kind":"PodList","metadata":{{"resourceVersion":"1"}},"items":[ {raw} ]}}'))
    listing = await (await connect(api.url)).list(PODS)
    assert listing.items == [raw.encode()]


@pytest.mark.parametrize("items", [None, []])
async def test_no_items_is_an_empty_list(api: Api, connect, items: list[object] | None) -> None:
    api.then(page("PodList", items))
    assert (await (await connect(api.url)).list(PODS)).items == []


async def test_a_list_without_items_at_all_is_empty(api: Api, connect) -> None:
    api.then(says({"kind": "PodList", "metadata": {"resourceVersion": "3"}}))
    listing = await (await connect(api.url)).list(PODS)
    assert (listing.items, listing.resource_version) == ([], "3")


async def test_an_item_that_is_no_object_is_left_out_and_counted(api: Api, connect) -> None:
    api.then(page("PodList", [pod("a"), None, 7, pod("b")]))
    listing = await (await connect(api.url)).list(PODS)
    assert names(listing.items) == ["a", "b"]
    assert len(listing.problems) == 2
    assert PODS in listing.problems[0]


async def test_a_token_that_expired_in_the_middle_restarts_the_list(api: Api, connect) -> None:
    api.then(
        page("PodList", [pod("old")], token="t"), refuses(410, "expired", "Expired"), page("PodList", [pod("new")])
    )
    listing = await (await connect(api.url)).list(PODS)
    assert names(listing.items) == ["new"]
    assert "continue" not in api.seen[2].query


async def test_a_list_that_always_expires_ends_in_gone(api: Api, connect) -> None:
    api.then(refuses(410, "expired", "Expired"))
    with pytest.raises(Gone):
        await (await connect(api.url)).list(PODS)
    assert len(api.seen) == 4


async def test_exact_says_whether_it_was_granted(api: Api, connect) -> None:
    api.then(page("PodList", [], version="90"), page("PodList", [], version="95"))
    client = await connect(api.url)
    assert (await client.list(PODS, resource_version="90", exact=True)).exact
    assert api.seen[0].query["resourceVersionMatch"] == "Exact"
    assert not (await client.list(PODS, resource_version="90", exact=True)).exact


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (400, "bad match"),
        (422, "invalid"),
        (410, "too old"),
        (504, "Timeout: Too large resource version: 9, current: 1"),
    ],
)
async def test_a_refused_exact_list_says_so(api: Api, connect, code: int, message: str) -> None:
    api.then(refuses(code, message))
    with pytest.raises(ExactRefused, match=r"list without it\.$") as caught:
        await (await connect(api.url)).list(PODS, resource_version="9", exact=True)
    assert caught.value.status == code


async def test_a_missing_right_is_not_taken_for_a_refused_version(api: Api, connect) -> None:
    api.then(refuses(403, 'pods is forbidden: User "jane" cannot list them', "Forbidden"))
    client = await connect(api.url, user="jane")
    with pytest.raises(Forbidden) as caught:
        await client.list(PODS, resource_version="9", exact=True)
    assert str(caught.value) == (
        f'The API server at {api.url} forbids this to jane: pods is forbidden: User "jane" cannot list them; '
        "ask its administrator for the right."
    )
    assert (caught.value.reason, caught.value.exit_code) == ("Forbidden", 5)


async def test_an_unknown_path_is_not_found(api: Api, connect) -> None:
    api.then(says_text("404 page not found", 404))
    with pytest.raises(NotFound, match="has no /apis/x/v1/y \\(404 page not found\\)"):
        await (await connect(api.url)).list("/apis/x/v1/y")


async def test_json_that_breaks_off_is_asked_for_again_once(api: Api, connect) -> None:
    whole = json.dumps({"kind": "PodList", "metadata": {"resourceVersion": "1"}, "items": [pod("a")]})
    api.then(says_text(whole[:-9]), says_text(whole))
    assert len((await (await connect(api.url)).list(PODS)).items) == 1


async def test_json_that_always_breaks_off_is_an_interruption(api: Api, connect) -> None:
    api.then(says_text('{"kind":"PodList","items":[{"metadata":{"na'))
    with pytest.raises(Interrupted, match="breaks off"):
        await (await connect(api.url)).list(PODS)


async def test_a_body_cut_by_the_network_is_asked_for_again(api: Api, connect, waits: list[float]) -> None:
    api.then(streams(b'{"kind":"PodList",', cut=True), page("PodList", [pod("a")]))
    assert len((await (await connect(api.url)).list(PODS)).items) == 1
    assert len(waits) == 1


async def test_a_server_that_flaps_is_endured_while_it_answers_at_times(api: Api, connect) -> None:
    api.then(page("PodList", [pod("a")], token="t"), refuses(503, "starting"), refuses(429, "slow down"))
    api.then(page("PodList", [pod("b")]))
    assert names((await (await connect(api.url)).list(PODS)).items) == ["a", "b"]


async def test_a_server_that_hangs_up_without_an_answer_is_unavailable(api: Api, connect) -> None:
    api.then(hangs_up())
    with pytest.raises(Unavailable, match="closed the connection without an answer"):
        await (await connect(api.url)).list(PODS)


async def test_retry_after_is_honoured_and_tries_are_bounded(api: Api, connect, waits: list[float]) -> None:
    api.then(refuses(429, "too many requests", Retry_After="7"))
    client = await connect(api.url, Limits(retries=2))
    with pytest.raises(Unavailable, match="cannot answer now: 429 too many requests") as caught:
        await client.list(PODS)
    assert caught.value.retry_after == 7
    assert len(api.seen) == 3
    assert all(7 <= wait < 9 for wait in waits)
    assert len(waits) == 2


async def test_another_server_error_is_not_repeated(api: Api, connect) -> None:
    api.then(refuses(500, "etcd is sad", "InternalError"))
    with pytest.raises(Unavailable, match="500 etcd is sad"):
        await (await connect(api.url)).list(PODS)
    assert len(api.seen) == 1


async def test_a_web_page_is_no_list(api: Api, connect) -> None:
    api.then(says_text("<html>Log in</html>", content_type="text/html"))
    with pytest.raises(KubernetesError):
        await (await connect(api.url)).list(PODS)


async def test_an_answer_that_is_no_list_is_refused(api: Api, connect) -> None:
    api.then(says({"kind": "Pod", "metadata": {"name": "a"}}))
    with pytest.raises(KubernetesError, match="with no list"):
        await (await connect(api.url)).list(PODS)


async def test_redirects_are_not_followed(api: Api, connect) -> None:
    api.then(says({}, 302, Location=f"{api.url}/elsewhere"))
    with pytest.raises(KubernetesError, match="redirects are not followed"):
        await (await connect(api.url, token="t0ken")).list(PODS)
    assert [seen.path for seen in api.seen] == [PODS]


async def test_an_object_nested_too_deep_is_one_error(api: Api, connect) -> None:
    deep = "[" * 3000 + "]" * 3000
    api.then(says_text(f'{{"kind":"PodList","items":[{{"spec":{deep}}}]}}'))
    with pytest.raises(KubernetesError, match="nested too deep"):
        await (await connect(api.url)).list(PODS)


async def test_a_server_below_a_path_is_asked_below_it(api: Api, connect) -> None:
    api.then(page("PodList", []))
    await (await connect(f"{api.url}/k8s/clusters/c-1")).list(PODS)
    assert api.seen[0].path == "/k8s/clusters/c-1/api/v1/pods"
