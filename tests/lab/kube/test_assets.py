"""Where the control plane's programs are looked for, and what is said when they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from helmward.core.errors import UsageError
from helmward.lab.kube.assets import CONTROL_PLANE, KUBERNETES_VERSION, programs_folder
from helmward.lab.kube.build import modules_folder


def _fill(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch(mode=0o755)
    return folder


def test_the_cache_is_used_where_nothing_else_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBEBUILDER_ASSETS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(UsageError, match=r"needs etcd, kube-apiserver, .*build them with `./dev control-plane`"):
        programs_folder()
    folder = _fill(tmp_path / "helmward" / "control-plane" / KUBERNETES_VERSION, *CONTROL_PLANE)
    assert programs_folder() == folder


def test_kubebuilder_assets_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(_fill(tmp_path, *CONTROL_PLANE)))
    assert programs_folder() == tmp_path
    with pytest.raises(UsageError, match="needs kwok, and the folder of KUBEBUILDER_ASSETS"):
        programs_folder("etcd", "kwok")


def test_a_program_that_may_not_be_run_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(_fill(tmp_path, *CONTROL_PLANE)))
    (tmp_path / "etcd").chmod(0o644)
    with pytest.raises(UsageError, match="needs etcd, and"):
        programs_folder()


def test_the_pinned_module_is_the_version_we_say() -> None:
    pinned = (modules_folder() / "kubernetes" / "go.mod").read_text()
    assert f"require k8s.io/kubernetes {KUBERNETES_VERSION}\n" in pinned
