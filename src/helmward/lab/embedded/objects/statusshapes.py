"""The types of the status fields that controllers, tables and logs read."""

from __future__ import annotations

import msgspec

from helmward.lab.embedded.objects.podshapes import Amounts, Object, Shape


class _Condition(Shape):
    type: str
    status: str
    reason: str | None = None
    message: str | None = None
    last_transition_time: str | None = None
    last_update_time: str | None = None


class _State(Shape):
    waiting: Object = None
    running: Object = None
    terminated: Object = None


class _ContainerStatus(Shape):
    name: str | None = None
    ready: bool | None = None
    restart_count: int | None = None
    state: _State | None = None
    last_state: _State | None = None


class _Address(Shape):
    type: str
    address: str


class Status(Shape):
    """The status of any kind: these fields, where it has them, are of these types."""

    phase: str | None = None
    conditions: list[_Condition] | None = None
    replicas: int | None = None
    ready_replicas: int | None = None
    available_replicas: int | None = None
    updated_replicas: int | None = None
    unavailable_replicas: int | None = None
    observed_generation: int | None = None
    container_statuses: list[_ContainerStatus] | None = None
    init_container_statuses: list[_ContainerStatus] | None = None
    addresses: list[_Address] | None = None
    start_time: str | None = None
    allocatable: Amounts = None
    daemon_endpoints: dict[str, dict[str, int]] | None = None
    pod_ip: str | None = msgspec.field(name="podIP", default=None)
