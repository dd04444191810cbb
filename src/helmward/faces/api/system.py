"""The house itself: what it watches and with what rights, a whole diagnosis, the codes, the settings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from helmward.faces.api.access import TheHouse, TheRequests, Viewer, WholeViewer
from helmward.house import reach

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
    """Every workload with its replicas and open incidents."""
    return {"workloads": reach.rows(house, actor, house.workloads(namespace))}


@router.get("/settings")
async def settings(house: TheHouse, _actor: Viewer) -> dict[str, Any]:
    """The settings in force and where each came from; secrets masked."""
    return house.settings()
