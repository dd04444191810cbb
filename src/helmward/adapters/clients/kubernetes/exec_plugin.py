"""Runs an exec plugin and reads the credentials it prints (client.authentication.k8s.io/v1 and v1beta1)."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from helmward.adapters.clients.kubernetes.connection import Connection, ExecPlugin
from helmward.core.cluster import Unauthorized
from helmward.core.text import one_line
from helmward.core.typed import decode

_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")


class ExecStatus(msgspec.Struct, rename="camel"):
    """ExecCredentialStatus."""

    token: str = ""
    expiration_timestamp: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""


class _ExecCredential(msgspec.Struct, rename="camel"):
    api_version: str = ""
    kind: str = ""
    status: ExecStatus | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """What the plugin printed; `expires` is RFC 3339 or empty."""

    token: str = field(repr=False)
    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)
    expires: str


async def run_plugin(connection: Connection, plugin: ExecPlugin, env: Mapping[str, str], seconds: float) -> Printed:
    """Run the plugin, without a shell and without a terminal, for at most `seconds`.

    Raises Unauthorized where it cannot be started, asks for a terminal or gives no credentials.
    """
    if plugin.api_version not in _VERSIONS:
        raise Unauthorized(
            f"The exec plugin {plugin.command} speaks {plugin.api_version}; known are {', '.join(_VERSIONS)}."
        )
    if plugin.interactive_mode == "Always":
        raise Unauthorized(f"The exec plugin {plugin.command} needs a terminal; log in by hand, or use another user.")
    child_env = {**env, **dict(plugin.env), "KUBERNETES_EXEC_INFO": _exec_info(connection, plugin)}
    output = await _run(plugin, child_env, seconds)
    return _read(plugin, output)


async def _run(plugin: ExecPlugin, env: Mapping[str, str], seconds: float) -> bytes:
    try:
        process = await asyncio.create_subprocess_exec(
            plugin.command,
            *plugin.args,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=env,
            start_new_session=True,
        )
    except OSError as error:
        hint = f" {one_line(plugin.install_hint)}" if plugin.install_hint else ""
        raise Unauthorized(
            f"The exec plugin {plugin.command} cannot be started: {error.strerror}; install it or mend its path.{hint}"
        ) from None
    try:
        output, complaint = await asyncio.wait_for(process.communicate(), seconds)
    except (TimeoutError, asyncio.CancelledError) as error:
        await _kill(process)
        if isinstance(error, asyncio.CancelledError):
            raise
        raise Unauthorized(
            f"The exec plugin {plugin.command} gave no credentials within {seconds:g} s; run it by hand."
        ) from None
    if process.returncode:
        said = one_line(complaint.decode("utf-8", "replace"), 300) or "it says nothing"
        raise Unauthorized(f"The exec plugin {plugin.command} failed with exit code {process.returncode}: {said}")
    return output


async def _kill(process: asyncio.subprocess.Process) -> None:
    # The whole group: a grandchild would hold the pipes open.
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await process.wait()


def _exec_info(connection: Connection, plugin: ExecPlugin) -> str:
    spec: dict[str, Any] = {"interactive": False}
    if plugin.provide_cluster_info:
        spec["cluster"] = _cluster_info(connection, plugin)
    return msgspec.json.encode({"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}).decode()


def _cluster_info(connection: Connection, plugin: ExecPlugin) -> dict[str, Any]:
    authority = connection.certificate_authority_data
    if not authority and connection.certificate_authority is not None:
        authority = connection.certificate_authority.read_bytes()
    info = {
        "server": connection.server,
        "tls-server-name": connection.tls_server_name,
        "insecure-skip-tls-verify": connection.insecure_skip_tls_verify,
        "certificate-authority-data": base64.b64encode(authority).decode(),
        "proxy-url": connection.proxy_url,
        "config": plugin.cluster_config,
    }
    return {name: value for name, value in info.items() if value}


def _read(plugin: ExecPlugin, output: bytes) -> Printed:
    """What it printed is never repeated in an error: it may hold a token."""
    try:
        credential = decode(output, _ExecCredential)
    except (msgspec.DecodeError, RecursionError):
        raise Unauthorized(f"The exec plugin {plugin.command} printed no ExecCredential; run it by hand.") from None
    if credential.kind != "ExecCredential" or credential.api_version != plugin.api_version:
        raise Unauthorized(
            f"The exec plugin {plugin.command} printed {one_line(credential.api_version, 60)} "
            f"{one_line(credential.kind, 60)}; the kubeconfig asks for {plugin.api_version} ExecCredential."
        )
    status = credential.status or ExecStatus()
    if bool(status.client_certificate_data) != bool(status.client_key_data):
        raise Unauthorized(f"The exec plugin {plugin.command} printed only one of client certificate and key.")
    if not status.token and not status.client_certificate_data:
        raise Unauthorized(f"The exec plugin {plugin.command} printed neither a token nor a client certificate.")
    return Printed(
        status.token,
        status.client_certificate_data.encode(),
        status.client_key_data.encode(),
        status.expiration_timestamp,
    )
