"""`nodes_top`: how much of each node is in use, where the metrics API is served (kubectl top nodes)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from helmward.core.cluster import NotFound, Unavailable
from helmward.core.errors import UsageError
from helmward.door.tool import NAME, Arguments, Page, Reading, ReadTool, Rule, tool
from helmward.tools.kubernetes.objects import Document, read_all
from helmward.tools.kubernetes.paging import limit_field, page_of, place_cursor
from helmward.tools.kubernetes.quantities import number_of, percent
from helmward.world.kinds import KINDS, Kind

_METRICS = Kind("NodeMetrics", "metrics.k8s.io/v1beta1", "nodes", False)
_NONE = (
    "This cluster serves no metrics (metrics.k8s.io), so what nodes use is not known; "
    "metrics-server is what usually serves them."
)


class TopArguments(Arguments):
    """Which nodes."""

    name: str | None = Field(default=None, pattern=NAME, max_length=253, description="Only this node.")
    limit: int = limit_field()
    cursor: str | None = place_cursor()


@tool
class NodesTop(ReadTool):
    """Shows what nodes use."""

    name = "nodes_top"
    title = "Show what nodes use"
    description = "Shows the CPU and memory that each node uses, and their share of what pods may have."
    permission = "read"
    scope = "cluster"
    arguments = TopArguments
    rights = (Rule("metrics.k8s.io", "nodes", ("list",)), Rule("", "nodes", ("list",)))

    async def read(self, arguments: TopArguments, given: Reading) -> Page:
        """One page, by name. Raises UsageError where there are no metrics."""
        try:
            used = await read_all(given.reader, _METRICS, "")
        except NotFound:
            raise UsageError(_NONE) from None
        except Unavailable as error:
            if error.status != 503:  # 503: the API is registered, and what serves it does not answer
                raise
            raise UsageError(f"{_NONE} ({error})") from None
        nodes = {node["metadata"]["name"]: node for node in await read_all(given.reader, KINDS["Node"], "")}
        chosen = [one for one in used if arguments.name in (None, one["metadata"]["name"])]
        if arguments.name and not chosen:
            raise UsageError(f"name: there are no metrics of a node {arguments.name}.")
        return page_of(chosen, lambda one: _row(one, nodes), arguments.cursor, arguments.limit)


def _row(used: Document, nodes: dict[str, Document]) -> dict[str, Any]:
    name, usage = used["metadata"]["name"], used.get("usage") or {}
    may = ((nodes.get(name) or {}).get("status") or {}).get("allocatable") or {}
    cpu, memory = number_of(usage.get("cpu")), number_of(usage.get("memory"))
    return {
        "name": name,
        "cpuCores": round(cpu, 3),
        "cpuPercent": percent(cpu, number_of(may.get("cpu"))),
        "memoryBytes": int(memory),
        "memoryPercent": percent(memory, number_of(may.get("memory"))),
        "time": used.get("timestamp"),
    }
