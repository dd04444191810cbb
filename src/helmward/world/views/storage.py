"""Claims, volumes and their classes."""

from __future__ import annotations

from msgspec import field

from helmward.world.views.base import Meta, ObjectRef, Resources, View
from helmward.world.views.workloads import Selector


class PVCSpec(View):
    storage_class_name: str | None = None
    volume_name: str | None = None
    access_modes: tuple[str, ...] = ()
    resources: Resources | None = None
    selector: Selector | None = None


class PVCStatus(View):
    phase: str = ""


class PersistentVolumeClaim(View):
    metadata: Meta = field(default_factory=Meta)
    spec: PVCSpec = field(default_factory=PVCSpec)
    status: PVCStatus = field(default_factory=PVCStatus)


class PVSpec(View):
    storage_class_name: str | None = None
    capacity: dict[str, str | int | float] | None = None
    access_modes: tuple[str, ...] = ()
    claim_ref: ObjectRef | None = None


class PersistentVolume(View):
    metadata: Meta = field(default_factory=Meta)
    spec: PVSpec = field(default_factory=PVSpec)
    status: PVCStatus = field(default_factory=PVCStatus)


class StorageClass(View):
    metadata: Meta = field(default_factory=Meta)
    provisioner: str = ""
    volume_binding_mode: str | None = None
