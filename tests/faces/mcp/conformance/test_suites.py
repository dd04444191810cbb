"""The npm suites of the protocol's makers against a running server: conformance in both revisions, and the inspector."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .node import CONFORMANCE, installed, node
from .served import served

pytestmark = pytest.mark.slow
KNOWN = Path(__file__).with_name("known_failures.yaml")


@pytest.fixture
async def suites() -> Path:
    return await installed()


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    async with served(tmp_path) as address:
        yield address


@pytest.mark.parametrize("revision", ["2026-07-28", "2025-11-25"])
async def test_conformance(suites: Path, url: str, tmp_path: Path, revision: str) -> None:
    """What fails is what is listed as failing, with a reason; what no longer fails is taken off the list."""
    package, results = suites / "node_modules" / CONFORMANCE, tmp_path / "results"
    words = ("server", "--url", url, "--requirements", revision, "-o", str(results))
    ended = await node(suites, str(package / "dist" / "index.js"), *words, home=tmp_path)
    checks = found(results)
    required = yaml.safe_load((package / "requirements" / f"{revision}.yaml").read_text())["server"]
    assert set(required) <= set(checks), ended.err[-1000:]
    failing = {f"{name}/{one}" for name in required for one, status in checks[name].items() if status == "FAILURE"}
    passed = [name for name in required if "FAILURE" not in checks[name].values()]
    print(f"\n{revision}: {len(passed)} of {len(required)} scenarios pass: {', '.join(passed)}")
    assert failing == listed(revision)


async def test_the_inspector_lists_and_calls(suites: Path, url: str, tmp_path: Path) -> None:
    async def inspected(*words: str) -> tuple[int, Any, str]:
        script = suites / "node_modules" / ".bin" / "mcp-inspector"
        ended = await node(suites, str(script), "--cli", url, "--method", *words, home=tmp_path)
        return ended.code, json.loads(ended.out), ended.err

    code, listing, problems = await inspected("tools/list", "--strict")
    assert (code, problems) == (0, "")
    assert {"incidents_list", "pods_log", "rollout_restart"} <= {one["name"] for one in listing["tools"]}
    code, answer, _ = await inspected("tools/call", "--tool-name", "resources_list", "--tool-arg", "kind=Namespace")
    assert (code, answer["isError"]) == (0, False)
    assert "default" in [item["name"] for item in answer["structuredContent"]["items"]]
    code, answer, _ = await inspected("tools/call", "--tool-name", "resources_list")
    assert (code != 0, answer["content"][0]["text"]) == (True, "resources_list: kind: it must be given.")


def found(results: Path) -> dict[str, dict[str, str]]:
    """By scenario: each check and how it ended; a check that is made several times has failed where it failed once."""
    scenarios: dict[str, dict[str, str]] = {}
    for file in results.glob("server-*/checks.json"):
        name = re.sub(r"-\d{4}-\d\d-\d\dT.*", "", file.parent.name.removeprefix("server-"))
        ended = scenarios.setdefault(name, {})
        for check in json.loads(file.read_text()):
            if ended.get(check["id"]) != "FAILURE":
                ended[check["id"]] = check["status"]
    return scenarios


def listed(revision: str) -> set[str]:
    """The checks that are known to fail, each under its reason."""
    groups = yaml.safe_load(KNOWN.read_text())
    assert all(group["reason"].endswith(".") for group in groups)
    return {check for group in groups for check in group.get(revision, ())}
