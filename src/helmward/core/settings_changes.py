"""The settings of changes: whether there are any, where they need a person, what they may hurt, and what heals by itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from helmward.core.settings_section import HomePath, Section

Mode = Literal["observe", "ask", "auto"]
SeverityName = Literal["critical", "high", "medium", "low"]


class EnvironmentSettings(Section):
    """An environment: the namespaces that belong to it. What belongs to none is production."""

    name: str = Field(pattern=r"^[a-z0-9][-a-z0-9]{0,62}$", description="What it is called, such as staging.")
    namespaces: tuple[str, ...] = Field(default=(), description="Patterns of namespaces, such as team-*-dev.")
    labels: dict[str, str] = Field(default={}, description="Labels of namespaces; all of them must be there.")


class ModeSettings(Section):
    """The mode for some environments and severities; the first that fits counts."""

    mode: Mode = Field(description="observe: no change; ask: a person approves; auto: what policy allows runs at once.")
    environments: tuple[str, ...] = Field(default=("*",), description="Patterns of environments.")
    severities: tuple[SeverityName, ...] = Field(
        default=(), description="Only for incidents of these severities; empty: for any, and for changes without one."
    )


class WindowSettings(Section):
    """A span of time that comes again every week, or once (`from_time` and `to_time`)."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = Field(
        default=("mon", "tue", "wed", "thu", "fri"), description="On these days."
    )
    start: str = Field(default="00:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="From this time of day.")
    end: str = Field(default="24:00", pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", description="Until before this.")
    timezone: str = Field(default="UTC", description="An IANA time zone, such as Europe/Berlin.")
    from_time: str | None = Field(
        default=None, description="Once: from this RFC 3339 time; days and times are ignored."
    )
    to_time: str | None = Field(default=None, description="Once: until this RFC 3339 time.")


class LimitSettings(Section):
    """A limit; each that fits must hold."""

    actors: tuple[str, ...] = Field(default=("*",), description="Patterns of actors' names.")
    kinds: tuple[Literal["user", "service", "agent"], ...] = Field(
        default=("user", "service", "agent"), description="Kinds of actors."
    )
    effects: tuple[Literal["READ", "MUTATE", "DESTRUCTIVE"], ...] = Field(
        default=("MUTATE", "DESTRUCTIVE"), description="Effects that are counted together."
    )
    environments: tuple[str, ...] = Field(default=("*",), description="Patterns of environments.")
    actions: int | None = Field(default=None, ge=0, description="At most so many actions within `seconds`.")
    seconds: float = Field(default=3600.0, gt=0, le=604800, description="The window in which actions are counted.")
    concurrent: int | None = Field(default=None, ge=0, description="At most so many unfinished actions.")
    replicas_share: float | None = Field(
        default=None, ge=0, le=1, description="At most this share of a workload's replicas at once (0 to 1)."
    )
    namespaces: int | None = Field(default=None, ge=1, description="At most so many namespaces in a plan.")
    objects: int | None = Field(default=None, ge=1, description="At most so many objects in a plan.")


DEFAULT_LIMITS = (
    LimitSettings(objects=50, namespaces=5, concurrent=20, actions=300),
    LimitSettings(kinds=("agent", "service"), actions=30, concurrent=5, namespaces=1, objects=5),
    LimitSettings(kinds=("agent", "service"), effects=("DESTRUCTIVE",), actions=3),
)


class HealSettings(Section):
    """What heals by itself, where changes are on."""

    workflows: tuple[str, ...] = Field(
        default=("roll-back", "restore-config", "restart", "scale-back"),
        description="What may be planned for an incident, by name; `helmward heal show` explains each.",
    )
    attempts: int = Field(default=2, ge=1, le=10, description="How often one incident is tried to be healed.")
    cooldown_seconds: float = Field(
        default=300.0, ge=0, le=86400, description="Seconds between two changes of one workload by healing."
    )
    patience_seconds: float = Field(
        default=0.0, ge=0, le=86400, description="Seconds an incident must have stood before it is healed by itself."
    )


class ChangeSettings(Section):
    """Whether and how Helmward changes anything. Without these settings it only observes."""

    mode: Mode = Field(
        default="observe", description="What holds where no entry of `modes` fits: observe, ask or auto."
    )
    modes: tuple[ModeSettings, ...] = Field(
        default=(), description="Modes by environment and severity; the first that fits."
    )
    environments: tuple[EnvironmentSettings, ...] = Field(
        default=(), description="Which namespaces belong to which environment; the first that fits, else production."
    )
    single_operator: bool = Field(
        default=False, description="One person runs this: they may approve their own requests; each record says so."
    )
    policy: HomePath | None = Field(default=None, description="A folder of Rego files instead of the default policy.")
    disabled_tools: tuple[str, ...] = Field(default=(), description="Tools that do not exist here, by name.")
    business_hours: tuple[WindowSettings, ...] = Field(
        default=(WindowSettings(start="08:00", end="18:00"),), description="When people are at work."
    )
    freeze: tuple[WindowSettings, ...] = Field(default=(), description="When nothing happens by itself.")
    limits: tuple[LimitSettings, ...] = Field(default=DEFAULT_LIMITS, description="What actors may do at most.")
    verify_seconds: float = Field(
        default=120.0, gt=0, le=3600, description="How long a change may take to help before it is taken back."
    )
    approval_minutes: float = Field(default=60.0, gt=0, le=10080, description="How long a plan waits for its approval.")
    overrides: bool = Field(
        default=False, description="Policy may allow a temporary change of a field that a controller owns."
    )
    override_minutes: float = Field(
        default=30.0,
        gt=0,
        le=60,
        description="After so long a temporary change is taken back; its approval covers an hour.",
    )
    heal: HealSettings = Field(default=HealSettings(), description="What heals by itself.")
