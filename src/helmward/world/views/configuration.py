"""ConfigMaps, and what the client leaves of Secrets."""

from __future__ import annotations

from msgspec import field

from helmward.world.views.base import Meta, View


class ConfigMap(View):
    metadata: Meta = field(default_factory=Meta)
    data: dict[str, str] | None = None
    binary_data: dict[str, str] | None = None


class SecretValue(View):
    """What the client leaves of a Secret's value: its size in bytes and a keyed hash (equal values, equal hashes)."""

    size: int = 0
    hash: str = ""


class Secret(View):
    metadata: Meta = field(default_factory=Meta)
    type: str = "Opaque"
    data: dict[str, SecretValue] | None = None
