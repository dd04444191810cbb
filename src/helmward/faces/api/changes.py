"""What changed in the desired state."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Query

from helmward.explain.reports import present
from helmward.faces.api.access import TheHouse, Viewer
from helmward.house import reach

router = APIRouter(tags=["changes"])


@router.get("/changes")
async def list_changes(
    house: TheHouse,
    actor: Viewer,
    since: str = Query("1h", description="how far back: 90s, 5m, 2h, 1d", max_length=20),
    namespace: str | None = None,
) -> dict[str, Any]:
    """Changes, newest first; secret values hidden."""
    found = [present.change(change) for change in house.changes(since, namespace)]
    return {"changes": reach.rows(house, actor, found)}
