"""The house itself: what it watches and with what rights, a whole diagnosis, the codes, the settings."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from helmward.faces.api.access import TheHouse, TheRequests, Viewer, WholeViewer
from helmward.house import reach
from helmward.house.settings_shown import shown

router = APIRouter(tags=["system"])


@router.get("/status")
async def status(house: TheHouse, requests: TheRequests, _actor: Viewer) -> dict[str, Any]:
    """What is watched, as whom, what could not be read, how current it is, and what somebody has to see to."""
    return house.status() | {"notices": list(await requests.notices())}


@router.get("/diagnosis")
async def diagnosis(house: TheHouse, _actor: WholeViewer) -> dict[str, Any]:
    """The diagnosis report (schema helmward.dev/diagnosis/v1) of the world as it stands."""
    return house.diagnosis()


@router.get("/workloads")
async def workloads(house: TheHouse, actor: Viewer, namespace: str | None = None) -> dict[str, Any]:
    """Every Deployment, StatefulSet and DaemonSet with its replicas, health and why, and live incidents."""
    return {"workloads": house.workloads(namespace, reach.sight(house, actor))}


@router.get("/settings")
async def settings(
    house: TheHouse,
    _actor: Viewer,
    q: Annotated[str, Query(max_length=100, description="Only those with all these words in them.")] = "",
    changed: Annotated[bool, Query(description="Only those that are not as they come.")] = False,
) -> dict[str, Any]:
    """The settings in force by dotted path: the value, where it came from and what it is for; secrets masked."""
    return shown(house, q, changed)
