"""The types of the fields that the server itself computes with: a wrong type is refused at the door (400)."""

from __future__ import annotations

from typing import Any

import msgspec

from helmward.lab.embedded.bodies import Body
from helmward.lab.embedded.failures import bad_request
from helmward.lab.embedded.kinds import Served

_Texts = dict[str, str] | None
_IntOrString = int | str | None


class _Shape(msgspec.Struct, rename="camel"):
    pass


class _Owner(_Shape):
    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class _Meta(_Shape):
    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    labels: _Texts = None
    annotations: _Texts = None
    finalizers: list[str] | None = None
    owner_references: list[_Owner] | None = None
    resource_version: str | None = None
    uid: str | None = None
    managed_fields: list[dict[str, Any]] | None = None


class _Requests(_Shape):
    requests: dict[str, str | int | float] | None = None
    limits: dict[str, str | int | float] | None = None


class _Port(_Shape):
    name: str | None = None
    container_port: int | None = None
    protocol: str | None = None
    host_port: int | None = None


class _Env(_Shape):
    name: str | None = None
    value: str | None = None
    value_from: dict[str, Any] | None = None


class _Container(_Shape):
    name: str | None = None
    image: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    env: list[_Env] | None = None
    ports: list[_Port] | None = None
    resources: _Requests | None = None
    volume_mounts: list[dict[str, Any]] | None = None
    liveness_probe: dict[str, Any] | None = None
    readiness_probe: dict[str, Any] | None = None
    startup_probe: dict[str, Any] | None = None


class _PodSpec(_Shape):
    containers: list[_Container] | None = None
    init_containers: list[_Container] | None = None
    volumes: list[dict[str, Any]] | None = None
    node_name: str | None = None
    node_selector: _Texts = None
    service_account_name: str | None = None
    restart_policy: str | None = None
    tolerations: list[dict[str, Any]] | None = None
    affinity: dict[str, Any] | None = None
    host_network: bool | None = None
    automount_service_account_token: bool | None = None
    termination_grace_period_seconds: int | None = None


class _Condition(_Shape):
    type: str
    status: str


class _Status(_Shape):
    phase: str | None = None
    conditions: list[_Condition] | None = None
    replicas: int | None = None
    ready_replicas: int | None = None
    available_replicas: int | None = None
    updated_replicas: int | None = None
    unavailable_replicas: int | None = None
    observed_generation: int | None = None
    container_statuses: list[dict[str, Any]] | None = None
    addresses: list[dict[str, Any]] | None = None
    allocatable: dict[str, str | int | float] | None = None
    daemon_endpoints: dict[str, dict[str, int]] | None = None
    pod_ip: str | None = msgspec.field(name="podIP", default=None)


class _Template(_Shape):
    metadata: _Meta | None = None
    spec: _PodSpec | None = None


class _Expression(_Shape):
    key: str
    operator: str
    values: list[str] | None = None


class _Selector(_Shape):
    match_labels: _Texts = None
    match_expressions: list[_Expression] | None = None


class _RollingUpdate(_Shape):
    max_surge: _IntOrString = None
    max_unavailable: _IntOrString = None


class _Strategy(_Shape):
    type: str | None = None
    rolling_update: _RollingUpdate | None = None


class _WorkloadSpec(_Shape):
    replicas: int | None = None
    selector: _Selector | None = None
    template: _Template | None = None
    strategy: _Strategy | None = None
    paused: bool | None = None
    min_ready_seconds: int | None = None
    revision_history_limit: int | None = None
    progress_deadline_seconds: int | None = None
    completions: int | None = None
    parallelism: int | None = None
    backoff_limit: int | None = None
    active_deadline_seconds: int | None = None
    ttl_seconds_after_finished: int | None = None
    suspend: bool | None = None


class _ServicePort(_Shape):
    port: int | None = None
    name: str | None = None
    protocol: str | None = None
    target_port: _IntOrString = None
    node_port: int | None = None


class _ServiceSpec(_Shape):
    ports: list[_ServicePort] | None = None
    selector: _Texts = None
    type: str | None = None
    cluster_ip: str | None = msgspec.field(name="clusterIP", default=None)
    publish_not_ready_addresses: bool | None = None


class _Taint(_Shape):
    key: str
    effect: str
    value: str | None = None


class _NodeSpec(_Shape):
    unschedulable: bool | None = None
    taints: list[_Taint] | None = None


class _Object(_Shape):
    metadata: _Meta | None = None
    status: _Status | None = None


class _Plain(_Object):
    spec: dict[str, Any] | None = None


class _Pod(_Object):
    spec: _PodSpec | None = None


class _Workload(_Object):
    spec: _WorkloadSpec | None = None


class _Service(_Object):
    spec: _ServiceSpec | None = None


class _Node(_Object):
    spec: _NodeSpec | None = None


class _ConfigMap(_Shape):
    metadata: _Meta | None = None
    data: _Texts = None
    immutable: bool | None = None


class _Loose(_Shape):
    metadata: _Meta | None = None


_WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")
_SHAPES: dict[str, type[_Shape]] = {
    "Pod": _Pod,
    "Service": _Service,
    "Node": _Node,
    "ConfigMap": _ConfigMap,
    "Secret": _ConfigMap,
    **dict.fromkeys(_WORKLOADS, _Workload),
}


def check_shape(kind: Served, body: Body) -> None:
    """Raises ApiFailure 400 naming the field whose type is not that of the API."""
    fallback = _Plain if kind.status else _Loose
    try:
        msgspec.convert(body, _SHAPES.get(kind.name, fallback))
    except msgspec.ValidationError as error:
        words = f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}'
        raise bad_request(f"{words}: json: cannot unmarshal: {error}") from None
