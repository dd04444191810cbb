"""What every view is made of: metadata, conditions, references."""

from __future__ import annotations

import msgspec
from msgspec import field


class View(msgspec.Struct, rename="camel", gc=False):
    """Base: camelCase in JSON, unknown fields ignored."""


class OwnerReference(View):
    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None


class ManagedFields(View):
    manager: str = ""
    operation: str = ""
    time: str | None = None
    subresource: str | None = None
    # Not `Raw | None`: msgspec takes Raw in a union for nothing but the null.
    fields_v1: msgspec.Raw = field(name="fieldsV1", default=msgspec.Raw(b""))


class Meta(View):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: tuple[OwnerReference, ...] = ()
    managed_fields: tuple[ManagedFields, ...] = ()


class Condition(View):
    type: str = ""
    status: str = ""
    reason: str | None = None
    message: str | None = None
    last_transition_time: str | None = None
    last_update_time: str | None = None


class Plain(View):
    """An object of which only the metadata matters (Namespace, ServiceAccount, CRDs …)."""

    metadata: Meta = field(default_factory=Meta)


class KeyRef(View):
    name: str = ""
    key: str = ""
    optional: bool | None = None


class NameRef(View):
    name: str = ""
    optional: bool | None = None


class ObjectRef(View):
    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str | None = None


class Resources(View):
    requests: dict[str, str | int | float] | None = None
    limits: dict[str, str | int | float] | None = None
