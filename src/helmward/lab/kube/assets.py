"""Where the control plane's programs lie: the folder of KUBEBUILDER_ASSETS, or the cache that a build fills."""

from __future__ import annotations

import os
from pathlib import Path

from helmward.core.errors import UsageError

KUBERNETES_VERSION = "v1.34.3"
CONTROL_PLANE = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")


def cache_folder() -> Path:
    """`$XDG_CACHE_HOME/helmward`, or `~/.cache/helmward`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "helmward"


def built_folder() -> Path:
    """Where `helmward lab build` puts what it builds: one folder for each Kubernetes version."""
    return cache_folder() / "control-plane" / KUBERNETES_VERSION


def programs_folder(*needed: str) -> Path:
    """The folder that holds the `needed` programs (default: the four of the control plane).

    Raises UsageError, naming what is missing and how to build it.
    """
    named = os.environ.get("KUBEBUILDER_ASSETS")
    folder = Path(named).absolute() if named else built_folder()
    missing = [name for name in needed or CONTROL_PLANE if not os.access(folder / name, os.X_OK)]
    if missing:
        remedy = "point it at a folder that has them, or unset it" if named else "build them with `./dev control-plane`"
        place = f"the folder of KUBEBUILDER_ASSETS, {folder}," if named else str(folder)
        raise UsageError(f"The real control plane needs {', '.join(missing)}, and {place} lacks them: {remedy}.")
    return folder
