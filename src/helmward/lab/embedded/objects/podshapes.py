"""The types of metadata and pod specs, as far as the server computes with them (k8s.io/api core/v1)."""

from __future__ import annotations

from typing import Any

import msgspec

Texts = dict[str, str] | None
Object = dict[str, Any] | None
IntOrString = int | str | None
Amounts = dict[str, str | int | float] | None


class Shape(msgspec.Struct, rename="camel"):
    """Fields by their JSON names; those not listed may be anything."""


class Owner(Shape):
    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class Meta(Shape):
    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    labels: Texts = None
    annotations: Texts = None
    finalizers: list[str] | None = None
    owner_references: list[Owner] | None = None
    resource_version: str | None = None
    uid: str | None = None
    managed_fields: list[dict[str, Any]] | None = None


class Requests(Shape):
    requests: Amounts = None
    limits: Amounts = None


class Port(Shape):
    name: str | None = None
    container_port: int | None = None
    protocol: str | None = None
    host_port: int | None = None


class ValueFrom(Shape):
    field_ref: Object = None
    secret_key_ref: Object = None
    config_map_key_ref: Object = None


class Env(Shape):
    name: str | None = None
    value: str | None = None
    value_from: ValueFrom | None = None


class Mount(Shape):
    name: str | None = None
    mount_path: str | None = None


class Probe(Shape):
    http_get: Object = None
    tcp_socket: Object = None
    exec: Object = None
    grpc: Object = None


class Claim(Shape):
    claim_name: str | None = None


class Volume(Shape):
    name: str | None = None
    config_map: Object = None
    secret: Object = None
    projected: Object = None
    host_path: Object = None
    empty_dir: Object = None
    downward_api: Object = msgspec.field(name="downwardAPI", default=None)
    persistent_volume_claim: Claim | None = None


class Expression(Shape):
    key: str
    operator: str
    values: list[str] | None = None


class NodeTerm(Shape):
    match_expressions: list[Expression] | None = None


class NodeTerms(Shape):
    node_selector_terms: list[NodeTerm] | None = None


class NodeAffinity(Shape):
    required: NodeTerms | None = msgspec.field(name="requiredDuringSchedulingIgnoredDuringExecution", default=None)


class Affinity(Shape):
    node_affinity: NodeAffinity | None = None


class Toleration(Shape):
    key: str | None = None
    operator: str | None = None
    value: str | None = None
    effect: str | None = None


class Container(Shape):
    name: str | None = None
    image: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    env: list[Env] | None = None
    ports: list[Port] | None = None
    resources: Requests | None = None
    volume_mounts: list[Mount] | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None


class PodSpec(Shape):
    containers: list[Container] | None = None
    init_containers: list[Container] | None = None
    volumes: list[Volume] | None = None
    node_name: str | None = None
    node_selector: Texts = None
    service_account_name: str | None = None
    restart_policy: str | None = None
    tolerations: list[Toleration] | None = None
    affinity: Affinity | None = None
    scheduling_gates: list[dict[str, Any]] | None = None
    scheduler_name: str | None = None
    overhead: Amounts = None
    image_pull_secrets: list[dict[str, Any]] | None = None
    host_network: bool | None = None
    automount_service_account_token: bool | None = None
    termination_grace_period_seconds: int | None = None
