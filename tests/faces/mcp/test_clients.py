"""The official client lists and calls the tools of a running house, in both revisions."""

from __future__ import annotations

from typing import Any

import pytest

from ..station import Station
from .clients import REVISIONS, client, said, stdio

both = pytest.mark.parametrize("revision", REVISIONS)


@both
@pytest.mark.parametrize("connect", [client, stdio])
async def test_what_reads_answers(shop: Station, revision: str, connect: Any) -> None:
    async with connect(shop, shop.token("viewer"), revision) as mcp:
        assert mcp.protocol_version == revision
        tools = {one.name: one for one in (await mcp.list_tools()).tools}
        assert {"resources_list", "pods_log", "incidents_list", "actions_get"} <= set(tools)
        assert "rollout_restart" not in tools  # a viewer may not propose
        whole = await mcp.call_tool("resources_list", {"kind": "Pod", "namespace": "production"})
        assert not whole.is_error, said(whole)
        names = [item["name"] for item in whole.structured_content["items"]]
        first = await mcp.call_tool("resources_list", {"kind": "Pod", "namespace": "production", "limit": 2})
        given = {"kind": "Pod", "namespace": "production", "limit": 2, "cursor": first.structured_content["cursor"]}
        second = await mcp.call_tool("resources_list", given)
        pages = [*first.structured_content["items"], *second.structured_content["items"]]
        assert [item["name"] for item in pages] == names[:4]
