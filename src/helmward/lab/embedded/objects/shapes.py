"""The types of the fields that the server itself computes with: a wrong type is refused at the door (400)."""

from __future__ import annotations

from typing import Any

import msgspec

from helmward.core.typed import convert
from helmward.lab.embedded.bodies import Body
from helmward.lab.embedded.failures import bad_request
from helmward.lab.embedded.kinds import Served
from helmward.lab.embedded.objects.podshapes import (
    Amounts,
    Expression,
    IntOrString,
    Meta,
    Object,
    PodSpec,
    Shape,
    Texts,
)
from helmward.lab.embedded.objects.statusshapes import Status


class _Template(Shape):
    metadata: Meta | None = None
    spec: PodSpec | None = None


class _Selector(Shape):
    match_labels: Texts = None
    match_expressions: list[Expression] | None = None


class _RollingUpdate(Shape):
    max_surge: IntOrString = None
    max_unavailable: IntOrString = None


class _Strategy(Shape):
    type: str | None = None
    rolling_update: _RollingUpdate | None = None


class _WorkloadSpec(Shape):
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


class _ServicePort(Shape):
    port: int | None = None
    name: str | None = None
    protocol: str | None = None
    target_port: IntOrString = None
    node_port: int | None = None


class _ServiceSpec(Shape):
    ports: list[_ServicePort] | None = None
    selector: Texts = None
    type: str | None = None
    cluster_ip: str | None = msgspec.field(name="clusterIP", default=None)
    publish_not_ready_addresses: bool | None = None


class _Taint(Shape):
    key: str
    effect: str
    value: str | None = None


class _NodeSpec(Shape):
    unschedulable: bool | None = None
    taints: list[_Taint] | None = None


class _JobTemplate(Shape):
    metadata: Meta | None = None
    spec: _WorkloadSpec | None = None


class _CronJobSpec(Shape):
    job_template: _JobTemplate | None = None
    suspend: bool | None = None


class _BudgetSpec(Shape):
    selector: _Selector | None = None
    min_available: IntOrString = None
    max_unavailable: IntOrString = None


class _ClaimSpec(Shape):
    storage_class_name: str | None = None
    volume_name: str | None = None


class _PolicyRule(Shape):
    ports: list[dict[str, Any]] | None = None


class _PolicySpec(Shape):
    pod_selector: _Selector | None = None
    ingress: list[_PolicyRule] | None = None
    egress: list[_PolicyRule] | None = None


class _Limit(Shape):
    type: str
    default: Amounts = None
    default_request: Amounts = None


class _LimitSpec(Shape):
    limits: list[_Limit] | None = None


class _Object(Shape):
    metadata: Meta | None = None
    status: Status | None = None


class _Plain(_Object):
    spec: dict[str, Any] | None = None


class _Pod(_Object):
    spec: PodSpec | None = None


class _Workload(_Object):
    spec: _WorkloadSpec | None = None


class _Service(_Object):
    spec: _ServiceSpec | None = None


class _Node(_Object):
    spec: _NodeSpec | None = None


class _CronJob(_Object):
    spec: _CronJobSpec | None = None


class _Budget(_Object):
    spec: _BudgetSpec | None = None


class _Claim(_Object):
    spec: _ClaimSpec | None = None


class _Policy(_Object):
    spec: _PolicySpec | None = None


class _LimitRange(_Object):
    spec: _LimitSpec | None = None


class _Endpoint(Shape):
    addresses: list[str]
    conditions: Object = None


class _EndpointSlice(Shape):
    metadata: Meta | None = None
    endpoints: list[_Endpoint] | None = None
    ports: list[dict[str, Any]] | None = None


class _Account(Shape):
    metadata: Meta | None = None
    image_pull_secrets: list[dict[str, Any]] | None = None
    automount_service_account_token: bool | None = None


class _Event(Shape):
    metadata: Meta | None = None
    involved_object: Object = None
    source: Object = None
    series: Object = None
    count: int | None = None
    message: str | None = None
    last_timestamp: str | None = None


class _Secret(Shape):
    metadata: Meta | None = None
    data: Texts = None
    string_data: Texts = None
    immutable: bool | None = None


class _ConfigMap(Shape):
    metadata: Meta | None = None
    data: Texts = None
    immutable: bool | None = None


class _Loose(Shape):
    metadata: Meta | None = None


_WORKLOADS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")
_SHAPES: dict[str, type[Shape]] = {
    "Pod": _Pod,
    "Service": _Service,
    "Node": _Node,
    "ConfigMap": _ConfigMap,
    "Secret": _Secret,
    "CronJob": _CronJob,
    "PodDisruptionBudget": _Budget,
    "PersistentVolumeClaim": _Claim,
    "NetworkPolicy": _Policy,
    "LimitRange": _LimitRange,
    "EndpointSlice": _EndpointSlice,
    "ServiceAccount": _Account,
    "Event": _Event,
    **dict.fromkeys(_WORKLOADS, _Workload),
}


def check_shape(kind: Served, body: Body) -> None:
    """Raises ApiFailure 400 naming the field whose type is not that of the API."""
    fallback = _Plain
    try:
        convert(body, _SHAPES.get(kind.name, fallback))
    except msgspec.ValidationError as error:
        words = f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}'
        raise bad_request(f"{words}: json: cannot unmarshal: {error}") from None
