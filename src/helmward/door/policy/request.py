"""What a policy is asked: the `input` of its rules. Everything that a decision may rest on is in here, times included.

Windows and the mode are computed outside, from settings and the clock: so equal input means equal answer, answers can be
cached, and a cached one ends with the window it rests on. A field that is not known is null, never absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from helmward.core.model import DataClass
from helmward.core.nouns import Actor, Severity
from helmward.core.plans import Blast, Effect, Managed
from helmward.core.typed import convert

Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Mode = Literal["observe", "ask", "auto"]

MODEL_TOOL, MODEL_PERMISSION = "model.call", "models.use"
"""How the call of a model is asked: as a tool that changes nothing, with a permission of its own."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the input's parts. Names are snake_case in Rego too."""


class Scope(_Part, frozen=True, kw_only=True):
    """Where. `namespace` is "" for cluster-scoped objects; a namespace that settings map to nothing is "production"."""

    namespace: str = ""
    cluster: str = ""
    environment: str = "production"


class BlastRadius(_Part, frozen=True, kw_only=True):
    """What the plan can hurt. `replicas_share` (0..1): the share of the workload's ready replicas it may take away at once."""

    objects: Count
    replicas_share: Share
    namespaces: Count

    @classmethod
    def of(cls, blast: Blast) -> BlastRadius:
        """The figures of a plan's blast radius."""
        return cls(objects=blast.objects, replicas_share=blast.replicas_share, namespaces=blast.namespaces)


class Ownership(_Part, frozen=True, kw_only=True):
    """Who manages the touched fields. `reverted_by` names a controller that would put them back (argocd, flux, hpa,
    operator …), `overwritten_by` what overwrites them later (helm); `temporary`: asked for as an override that expires."""

    managers: tuple[str, ...] = ()
    reverted_by: str | None = None
    overwritten_by: str | None = None
    temporary: bool = False

    @classmethod
    def of(cls, managed: Managed, temporary: bool = False) -> Ownership:
        """The names in a plan's account of who manages its fields."""
        names = sorted({manager for manager in managed.managers.values() if manager})
        return cls(
            managers=tuple(names),
            reverted_by=managed.reverted_by,
            overwritten_by=managed.overwritten_by,
            temporary=temporary,
        )


class Windows(_Part, frozen=True, kw_only=True):
    """The named windows of the settings, as they are now."""

    business_hours: bool = True
    freeze: bool = False


class ModelUse(_Part, frozen=True, kw_only=True):
    """A call of a model: its name in the settings, the class of the data that goes there, the upstream with its API and the
    most confidential class it may get, and whether the model is offered tools."""

    name: str
    data_class: DataClass
    upstream: str
    api: Literal["openai", "anthropic"]
    highest_class: DataClass
    tools: bool = False


class Request(_Part, frozen=True, kw_only=True):
    """One question. `permission` is the tool's; `severity` the incident's; `blast`, `ownership` and `reversible` are the
    plan's, null before there is one. `mode` comes from settings, by environment and severity. `model` is null but for the
    call of one, which is asked as the tool MODEL_TOOL."""

    actor: Actor
    tool: str
    effect: Effect
    permission: str
    scope: Scope = Scope()
    mode: Mode = "observe"
    severity: Severity | None = None
    reversible: bool | None = None
    blast: BlastRadius | None = None
    ownership: Ownership | None = None
    windows: Windows = Windows()
    model: ModelUse | None = None


def read(given: Request | Mapping[str, Any]) -> Request:
    """The request a mapping stands for. Raises msgspec.ValidationError where it does not fit."""
    return given if isinstance(given, Request) else convert(given, Request)


def sight(request: Request) -> Request:
    """What `visible` is asked: actor, tool, effect and permission; all else has its default. So a list, which knows nothing
    else, cannot hide what may be called."""
    return Request(actor=request.actor, tool=request.tool, effect=request.effect, permission=request.permission)


def plain(text: bytes) -> Any:
    """The JSON values of an encoded request, checked again: one that was built in code was never checked, and "not a number"
    is written as null, which Rego holds to be less than every number. Raises msgspec.ValidationError."""
    return msgspec.to_builtins(_DECODER.decode(text))


_DECODER = msgspec.json.Decoder(Request)


def fields(kind: type = Request) -> dict[str, Any]:
    """The tree of input fields that a policy may name: field → its own fields ({} where it has none)."""
    return _tree(msgspec.inspect.type_info(kind))


def _tree(info: Any) -> dict[str, Any]:
    options = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    for option in options:
        if isinstance(option, msgspec.inspect.StructType):
            return {field.encode_name: _tree(field.type) for field in option.fields}
    return {}
