"""The settings tree: small frozen sections, every field typed and described. Loading is in settings.py."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from helmward.core.settings_changes import ChangeSettings
from helmward.core.settings_gateway import GatewaySettings
from helmward.core.settings_guard import AskSettings, GuardSettings, McpSettings
from helmward.core.settings_section import HomePath, Section


class KubernetesSettings(Section):
    """Which cluster is watched."""

    context: str | None = Field(
        default=None, description="The kubeconfig context; without it the current one, or in-cluster."
    )
    kubeconfig: HomePath | None = Field(
        default=None, description="The kubeconfig file; without it $KUBECONFIG or ~/.kube/config."
    )
    unread_kinds: tuple[str, ...] = Field(
        default=(), description="Kinds that are never read, such as Secret; what needs them says nothing."
    )


class ServerSettings(Section):
    """Where the API listens."""

    listen: str = Field(
        default="127.0.0.1", description="The address; beyond loopback only with TLS or a trusted proxy."
    )
    port: int = Field(default=8420, ge=0, le=65535, description="The port; 0 takes a free one.")
    tls_cert: HomePath | None = Field(default=None, description="The certificate chain, PEM.")
    tls_key: HomePath | None = Field(default=None, description="The certificate's private key, PEM.")
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Addresses of proxies that end TLS before Helmward."
    )
    names: tuple[str, ...] = Field(
        default=(),
        description="Hosts in addresses of this server, such as helmward.example.org; localhost and its address always count.",
    )

    @model_validator(mode="after")
    def _both(self) -> ServerSettings:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together")
        return self


class WatchSettings(Section):
    """How the cluster is watched."""

    batch_seconds: float = Field(
        default=0.004, gt=0, le=1, description="How long changes gather before they are examined together."
    )
    log_reads: int = Field(default=4, ge=1, le=64, description="How many container logs are read at the same time.")
    baseline: bool = Field(
        default=True, description="List faults that stood before Helmward came apart, and send no messages of them."
    )


class ExplainSettings(Section):
    """What is looked for."""

    disabled: tuple[str, ...] = Field(
        default=(), description="Analyzers that stay off, by name (`helmward codes -o json` names them)."
    )


class ChannelSettings(Section):
    """One place to tell people of incidents. Its address may be kept out of this file (url_env, url_file)."""

    name: str = Field(min_length=1, max_length=60, description="What it is called in messages about it.")
    kind: str = Field(description="webhook (JSON), slack (an incoming webhook), or a plugin's own kind.")
    url: str | None = Field(
        default=None,
        description="Where messages are posted; who knows it can post.",
        json_schema_extra={"writeOnly": True},
    )
    url_env: str | None = Field(default=None, description="The environment variable that holds the URL.")
    url_file: HomePath | None = Field(default=None, description="The file that holds the URL.")
    secret_env: str | None = Field(
        default=None, description="The environment variable that holds the key that signs each body (webhook)."
    )
    min_severity: Literal["critical", "high", "medium", "low"] = Field(
        default="high", description="Less severe ones stay silent."
    )
    namespaces: tuple[str, ...] = Field(default=(), description="Only these namespaces; empty: all.")
    group_seconds: float = Field(
        default=5.0, ge=0, le=3600, description="What happens within this time becomes one message."
    )
    per_minute: int = Field(default=10, ge=1, le=600, description="At most so many messages a minute.")

    @model_validator(mode="after")
    def _one_address(self) -> ChannelSettings:
        if sum(given is not None for given in (self.url, self.url_env, self.url_file)) != 1:
            raise ValueError("give exactly one of url, url_env and url_file")
        return self


class PluginSettings(Section):
    """Outside plugins; nothing is loaded that is not named here."""

    folders: tuple[HomePath, ...] = Field(default=(), description="Folders whose Python files are loaded.")
    entry_points: tuple[str, ...] = Field(default=(), description="Entry points of group `helmward` that are loaded.")


class Settings(Section):
    """All settings of Helmward."""

    kubernetes: KubernetesSettings = Field(default=KubernetesSettings(), description="Which cluster is watched.")
    server: ServerSettings = Field(default=ServerSettings(), description="Where the API listens.")
    watch: WatchSettings = Field(default=WatchSettings(), description="How the cluster is watched.")
    explain: ExplainSettings = Field(default=ExplainSettings(), description="What is looked for.")
    channels: tuple[ChannelSettings, ...] = Field(default=(), description="Where people are told.")
    plugins: PluginSettings = Field(default=PluginSettings(), description="Outside plugins.")
    changes: ChangeSettings = Field(
        default=ChangeSettings(), description="Whether and how anything is changed; by default nothing is."
    )

    guard: GuardSettings = Field(default=GuardSettings(), description="What text may pass.")
    gateway: GatewaySettings = Field(default=GatewaySettings(), description="Model traffic through Helmward.")
    ask: AskSettings = Field(default=AskSettings(), description="Plain language.")
    mcp: McpSettings = Field(default=McpSettings(), description="The tools for MCP clients.")

    @model_validator(mode="after")
    def _names_once(self) -> Settings:
        names = [channel.name for channel in self.channels]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two channels are called '{twice}'")
        return self


def known_paths(section: type[Section] = Settings, prefix: str = "") -> list[str]:
    """Every section and setting by dotted path; those of a list's items under the list's own name."""
    found = []
    for name, field in section.model_fields.items():
        found.append(prefix + name)
        inner = section_of(field.annotation)
        if inner is not None:
            found += known_paths(inner, f"{prefix}{name}.")
    return found


def descriptions(section: type[Section] = Settings, prefix: str = "") -> dict[str, str]:
    """What each section and setting is for, by the paths of `known_paths`."""
    found = {}
    for name, field in section.model_fields.items():
        found[prefix + name] = field.description or ""
        inner = section_of(field.annotation)
        if inner is not None:
            found |= descriptions(inner, f"{prefix}{name}.")
    return found


def section_of(annotation: object) -> type[Section] | None:
    """The section that a field holds, itself or as a tuple's items."""
    for kind in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(kind, type) and issubclass(kind, Section):
            return kind
    return None
