"""`diagnose` on files, folders, standard input, bundles and clusters: formats, exit codes, baselines."""

from __future__ import annotations

import io
import json
import tarfile
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
import yaml

from ...house.home import pod, waiting_for_its_image
from ..conftest import Cli, Result
from ..station import Station


def broken_pod(name: str = "app") -> dict[str, Any]:
    return pod(name) | waiting_for_its_image()


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "a folder" / "app.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(broken_pod()))
    return path


def report(result: Result) -> Any:
    document = json.loads(result.out)
    schema = json.loads((files("helmward.core") / "schemas" / "diagnosis-v1.json").read_text())
    jsonschema.validate(document, schema)
    return document


def codes(result: Result) -> list[str]:
    return [finding["code"] for finding in report(result)["findings"]]


def bundle(path: Path) -> Path:
    listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": [broken_pod()]}).encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("get/pods.json")
        member.size = len(listed)
        archive.addfile(member, io.BytesIO(listed))
    return path


def test_every_way_in_finds_the_same(manifest: Path, tmp_path: Path, alone: Cli) -> None:
    as_json = tmp_path / "app.json"
    as_json.write_text(json.dumps(broken_pod()))
    ways = [
        alone("diagnose", str(manifest), "-o", "json"),
        alone("diagnose", str(as_json), "-o", "json"),
        alone("diagnose", str(manifest.parent), "-o", "json"),
        alone("diagnose", "-", "-o", "json", stdin=manifest.read_bytes()),
        alone("diagnose", "-", "-o", "json", stdin=as_json.read_bytes()),
        alone("diagnose", str(bundle(tmp_path / "bundle.tar.gz")), "-o", "json"),
    ]
    assert [result.code for result in ways] == [0] * 6
    assert {tuple(codes(result)) for result in ways} == {tuple(codes(ways[0]))}
    assert any(code.startswith("HW-IMG-") for code in codes(ways[0]))
    assert [result.err for result in ways] == [""] * 6


def test_a_cluster_without_a_server(station: Station, alone: Cli) -> None:
    station.incident("cold")
    result = alone("diagnose", "--kubeconfig", str(station.home.proxy.kubeconfig), "-n", "default", "-o", "json")
    assert result.code == 0
    assert "cold" in {finding["resource"]["name"] for finding in report(result)["findings"]}
    none = alone("diagnose", "--kubeconfig", str(station.home.proxy.kubeconfig), "-n", "kube-public", "-o", "json")
    assert {finding["resource"]["namespace"] for finding in report(none)["findings"]} <= {"", "kube-public"}


@pytest.mark.parametrize(("code", "ends"), [(401, 5), (403, 5)])
def test_a_cluster_that_lets_us_see_nothing(station: Station, alone: Cli, code: int, ends: int) -> None:
    station.home.proxy.refused["*"] = code
    try:
        result = alone("diagnose", "--kubeconfig", str(station.home.proxy.kubeconfig))
    finally:
        station.home.proxy.refused.clear()
    assert (result.code, result.out) == (ends, "")
    assert result.err.count("\n") == 1


def test_a_cluster_that_lets_us_see_some(station: Station, alone: Cli) -> None:
    station.home.proxy.refused |= {"secrets": 403, "configmaps": 403}
    try:
        result = alone("diagnose", "--kubeconfig", str(station.home.proxy.kubeconfig), "-o", "json")
    finally:
        station.home.proxy.refused.clear()
    unread = {entry["kind"]: entry["reason"] for entry in report(result)["coverage"]["unread"]}
    assert (unread["Secret"], unread["ConfigMap"]) == ("forbidden", "forbidden")
    assert "ConfigMap, Secret" in result.err
    assert "helmward rbac" in result.err


def test_no_cluster(alone: Cli, tmp_path: Path) -> None:
    nothing = alone("diagnose")
    assert (nothing.code, nothing.out) == (2, "")
    assert "helmward up --lab" in nothing.err
    gone = tmp_path / "gone.kubeconfig"
    gone.write_text(json.dumps({
        "current-context": "a", "contexts": [{"name": "a", "context": {"cluster": "a"}}],
        "clusters": [{"name": "a", "cluster": {"server": "http://127.0.0.1:1"}}],
    }))  # fmt: skip
    unreachable = alone("diagnose", "--kubeconfig", str(gone))
    assert (unreachable.code, unreachable.out) == (7, "")
    assert unreachable.err.count("\n") == 1
    assert alone("diagnose", "--kubeconfig", str(tmp_path / "none")).code == 4


def test_files_and_a_cluster_at_once(manifest: Path, alone: Cli) -> None:
    result = alone("diagnose", str(manifest), "--context", "x")
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize(
    ("limit", "code"), [("critical", 0), ("high", 3), ("medium", 3), ("low", 3), ("info", 3), (None, 0)]
)
def test_fail_on(limit: str | None, code: int, manifest: Path, alone: Cli) -> None:
    result = alone("diagnose", str(manifest), "-o", "json", *(["--fail-on", limit] if limit else []))
    severities = {finding["severity"] for finding in report(result)["findings"]} | {
        incident["severity"] for incident in report(result)["incidents"]
    }
    assert severities == {"high"}, "the test wants a fault that is high and nothing else"
    assert result.code == code


def test_what_is_healthy_passes(tmp_path: Path, alone: Cli) -> None:
    (tmp_path / "ok.yaml").write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
    result = alone("diagnose", str(tmp_path / "ok.yaml"), "--fail-on", "info")
    assert result.code == 0
    assert "Nothing is wrong" in result.out


@pytest.mark.parametrize("content", [None, b"\x00\x01\x02", b"{", b"a: [\n"])
def test_what_cannot_be_read_at_all(content: bytes | None, tmp_path: Path, alone: Cli) -> None:
    path = tmp_path / "broken.yaml"
    if content is not None:
        path.write_bytes(content)
    result = alone("diagnose", str(path), "-o", "json")
    assert (result.code, result.out) == (4, "")
    assert "broken.yaml" in result.err
    assert result.err.count("\n") == 1


def test_one_broken_document_beside_good_ones(manifest: Path, alone: Cli) -> None:
    manifest.write_text(manifest.read_text() + "---\na: [\n")
    result = alone("diagnose", str(manifest), "-o", "json")
    assert result.code == 0
    assert report(result)["findings"]
    assert any("app.yaml" in problem for problem in report(result)["coverage"]["problems"])


def test_a_clock(manifest: Path, alone: Cli) -> None:
    assert alone("diagnose", str(manifest), "--now", "2026-01-31T12:00:00Z").code == 0
    for words in ((str(manifest), "--now", "noon"), ("--now", "2026-01-31T12:00:00Z")):
        result = alone("diagnose", *words)
        assert (result.code, result.out) == (2, "")


def baseline(path: Path, finding: Any, expires: str) -> Path:
    entry = {
        "code": finding["code"], "resource": "Pod/default/*", "reason": "being retired, ticket 4711", "expires": expires,
    }  # fmt: skip
    path.write_text(yaml.safe_dump({"baseline": [entry]}))
    return path


def test_a_baseline_with_reason_and_expiry(manifest: Path, tmp_path: Path, alone: Cli) -> None:
    found = report(alone("diagnose", str(manifest), "-o", "json"))["findings"]
    first = next(finding for finding in found if finding["code"].startswith("HW-IMG"))
    words = (
        "diagnose",
        str(manifest),
        "-o",
        "json",
        "--fail-on",
        "high",
        "--now",
        "2026-01-31T12:00:00Z",
        "--baseline",
    )
    known = alone(*words, str(baseline(tmp_path / "known.yaml", first, "2026-12-31")))
    assert known.code == 0
    assert report(known)["incidents"] == []
    assert report(known)["suppressed"][0]["reason"] == "being retired, ticket 4711"
    expired = alone(*words, str(baseline(tmp_path / "expired.yaml", first, "2026-01-30")))
    assert expired.code == 3
    assert "expired on 2026-01-30" in expired.err
    assert alone(*words, str(tmp_path / "none.yaml")).code == 4
    (tmp_path / "odd.yaml").write_text("baseline: [{code: HW-IMG-001}]")
    odd = alone(*words, str(tmp_path / "odd.yaml"))
    assert (odd.code, odd.out) == (2, "")


def test_sarif(manifest: Path, alone: Cli) -> None:
    """SARIF 2.1.0: the parts its schema requires, and references that lead somewhere."""
    result = alone("diagnose", str(manifest), "-o", "sarif")
    document = json.loads(result.out)
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "helmward"
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert run["results"]
    for found in run["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
        assert found["level"] in ("error", "warning", "note", "none")
        assert found["message"]["text"]
        assert found["partialFingerprints"]
        for location in found["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert " " not in uri  # RFC 3986
            assert unquote(urlsplit(uri).path).endswith("a folder/app.yaml")
            assert location["physicalLocation"].get("region", {"startLine": 1})["startLine"] >= 1


def test_markdown_and_table(manifest: Path, alone: Cli) -> None:
    assert alone("diagnose", str(manifest), "-o", "markdown").out.startswith("# Diagnosis\n")
    assert "1 incident." in alone("diagnose", str(manifest)).out
    assert yaml.safe_load(alone("diagnose", str(manifest), "-o", "yaml").out)["schema"] == "helmward.dev/diagnosis/v1"


def test_options_named_twice_and_nonsense(alone: Cli) -> None:
    assert alone("diagnose", "-", "-", "-o", "json", stdin=json.dumps(broken_pod()).encode()).code == 0
    assert alone("diagnose", "-", stdin=b"").code in (0, 4)
    assert alone("diagnose", "").code == 2  # an unset variable, not the folder one is in
