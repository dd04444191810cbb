"""Pods: volumes, spec and status."""

from __future__ import annotations

from typing import Any

from msgspec import field

from helmward.world.views.base import Condition, Meta, NameRef, View
from helmward.world.views.containers import Container


class KeyToPath(View):
    key: str = ""
    path: str = ""


class ConfigMapVolume(View):
    name: str = ""
    items: tuple[KeyToPath, ...] = ()
    optional: bool | None = None


class SecretVolume(View):
    secret_name: str = ""
    items: tuple[KeyToPath, ...] = ()
    optional: bool | None = None


class ClaimVolume(View):
    claim_name: str = ""


class ProjectedSource(View):
    config_map: ConfigMapVolume | None = None
    secret: ConfigMapVolume | None = None


class ProjectedVolume(View):
    sources: tuple[ProjectedSource, ...] = ()


class Volume(View):
    name: str = ""
    config_map: ConfigMapVolume | None = None
    secret: SecretVolume | None = None
    persistent_volume_claim: ClaimVolume | None = None
    projected: ProjectedVolume | None = None


class Toleration(View):
    key: str | None = None
    operator: str = "Equal"
    value: str | None = None
    effect: str | None = None


class PodSpec(View):
    node_name: str = ""
    service_account_name: str = ""
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    image_pull_secrets: tuple[NameRef, ...] = ()
    node_selector: dict[str, str] | None = None
    tolerations: tuple[Toleration, ...] = ()
    affinity: dict[str, Any] | None = None
    restart_policy: str = "Always"
    host_network: bool | None = None
    priority_class_name: str | None = None
    scheduling_gates: tuple[NameRef, ...] = ()


class StateWaiting(View):
    reason: str = ""
    message: str | None = None


class StateRunning(View):
    started_at: str | None = None


class StateTerminated(View):
    exit_code: int = 0
    signal: int | None = None
    reason: str = ""
    message: str | None = None
    started_at: str | None = None
    finished_at: str | None = None


class ContainerState(View):
    waiting: StateWaiting | None = None
    running: StateRunning | None = None
    terminated: StateTerminated | None = None


class ContainerStatus(View):
    name: str = ""
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    image: str = ""
    image_id: str = field(name="imageID", default="")
    container_id: str | None = field(name="containerID", default=None)
    state: ContainerState | None = None
    last_state: ContainerState | None = None


class PodStatus(View):
    phase: str = ""
    reason: str | None = None
    message: str | None = None
    pod_ip: str | None = field(name="podIP", default=None)
    host_ip: str | None = field(name="hostIP", default=None)
    start_time: str | None = None
    qos_class: str | None = None
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(View):
    metadata: Meta = field(default_factory=Meta)
    spec: PodSpec = field(default_factory=PodSpec)
    status: PodStatus = field(default_factory=PodStatus)
