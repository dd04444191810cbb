"""What tools come to, and how they are offered, for faces that speak of tools alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from helmward.core.errors import UsageError
from helmward.core.plans import Effect


class UnknownTool(UsageError):
    """There is no tool of this name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool as it is offered: JSON Schemas of what it takes and gives. `outside`: it looks at or changes another system."""

    name: str
    title: str
    description: str
    effect: Effect
    takes: dict[str, Any]
    gives: dict[str, Any]
    outside: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call came to. `data` is a JSON object as `gives` says, `refused` a sentence where the change will not be
    made (None: it runs, is done, or waits), `found` the rules of the guards that found something in it ("": none did)."""

    data: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None
    found: str = ""

    @property
    def text(self) -> str:
        """What of a page is plain text."""
        return str(self.data.get("text", "")) if "items" in self.data else ""


def what_next(plan: dict[str, Any]) -> dict[str, Any]:
    """What somebody may do about it: a person approves by another way than this one."""
    if plan["state"] != "waiting":
        return {}
    return {
        "approve": f"helmward approve {plan['id']}",
        "approvers": plan["approvers"],
        "expires": plan["expires"],
        "path": f"/api/v1/plans/{plan['id']}/approve",
    }
