"""Which cluster: an explicit choice, else the kubeconfig, else the pod's own service account, else a sentence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from helmward.adapters.clients.kubernetes.connection import Connection
from helmward.adapters.clients.kubernetes.kubeconfig import Kubeconfig, read
from helmward.adapters.clients.kubernetes.resolve import resolve
from helmward.core.errors import UsageError

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def find(
    context: str | None = None,
    path: Path | None = None,
    env: Mapping[str, str] = os.environ,
    root: Path = SERVICE_ACCOUNT,
) -> Connection:
    """The connection to use: what `context` or `path` name, else the kubeconfig, else in-cluster.

    Raises UsageError (no such context, nothing configured) and UnreadableError (a broken file).
    """
    if context is not None or path is not None:
        return load(context, path, env)
    config = _read(None, env)
    if config.contexts or config.current_context:
        return resolve(config, None)
    if env.get("KUBERNETES_SERVICE_HOST") and (root / "token").exists():
        return in_cluster(root, env)
    raise UsageError(
        f"No cluster is configured: {config.named} holds no context and this is not a pod; "
        "set KUBECONFIG, pass --context, or try it on a cluster in a box with `helmward up --lab`."
    )


def load(context: str | None = None, path: Path | None = None, env: Mapping[str, str] = os.environ) -> Connection:
    """The connection of `context` (None: the current one) of the kubeconfig `path` (None: $KUBECONFIG, ~/.kube/config).

    Raises UsageError for a context, cluster or user that is not there, UnreadableError for a file that cannot be read.
    """
    return resolve(_read(path, env), context)


def in_cluster(root: Path = SERVICE_ACCOUNT, env: Mapping[str, str] = os.environ) -> Connection:
    """The connection that every pod is given (kubernetes.io/docs: Accessing the API from within a Pod)."""
    host, port = env.get("KUBERNETES_SERVICE_HOST", ""), env.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise UsageError("This is not a pod of a cluster (KUBERNETES_SERVICE_HOST is not set); pass --context instead.")
    if not (root / "token").exists():
        raise UsageError(f"This pod has no service account token at {root}; set automountServiceAccountToken: true.")
    namespace = root / "namespace"
    authority = root / "ca.crt"
    return Connection(
        server=f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}",
        source="the service account of this pod",
        context="in-cluster",
        cluster="in-cluster",
        user="the pod's service account",
        namespace=namespace.read_text().strip() if namespace.exists() else "default",
        certificate_authority=authority if authority.exists() else None,
        token_file=root / "token",
    )


def _read(path: Path | None, env: Mapping[str, str]) -> Kubeconfig:
    if path is not None:
        return read([path], must_exist=True)
    listed = [Path(part) for part in env.get("KUBECONFIG", "").split(os.pathsep) if part]
    home = Path(env["HOME"]) if env.get("HOME") else Path.home()
    return read(listed or [home / ".kube" / "config"], must_exist=False)
