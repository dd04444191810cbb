"""Nodes, quotas and Events."""

from __future__ import annotations

from msgspec import field

from helmward.world.views.base import Condition, Meta, ObjectRef, View


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
