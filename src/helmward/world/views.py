"""Typed views of the Kubernetes objects that Helmward understands: only the fields something reads.

Field names and meanings are those of the Kubernetes API (v1.34 OpenAPI). Everything has a default: an object of a file or a
table may lack any of it. A list that the API writes as `null` falls back to its default (world/objects.py).
"""

from __future__ import annotations

from typing import Any

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


# ---- pods ------------------------------------------------------------------------------------------------------------


class KeyRef(View):
    name: str = ""
    key: str = ""
    optional: bool | None = None


class NameRef(View):
    name: str = ""
    optional: bool | None = None


class EnvSource(View):
    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None


class EnvVar(View):
    name: str = ""
    value: str | None = None
    value_from: EnvSource | None = None


class EnvFrom(View):
    prefix: str | None = None
    config_map_ref: NameRef | None = None
    secret_ref: NameRef | None = None


class ContainerPort(View):
    name: str | None = None
    container_port: int = 0
    protocol: str = "TCP"


class HTTPGet(View):
    path: str = "/"
    port: int | str = 0
    scheme: str = "HTTP"
    host: str | None = None


class TCPSocket(View):
    port: int | str = 0


class GRPC(View):
    port: int = 0
    service: str | None = None


class ExecAction(View):
    command: tuple[str, ...] = ()


class Probe(View):
    http_get: HTTPGet | None = None
    tcp_socket: TCPSocket | None = None
    grpc: GRPC | None = None
    exec: ExecAction | None = None
    initial_delay_seconds: int = 0
    timeout_seconds: int = 1
    period_seconds: int = 10
    success_threshold: int = 1
    failure_threshold: int = 3


class Resources(View):
    requests: dict[str, str | int | float] | None = None
    limits: dict[str, str | int | float] | None = None


class VolumeMount(View):
    name: str = ""
    mount_path: str = ""
    sub_path: str | None = None


class Container(View):
    name: str = ""
    image: str = ""
    image_pull_policy: str | None = None
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: Resources | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    volume_mounts: tuple[VolumeMount, ...] = ()


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


# ---- workloads -------------------------------------------------------------------------------------------------------


class PodTemplate(View):
    metadata: Meta = field(default_factory=Meta)
    spec: PodSpec = field(default_factory=PodSpec)


class Expression(View):
    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()


class Selector(View):
    match_labels: dict[str, str] | None = None
    match_expressions: tuple[Expression, ...] = ()


class WorkloadSpec(View):
    """The spec of Deployment, ReplicaSet, StatefulSet, DaemonSet and Job, as far as they are alike."""

    replicas: int | None = None
    selector: Selector | None = None
    template: PodTemplate = field(default_factory=PodTemplate)
    progress_deadline_seconds: int | None = None
    min_ready_seconds: int = 0
    paused: bool | None = None
    service_name: str | None = None
    volume_claim_templates: tuple[PodTemplate, ...] = ()
    completions: int | None = None
    backoff_limit: int | None = None
    suspend: bool | None = None


class WorkloadStatus(View):
    observed_generation: int | None = None
    replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    updated_replicas: int = 0
    unavailable_replicas: int = 0
    desired_number_scheduled: int = 0
    number_ready: int = 0
    number_unavailable: int = 0
    active: int = 0
    succeeded: int = 0
    failed: int = 0
    conditions: tuple[Condition, ...] = ()


class Workload(View):
    """Deployment, ReplicaSet, StatefulSet, DaemonSet, Job."""

    metadata: Meta = field(default_factory=Meta)
    spec: WorkloadSpec = field(default_factory=WorkloadSpec)
    status: WorkloadStatus = field(default_factory=WorkloadStatus)


class JobTemplate(View):
    spec: WorkloadSpec = field(default_factory=WorkloadSpec)


class CronJobSpec(View):
    schedule: str = ""
    suspend: bool | None = None
    job_template: JobTemplate = field(default_factory=JobTemplate)


class CronJob(View):
    metadata: Meta = field(default_factory=Meta)
    spec: CronJobSpec = field(default_factory=CronJobSpec)


# ---- network ---------------------------------------------------------------------------------------------------------


class ServicePort(View):
    name: str | None = None
    port: int = 0
    target_port: int | str | None = None
    """None: the same as `port`; 0: there is one, but a table does not say which."""
    protocol: str = "TCP"


class ServiceSpec(View):
    type: str = "ClusterIP"
    selector: dict[str, str] | None = None
    ports: tuple[ServicePort, ...] = ()
    cluster_ip: str | None = field(name="clusterIP", default=None)
    external_name: str | None = None
    publish_not_ready_addresses: bool | None = None


class Service(View):
    metadata: Meta = field(default_factory=Meta)
    spec: ServiceSpec = field(default_factory=ServiceSpec)


class EndpointConditions(View):
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class ObjectRef(View):
    api_version: str = ""
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str | None = None


class Endpoint(View):
    addresses: tuple[str, ...] = ()
    conditions: EndpointConditions | None = None
    target_ref: ObjectRef | None = None
    node_name: str | None = None


class EndpointPort(View):
    name: str | None = None
    port: int | None = None
    protocol: str | None = None


class EndpointSlice(View):
    metadata: Meta = field(default_factory=Meta)
    endpoints: tuple[Endpoint, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


class IngressServicePort(View):
    name: str | None = None
    number: int | None = None


class IngressService(View):
    name: str = ""
    port: IngressServicePort | None = None


class IngressBackend(View):
    service: IngressService | None = None


class IngressPath(View):
    path: str | None = None
    backend: IngressBackend = field(default_factory=IngressBackend)


class IngressHTTP(View):
    paths: tuple[IngressPath, ...] = ()


class IngressRule(View):
    host: str | None = None
    http: IngressHTTP | None = None


class IngressSpec(View):
    ingress_class_name: str | None = None
    default_backend: IngressBackend | None = None
    rules: tuple[IngressRule, ...] = ()


class Ingress(View):
    metadata: Meta = field(default_factory=Meta)
    spec: IngressSpec = field(default_factory=IngressSpec)


class BackendRef(View):
    kind: str = "Service"
    name: str = ""
    namespace: str | None = None
    port: int | None = None


class RouteRule(View):
    backend_refs: tuple[BackendRef, ...] = ()


class HTTPRouteSpec(View):
    hostnames: tuple[str, ...] = ()
    rules: tuple[RouteRule, ...] = ()


class HTTPRoute(View):
    metadata: Meta = field(default_factory=Meta)
    spec: HTTPRouteSpec = field(default_factory=HTTPRouteSpec)


# ---- configuration, storage, cluster ---------------------------------------------------------------------------------


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


class Plain(View):
    """An object of which only the metadata matters (Namespace, ServiceAccount, CRDs …)."""

    metadata: Meta = field(default_factory=Meta)


class PVCSpec(View):
    storage_class_name: str | None = None
    volume_name: str | None = None
    access_modes: tuple[str, ...] = ()
    resources: Resources | None = None


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


class QuotaSpec(View):
    hard: dict[str, str | int | float] | None = None


class QuotaStatus(View):
    hard: dict[str, str | int | float] | None = None
    used: dict[str, str | int | float] | None = None


class ResourceQuota(View):
    metadata: Meta = field(default_factory=Meta)
    spec: QuotaSpec = field(default_factory=QuotaSpec)
    status: QuotaStatus = field(default_factory=QuotaStatus)


class Taint(View):
    key: str = ""
    value: str | None = None
    effect: str = ""
    time_added: str | None = None


class NodeSpec(View):
    unschedulable: bool | None = None
    taints: tuple[Taint, ...] = ()


class NodeStatus(View):
    conditions: tuple[Condition, ...] = ()
    capacity: dict[str, str | int | float] | None = None
    allocatable: dict[str, str | int | float] | None = None


class Node(View):
    metadata: Meta = field(default_factory=Meta)
    spec: NodeSpec = field(default_factory=NodeSpec)
    status: NodeStatus = field(default_factory=NodeStatus)


class EventSeries(View):
    count: int = 0
    last_observed_time: str | None = None


class EventSource(View):
    component: str | None = None
    host: str | None = None


class Event(View):
    """core/v1 Event. `event_time` and `series` are what events.k8s.io writers (the scheduler) fill."""

    metadata: Meta = field(default_factory=Meta)
    involved_object: ObjectRef = field(default_factory=ObjectRef)
    type: str = "Normal"
    reason: str = ""
    message: str = ""
    count: int | None = None
    first_timestamp: str | None = None
    last_timestamp: str | None = None
    event_time: str | None = None
    series: EventSeries | None = None
    source: EventSource | None = None
    reporting_component: str | None = None

    @property
    def last_seen(self) -> str | None:
        """When it last happened, by whichever field its writer fills."""
        series = self.series.last_observed_time if self.series else None
        return (
            series or self.last_timestamp or self.event_time or self.first_timestamp or self.metadata.creation_timestamp
        )
