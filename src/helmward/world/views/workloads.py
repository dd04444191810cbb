"""What makes pods."""

from __future__ import annotations

from msgspec import field

from helmward.world.views.base import Condition, Meta, View
from helmward.world.views.pods import PodSpec


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
