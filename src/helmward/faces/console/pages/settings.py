"""Settings: what holds and where it came from, what Helmward can and cannot read, the policy, and what heals by itself."""

from __future__ import annotations

from typing import Any

from helmward.faces.console.client import ApiError
from helmward.faces.console.contract import Nav, Page, View, Visit, page

TABS = {"settings": "Settings", "reads": "What it reads", "policy": "Policy", "heal": "Healing"}


@page
class Settings(Page):
    """To look at: settings are changed in files."""

    name, path = "settings", "/settings"
    asks = ("tab", "q", "changed")
    nav = Nav(99, "s", "Settings")

    async def show(self, visit: Visit) -> View:
        """The part that `tab` in the address names; of the settings, those with the words `q`, and with `changed` no defaults."""
        tab = visit.query.get("tab", "")
        tab = tab if tab in TABS else "settings"
        given: dict[str, Any] = {"tab": tab, "tabs": TABS, "sections": {}, "policy": {}, "heal": {}, "refused": ""}
        try:
            if tab == "settings":
                given["sections"] = await _sections(visit)
            elif tab != "reads":
                given[tab] = await visit.api.get(f"/{tab}")
        except ApiError as error:
            given["refused"] = str(error)
        return View(TABS[tab], given)


async def _sections(visit: Visit) -> dict[str, list[dict[str, Any]]]:
    """Rows by the first word of their path."""
    asked = {"q": visit.query.get("q"), "changed": visit.query.get("changed") == "yes" or None}
    sections: dict[str, list[dict[str, Any]]] = {}
    for path, entry in (await visit.api.get("/settings", **asked)).items():
        section, _, rest = path.partition(".")
        sections.setdefault(section, []).append(entry | {"path": path, "name": rest or path})
    return sections
