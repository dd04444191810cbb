"""Where an API server is and how one proves who one is: everything a kubeconfig's context says, resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecPlugin:
    """A program that prints credentials (client.authentication.k8s.io ExecConfig)."""

    api_version: str
    command: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = "IfAvailable"
    cluster_config: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Impersonation:
    """Act as somebody else (`as`, `as-uid`, `as-groups`, `as-user-extra`)."""

    user: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One context. Bytes are decoded PEM; of a value and a file of the same thing the value counts, as in kubectl,
    but for a token, where the file does. `source` says in words where all this was read."""

    server: str
    source: str
    context: str = ""
    cluster: str = ""
    user: str = ""
    namespace: str = "default"
    certificate_authority: Path | None = None
    certificate_authority_data: bytes = field(default=b"", repr=False)
    insecure_skip_tls_verify: bool = False
    tls_server_name: str = ""
    proxy_url: str = field(default="", repr=False)
    client_certificate: Path | None = None
    client_certificate_data: bytes = field(default=b"", repr=False)
    client_key: Path | None = None
    client_key_data: bytes = field(default=b"", repr=False)
    token: str = field(default="", repr=False)
    token_file: Path | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    exec_plugin: ExecPlugin | None = None
    impersonate: Impersonation | None = None
