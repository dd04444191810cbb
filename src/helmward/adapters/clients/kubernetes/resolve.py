"""From a context's name to its connection: finds cluster and user, checks them, resolves paths, decodes data."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from urllib.parse import urlsplit

from helmward.adapters.clients.kubernetes.connection import Connection, ExecPlugin, Impersonation
from helmward.adapters.clients.kubernetes.kubeconfig import Cluster, Entry, Kubeconfig, User
from helmward.core.errors import UnreadableError, UsageError

_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


def resolve(config: Kubeconfig, context: str | None) -> Connection:
    """The connection of `context` (None: the current one).

    Raises UsageError for a context, cluster or user that is not there or contradicts itself, UnreadableError for data
    that is not base64.
    """
    known = ", ".join(sorted(config.contexts)) or "none"
    name = context or config.current_context
    if not name:
        raise UsageError(f"{config.named} has no current-context; pass --context (there are: {known}).")
    if name not in config.contexts:
        raise UsageError(f"There is no context '{name}' in {config.named}; there are: {known}.")
    chosen = config.contexts[name].value
    if chosen.cluster not in config.clusters:
        raise UsageError(f"The context '{name}' names the cluster '{chosen.cluster}', which {config.named} lacks.")
    if chosen.user and chosen.user not in config.users:
        raise UsageError(f"The context '{name}' names the user '{chosen.user}', which {config.named} lacks.")
    cluster = config.clusters[chosen.cluster]
    user = config.users[chosen.user] if chosen.user else Entry(User(), cluster.file)
    return _connection(name, chosen.cluster, chosen.user, chosen.namespace, cluster, user)


def _connection(
    context: str, cluster_name: str, user_name: str, namespace: str, cluster: Entry[Cluster], user: Entry[User]
) -> Connection:
    where, who = cluster.value, user.value
    _check(cluster_name, user_name, where, who)
    return Connection(
        server=_server(cluster_name, where),
        source=f"kubeconfig {cluster.file}",
        context=context,
        cluster=cluster_name,
        user=user_name,
        namespace=namespace or "default",
        certificate_authority=_path(cluster.file, where.certificate_authority),
        certificate_authority_data=_data(cluster.file, "certificate-authority-data", where.certificate_authority_data),
        insecure_skip_tls_verify=where.insecure_skip_tls_verify,
        tls_server_name=where.tls_server_name,
        proxy_url=where.proxy_url,
        client_certificate=_path(user.file, who.client_certificate),
        client_certificate_data=_data(user.file, "client-certificate-data", who.client_certificate_data),
        client_key=_path(user.file, who.client_key),
        client_key_data=_data(user.file, "client-key-data", who.client_key_data),
        token=who.token,
        token_file=_path(user.file, who.token_file),
        username=who.username,
        password=who.password,
        exec_plugin=_exec(cluster.value, user),
        impersonate=_impersonation(who),
    )


def _check(cluster_name: str, user_name: str, cluster: Cluster, user: User) -> None:
    if not cluster.server:
        raise UsageError(f"The cluster '{cluster_name}' of the kubeconfig has no server; add its address.")
    if cluster.insecure_skip_tls_verify and (cluster.certificate_authority or cluster.certificate_authority_data):
        raise UsageError(
            f"The cluster '{cluster_name}' sets both insecure-skip-tls-verify and a certificate authority; remove one."
        )
    if user.auth_provider is not None:
        raise UsageError(
            f"The user '{user_name}' uses auth-provider, which Kubernetes 1.26 removed; use an exec plugin or a token."
        )
    if user.token and (user.username or user.password):
        raise UsageError(f"The user '{user_name}' has both a token and a password; keep one.")
    if user.exec is not None and not (user.exec.command and user.exec.api_version):
        raise UsageError(f"The exec plugin of the user '{user_name}' needs both `command` and `apiVersion`.")
    if not user.as_ and (user.as_uid or user.as_groups or user.as_user_extra):
        raise UsageError(f"The user '{user_name}' impersonates groups but no user; add `as`.")


def _server(cluster_name: str, cluster: Cluster) -> str:
    server = cluster.server
    if "://" not in server:
        secure = cluster.certificate_authority or cluster.certificate_authority_data or cluster.insecure_skip_tls_verify
        server = f"{'https' if secure else 'http'}://{server}"
    try:
        parts = urlsplit(server)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username is not None:
        raise UsageError(f"The server of the cluster '{cluster_name}' is no address like https://host:6443; mend it.")
    return server.rstrip("/")


def _exec(cluster: Cluster, user: Entry[User]) -> ExecPlugin | None:
    plugin = user.value.exec
    if plugin is None:
        return None
    extensions = {entry.get("name"): entry.get("extension") for entry in cluster.extensions}
    # A bare name is looked up in PATH; anything with a separator is a path beside the kubeconfig (as client-go does).
    local = os.sep in plugin.command
    return ExecPlugin(
        api_version=plugin.api_version,
        command=str(_path(user.file, plugin.command)) if local else plugin.command,
        args=tuple(plugin.args),
        env=tuple((variable.name, variable.value) for variable in plugin.env),
        install_hint=plugin.install_hint,
        provide_cluster_info=plugin.provide_cluster_info,
        interactive_mode=plugin.interactive_mode,
        cluster_config=extensions.get(_EXEC_EXTENSION),
    )


def _impersonation(user: User) -> Impersonation | None:
    if not user.as_:
        return None
    extra = {key: tuple(values) for key, values in user.as_user_extra.items()}
    return Impersonation(user=user.as_, uid=user.as_uid, groups=tuple(user.as_groups), extra=extra)


def _path(file: Path, text: str) -> Path | None:
    return file.parent / text if text else None


def _data(file: Path, field: str, text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise UnreadableError(f"The {field} in the kubeconfig {file} is not base64; copy it again.") from None
