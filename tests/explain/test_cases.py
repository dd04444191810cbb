"""Runs every fixture of every analyzer: `cases/<analyzer module>/<bad|good|both>-<case>.yaml`.

A fixture is a stream of YAML documents: Kubernetes objects, and these of our own (all optional but Expect):

    {kind: Now, now: "2026-01-01T12:00:00Z"}            the clock; else the newest timestamp in the fixture
    {kind: Read, kinds: [Secret]}                       kinds that were read though the fixture holds none of them
    {kind: Unread, kinds: [ConfigMap]}                  kinds that were not read though the fixture holds some of them
    {kind: Before, at: <time>, object: {...}}           what an object was until `at` (then it became what the fixture
                                                        holds, or was deleted): how live changes are told
    {kind: Drift, resource: Kind/ns/name, path: spec.x, before: a, after: b}  what a manifest says, and what runs
    {kind: Log, pod: ns/name, container: c, previous: true, text: |...}
    {kind: Signs, series: {table/column: [values…]}, checks: {name: text}, alerts: [{labels: {…}, summary: text}]}
    {kind: NodeService, node: n, service: kubelet, text: ...}
    {kind: Expect, findings: [...], incidents: [...]}   last

A finding is expected as {code, resource: Kind/ns/name, message: substring (or a list), evidence: [source…], blames:
[Kind/ns/name…], command: substring, tool: name, severity, depth}, all but the first two optional; `findings` are all
that the folder's own analyzer finds. An incident is expected as {first: code, resource, symptoms: [code…]}; `incidents`
are all that every analyzer together amounts to. In a good case no analyzer finds anything.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.explain.casefile import FILES, Case, apply, built, fill, read_case, ref_of

from helmward.core.extend import REGISTRY
from helmward.core.nouns import Finding
from helmward.explain.causes.incidents import incidents
from helmward.explain.engine import Engine
from helmward.world.store import World

CLASSES = {cls.__module__.rpartition(".")[2]: cls for cls in REGISTRY.slots["analyzer"].values()}


def examine(case: Case) -> tuple[World, list[Finding]]:
    world = World()
    engine = Engine(world, built())
    fill(world, case)
    engine.full(case.now)
    return world, engine.findings


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(path: Path) -> None:
    case = read_case(path)
    world, found = examine(case)
    own_codes = {code.id for code in CLASSES[path.parent.name].codes}  # type: ignore[attr-defined]
    shown = "\n".join(f"{finding.code} {finding.resource} {finding.message}" for finding in found) or "nothing"
    assert not [finding for finding in found if finding.code == "HW-SELF-001"], shown
    if path.stem.startswith("good-"):
        assert case.expect["findings"] == [] and found == [], shown
        return
    _compare(case.expect["findings"], [finding for finding in found if finding.code in own_codes], shown)
    for finding in found:
        _check_form(finding)
    if "incidents" in case.expect:
        _compare_incidents(case, world, found)
    assert "incidents" in case.expect or not path.stem.startswith("both-"), "a both case names its incidents"


def _compare(expected: list[dict[str, Any]], found: list[Finding], shown: str) -> None:
    wanted = Counter((item["code"], item["resource"]) for item in expected)
    assert wanted == Counter((finding.code, str(finding.resource)) for finding in found), f"found: {shown}"
    for item in expected:
        same = [
            finding for finding in found if (finding.code, str(finding.resource)) == (item["code"], item["resource"])
        ]
        problems = [_mismatch(item, finding) for finding in same]
        assert "" in problems, "; ".join(problems)


def _mismatch(item: dict[str, Any], finding: Finding) -> str:
    messages = item.get("message", [])
    for part in [messages] if isinstance(messages, str) else messages:
        if part not in finding.message:
            return f"no {part!r} in: {finding.message}"
    sources = {piece.source for piece in finding.evidence}
    if missing := set(item.get("evidence", ())) - sources:
        return f"no evidence of {missing}: {finding.evidence}"
    if "blames" in item and sorted(item["blames"]) != sorted(map(str, finding.blames)):
        return f"it blames {[*map(str, finding.blames)]}"
    if "command" in item and not any(item["command"] in remedy.command for remedy in finding.remedies):
        return f"no command {item['command']!r}: {[remedy.command for remedy in finding.remedies]}"
    if "tool" in item and item["tool"] not in [remedy.tool for remedy in finding.remedies]:
        return f"no tool {item['tool']}: {[remedy.tool for remedy in finding.remedies]}"
    for name in ("severity", "depth"):
        if name in item and item[name] != getattr(finding, name):
            return f"{name} is {getattr(finding, name)}"
    return ""


def _compare_incidents(case: Case, world: World, found: list[Finding]) -> None:
    by_id = {finding.id: finding for finding in found}
    amounts = incidents(found, world, case.now)
    shown = [(by_id[amount.causes[0].finding].code, str(amount.resource)) for amount in amounts]
    assert Counter((item["first"], item["resource"]) for item in case.expect["incidents"]) == Counter(shown)
    changes = {piece.id for finding in found for piece in finding.evidence if piece.source == "change"}
    for moment in (moment for amount in amounts for moment in amount.timeline):
        assert "(changed: " not in moment.text, "a change has a line of its own"
        assert moment.evidence not in changes or moment.time not in moment.text, "the time stands beside it"
    for item in case.expect["incidents"]:
        amount = amounts[shown.index((item["first"], item["resource"]))]
        symptoms = {by_id[symptom].code for symptom in amount.symptoms}
        assert set(item.get("symptoms", ())) <= symptoms, f"symptoms: {symptoms}"


def _check_form(finding: Finding) -> None:
    """What every finding owes its reader."""
    name = finding.owner.name if finding.owner else finding.resource.name
    assert finding.message.startswith((f"{name}: ", f"{finding.resource.name}: ")), finding.message
    assert re.match(r"[^\[{\"]\S* ", finding.evidence[0].excerpt), f"convinces nobody: {finding.evidence[0].excerpt}"
    changes = [piece.excerpt for piece in finding.evidence if piece.source == "change"]
    assert finding.brief and "(changed: " not in finding.brief and finding.message.startswith(finding.brief)
    said = finding.message.removeprefix(finding.brief)
    assert not said or any(said == f" (changed: {change})" for change in changes), f"{said!r} has no proof in {changes}"
    assert not re.search(r"\.[;:,]", finding.message), f"two stops in a row: {finding.message}"
    assert finding.evidence and all(piece.excerpt and piece.ref for piece in finding.evidence)
    assert finding.remedy and finding.why
    for remedy in finding.remedies:
        assert not remedy.command or remedy.command.startswith("kubectl "), remedy.command
        assert "None" not in remedy.command, remedy.command


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_arrival_order_does_not_matter(path: Path) -> None:
    """The objects coming one by one, last first, end in the findings of one full pass."""
    case = read_case(path)
    _, found = examine(case)
    world = World()
    engine = Engine(world, built())
    for document in reversed(case.objects):
        if ref_of(document) not in {ref_of(before["object"]) for before in case.own.get("Before", ())}:
            apply(world, document, None)
            engine.update(case.now)
    fill(world, case)
    engine.update(case.now)
    assert engine.findings == found


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_analyzer_has_cases(name: str) -> None:
    kinds = {path.stem.partition("-")[0] for path in FILES if path.parent.name == name}
    assert kinds == {"bad", "good", "both"}, f"{name} has only {sorted(kinds)} cases"
    expected = {
        item["code"] for path in FILES if path.parent.name == name for item in read_case(path).expect["findings"]
    }
    codes = {code.id for code in CLASSES[name].codes}  # type: ignore[attr-defined]
    assert codes == expected, f"no case for {sorted(codes - expected)}, unknown {sorted(expected - codes)}"
