"""What the tools of the house take (house_tools.py)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from helmward.door.tool import NAME, Arguments

ID = r"^(inc|plan|act)-[a-z0-9]{1,20}(-[0-9]{1,3})?$"
"""An id of an incident, a plan or an action, or its beginning."""

LONGEST_WAIT = 60
"""Seconds that `actions_get` follows an action at most."""


class Listed(Arguments):
    """Arguments of what comes in pages."""

    limit: int = Field(default=50, ge=1, le=500, description="At most so many rows in one page.")
    cursor: str | None = Field(default=None, max_length=60, description="The cursor of the page before.")


class IncidentsArguments(Listed):
    """Which incidents."""

    state: Literal["live", "all", "open", "acting", "resolved", "suppressed"] = Field(
        default="live", description="In this state; live is everything not resolved."
    )
    namespace: str | None = Field(default=None, pattern=NAME, max_length=63, description="Only in this namespace.")


class IncidentArguments(Arguments):
    """One incident."""

    id: str = Field(pattern=r"^inc-[a-z0-9]{1,20}$", description="The incident's id, such as inc-k3m2q7ab.")


class PlansArguments(Listed):
    """Which plans."""

    incident: str | None = Field(default=None, pattern=ID, description="Only those of this incident.")
    waiting: bool = Field(default=False, description="Only those that wait for an approval.")


class PlanArguments(Arguments):
    """One plan."""

    id: str = Field(pattern=ID, description="The plan's id, or that of its action or incident.")


class ActionsArguments(Listed):
    """Which actions."""

    of: str | None = Field(default=None, pattern=ID, description="Only those of this plan or incident.")


class ActionArguments(Arguments):
    """One action."""

    id: str = Field(pattern=ID, description="The action's id, or that of its plan.")
    wait_seconds: int = Field(
        default=0, ge=0, le=LONGEST_WAIT, description="Wait so many seconds at most for it to end; 0: answer at once."
    )


class ChangesArguments(Listed):
    """Which changes."""

    since: str = Field(
        default="1h", pattern=r"^[0-9wdhms]{2,20}$", description="Of the last, such as 30m; at most 24h."
    )
    namespace: str | None = Field(default=None, pattern=NAME, max_length=63, description="Only in this namespace.")


class PlanningArguments(IncidentArguments):
    """An incident to mend."""

    new: bool = Field(default=False, description="Make another plan, unless one is being carried out.")


class UndoArguments(Arguments):
    """What to take back."""

    id: str = Field(pattern=ID, description="The action's id, or that of its plan or incident.")
