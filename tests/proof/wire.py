"""One write as it came by on the wire, and what can be said of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

ACTION = "helmward.dev/action"


@dataclass
class Wire:
    """A request that is no GET. `acknowledged` is the audit log's last acknowledged record when the request arrived (the head
    beside the key, fsynced before anybody is answered); `status` stays 0 where no answer came back from behind."""

    time: float
    method: str
    path: str
    query: dict[str, str]
    audit_id: str
    body: Any = field(repr=False)
    acknowledged: int = -1
    status: int = 0
    lost: bool = False

    @property
    def dry(self) -> bool:
        """Nothing is stored."""
        return self.query.get("dryRun") == "All"

    @property
    def effective(self) -> bool:
        """It was asked for in earnest, and granted."""
        return not self.dry and 200 <= self.status < 300

    @property
    def question(self) -> tuple[str, str] | None:
        """(apiVersion, kind) of what was posted to a collection; None for any other request."""
        if self.method != "POST" or not isinstance(self.body, dict):
            return None
        return str(self.body.get("apiVersion")), str(self.body.get("kind"))

    @property
    def action(self) -> str:
        """The action that the body writes onto the object; "" for none. A deletion carries none: the header names it."""
        if isinstance(self.body, list):
            return next((found for operation in self.body if (found := _marked(operation))), "")
        return self.audit_id if self.method == "DELETE" or self.path.endswith("/eviction") else ""


def decoded(body: bytes) -> Any:
    """The body as JSON; None where it is none."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _marked(operation: Any) -> str:
    path, value = operation.get("path", ""), operation.get("value")
    if path == "/metadata/annotations/helmward.dev~1action":
        return str(value)
    if path == "/metadata/annotations" and isinstance(value, dict):
        return str(value.get(ACTION, ""))
    return ""
