"""A plan's sheet, on whichever page it is opened: what would change, who may say yes, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from helmward.faces.console.client import part
from helmward.faces.console.contract import Done, Visit


class Sheet(NamedTuple):
    """An open plan; `close` is the address without it. `undone`: the step whose undo is asked for; `denying`: no is to be
    said, and why."""

    plan: Mapping[str, Any]
    close: str
    undone: Mapping[str, Any] | None
    denying: bool

    @classmethod
    async def of(cls, visit: Visit) -> Sheet | None:
        """The plan that `sheet` in the address names; `undo` an action of it, `deny` opens the form. Shown to somebody, they
        may approve it. Raises ApiError."""
        identity = visit.query.get("sheet", "")
        if not identity:
            return None
        plan = await visit.api.get(f"/plans/{part(identity)}", peek=visit.live or None)
        undone = next((step for step in plan["actions"] if step["id"] == visit.query.get("undo")), None)
        close = visit.here(sheet=None, undo=None, deny=None)
        return cls(plan, close, undone, visit.query.get("deny") == "yes")


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
    """No, and why: who gave no reason is asked for one."""
    identity, reason = part(visit.params["identity"]), visit.form.get("reason", "").strip()
    if not reason:
        return Done(_place(await visit.api.get(f"/plans/{identity}", peek=True)) + "&deny=yes")
    done = await visit.api.post(f"/plans/{identity}/deny", {"reason": reason})
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
