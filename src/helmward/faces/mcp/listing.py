"""tools/list: what an actor may see, in pages; the annotations follow from the effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp.shared.inbound import x_mcp_header_map
from mcp_types import INVALID_PARAMS, ListToolsResult, PaginatedRequestParams, Tool, ToolAnnotations

from helmward.core.plans import Effect
from helmward.faces.mcp.context import Context, actor_of
from helmward.house.calling.answers import Offer
from helmward.house.calling.calls import ToolCalls

PAGE = 100
"""Tools of one page."""


class Listing:
    """The tools as the protocol describes them; each is described once."""

    def __init__(self, calls: ToolCalls) -> None:
        self._calls = calls
        self._described: dict[str, Tool] = {}
        self._headed: dict[str, bool] = {}

    async def list(self, ctx: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        """One page. The cursor is the last tool's name."""
        offers = self._calls.offered(actor_of(ctx))
        found, cursor = page(offers, params.cursor if params else None, PAGE)
        return ListToolsResult(tools=[self._tool(one) for one in found], next_cursor=cursor)

    def input_schema(self, name: str) -> Mapping[str, Any] | None:
        """What a tool takes, where it names headers that must say the same (None: there is nothing to hold them against)."""
        offer = self._calls.offer(name)
        if offer is None:
            return None
        if name not in self._headed:
            self._headed[name] = bool(x_mcp_header_map(offer.takes))
        return offer.takes if self._headed[name] else None

    def _tool(self, offer: Offer) -> Tool:
        if offer.name not in self._described:
            self._described[offer.name] = described(offer)
        return self._described[offer.name]


def page(offers: Sequence[Offer], cursor: str | None, size: int) -> tuple[Sequence[Offer], str | None]:
    """The tools after `cursor`, and the cursor of what follows. Raises MCPError for one that is no tool's name."""
    if cursor is not None and cursor not in {one.name for one in offers}:
        raise MCPError(INVALID_PARAMS, "params.cursor: it is of no page before; leave it out to begin again.")
    rest = [one for one in offers if cursor is None or one.name > cursor]
    return rest[:size], rest[size - 1].name if len(rest) > size else None


def described(offer: Offer) -> Tool:
    """A tool as the protocol describes it."""
    reads = offer.effect is Effect.READ
    return Tool(
        name=offer.name,
        title=offer.title,
        description=offer.description,
        input_schema=offer.takes,
        output_schema=offer.gives,
        annotations=ToolAnnotations(
            title=offer.title,
            read_only_hint=reads,
            destructive_hint=offer.effect is Effect.DESTRUCTIVE,
            idempotent_hint=reads,
            open_world_hint=offer.outside,
        ),
    )
