"""`helmward diagnose` as a person runs it, and what of its report the tests compare."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helmward.faces.cli import main

from .stage import Stage


@dataclass(frozen=True)
class Report:
    """A diagnosis report (CONTRACTS.md)."""

    data: dict[str, Any]

    @property
    def first_causes(self) -> list[tuple[str, str]]:
        """(code, workload or object) of each incident's first cause."""
        return [_told(self.finding(incident["causes"][0]["finding"])) for incident in self.data["incidents"]]

    @property
    def causes(self) -> list[list[str]]:
        """The codes of every incident's causes."""
        return [
            [self.finding(cause["finding"])["code"] for cause in incident["causes"]]
            for incident in self.data["incidents"]
        ]

    def finding(self, identity: str) -> dict[str, Any]:
        """The finding of that id."""
        found: dict[str, Any] = next(each for each in self.data["findings"] if each["id"] == identity)
        return found


async def of_cluster(stage: Stage) -> Report:
    """The cluster of the stage, read once from outside the house."""
    return await _diagnose("--kubeconfig", str(stage.lab.kubeconfig))


async def of_files(folder: Path) -> Report:
    """An evidence bundle."""
    return await _diagnose(str(folder))


async def _diagnose(*words: str) -> Report:
    out, complaints = io.StringIO(), io.StringIO()

    def call() -> int:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
            return main.run(["diagnose", *words, "-o", "json"])

    # The command has an event loop of its own; the lab's goes on in this thread.
    code = await asyncio.to_thread(call)
    assert code == 0, complaints.getvalue()
    return Report(json.loads(out.getvalue()))


def _told(finding: dict[str, Any]) -> tuple[str, str]:
    place = finding["owner"] or finding["resource"]
    return finding["code"], "/".join(place[key] for key in ("kind", "namespace", "name") if place[key])
