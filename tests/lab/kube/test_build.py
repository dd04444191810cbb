"""What `helmward lab build` builds, skips and says; a stand-in `go` records its calls, the real one takes minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from helmward.core.errors import HelmwardError, UsageError
from helmward.lab.kube.assets import built_folder
from helmward.lab.kube.build import build, programs

# Like go: answers `list -m` and `env GOVERSION`, and for `build` writes the program that follows -o.
_GO = """#!/bin/sh
case $1 in
    list) [ -z "$GO_TOO_OLD" ] || { echo "go: go.mod requires go >= 1.26.0 (running go 1.20)" >&2; exit 1; } ;;
    env) echo "${GO_VERSION:-go1.26.8}" ;;
    build)
        [ -z "$GO_BREAKS" ] || { echo "undefined: x" >&2; exit 1; }
        for last; do :; done
        echo "$last $CGO_ENABLED" >>"$GO_CALLS"
        while [ "$1" != -o ]; do shift; done
        echo program >"$2" && chmod +x "$2" ;;
esac
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which the stand-in go notes which package it built."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "go").write_text(_GO)
    (tmp_path / "bin" / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GO_CALLS", str(tmp_path / "calls"))
    return tmp_path / "calls"


def test_it_builds_each_program_once(calls: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build()
    assert calls.read_text().splitlines() == [f"{program.package} 0" for program in programs()]
    assert sorted(path.name for path in built_folder().iterdir() if not path.name.startswith(".")) == sorted(
        ["built.json", *(program.name for program in programs())]
    )
    capsys.readouterr()
    build()
    assert len(calls.read_text().splitlines()) == len(programs())
    assert capsys.readouterr().err.count("up to date") == len(programs())


def test_it_builds_again_what_is_missing_forced_or_of_another_go(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    calls.unlink()
    (built_folder() / "kubectl").unlink()
    build()
    assert calls.read_text() == "k8s.io/kubernetes/cmd/kubectl 0\n"
    monkeypatch.setenv("GO_VERSION", "go1.27.0")
    calls.unlink()
    build()
    assert len(calls.read_text().splitlines()) == len(programs())
    calls.unlink()
    build(force=True)
    assert len(calls.read_text().splitlines()) == len(programs())


def test_a_failed_build_keeps_the_old_program_and_says_why(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build()
    monkeypatch.setenv("GO_BREAKS", "1")
    with pytest.raises(HelmwardError, match="go build of etcd failed: undefined: x"):
        build(force=True)
    assert (built_folder() / "etcd").read_text() == "program\n"
    assert not list(built_folder().glob(".building-*"))


def test_go_too_old_or_missing_is_one_sentence(calls: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GO_TOO_OLD", "1")
    with pytest.raises(UsageError, match=r"requires go >= 1.26.0 \(running go 1.20\); install a newer Go"):
        build()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="needs Go, and there is no `go` on the PATH"):
        build()


def test_kubernetes_is_stamped_with_its_version() -> None:
    link = next(program.link for program in programs() if program.name == "kube-apiserver")
    assert "-X k8s.io/component-base/version.gitVersion=v1.34.3" in link
    assert "gitMajor=1 " in link
    assert "gitMinor=34 " in link
