"""A plan's sheet, on whichever page it is opened: what would change, who may say yes, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from helmward.faces.console.client import part
from helmward.faces.console.contract import Done, Visit


class Sheet(NamedTuple):
    """An open plan; `close` is the address without it."""

    plan: Mapping[str, Any]
    close: str

    @classmethod
    async def of(cls, visit: Visit) -> Sheet | None:
        """The plan that `sheet` in the address names. Shown to somebody, they may approve it. Raises ApiError."""
        identity = visit.query.get("sheet", "")
        if not identity:
            return None
        return cls(await visit.api.get(f"/plans/{part(identity)}", peek=visit.live or None), visit.here(sheet=None))


async def approve(visit: Visit) -> Done:
    """Yes to exactly the digest that was shown."""
    form = visit.form
    body = {
        "digest": form.get("digest", ""),
        "reason": form.get("reason", ""),
        "breakGlass": form.get("glass") == "on",
        "name": form.get("name") or None,
        "password": form.get("password") or None,
    }
    done = await visit.api.post(f"/plans/{part(visit.params['identity'])}/approve", body)
    return Done(_place(done), f"Approved: {done['title']}. What comes of it appears here.")


async def deny(visit: Visit) -> Done:
    """No."""
    body = {"reason": visit.form.get("reason", "")}
    done = await visit.api.post(f"/plans/{part(visit.params['identity'])}/deny", body)
    return Done(_place(done), f"Denied: {done['title']}.")


async def undo(visit: Visit) -> Done:
    """A plan that takes an action back."""
    body = {"reason": visit.form.get("reason", "")}
    made = await visit.api.post(f"/plans/{part(visit.params['identity'])}/undo", body)
    waits = made["state"] == "waiting"
    return Done(_place(made), "Somebody has to approve the undo." if waits else "It is being taken back.")


async def review(visit: Visit) -> Done:
    """Somebody else has looked at a broken glass."""
    body = {"reason": visit.form.get("reason", "")}
    done = await visit.api.post(f"/plans/{part(visit.params['identity'])}/review", body)
    return Done(_place(done), "Reviewed.")


def _place(plan: Mapping[str, Any]) -> str:
    """Where a plan is seen: on its incident, or among the approvals."""
    page = f"/incidents/{part(plan['incident'])}" if plan["incident"] else "/approvals"
    return f"{page}?sheet={part(plan['id'])}"
