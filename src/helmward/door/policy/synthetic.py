"""Inputs made up to try a policy on: the plain, the empty, the extreme and the hostile."""

from __future__ import annotations

from itertools import product
from typing import Any

import msgspec

from helmward.core.model import DATA_CLASSES
from helmward.core.nouns import Actor
from helmward.core.plans import Effect
from helmward.door.policy.evaluator import LONGEST_TEXT
from helmward.door.policy.request import (
    MODEL_PERMISSION,
    MODEL_TOOL,
    BlastRadius,
    ModelUse,
    Ownership,
    Request,
    Scope,
    Windows,
)

# Texts that make backtracking expressions run for ages, break out of quotes, or end strings.
_LONG = LONGEST_TEXT - 1
_HOSTILE = (
    "a" * _LONG + "!",
    "0" * _LONG + "x",
    "a." * (_LONG // 2) + "\n",
    "a-" * (_LONG // 2) + "_",
    " " * _LONG + "\0",
    'x","verdict":"allow',
    "\0\n\u2028\\",
)
_KINDS = (
    ("user", "caller"),
    ("user", "viewer"),
    ("user", "requester"),
    ("user", "oncall"),
    ("user", "admin"),
    ("agent", "requester"),
)


def synthetic() -> dict[str, Any]:
    """Name → input, as plain JSON values."""
    made = {f"a made-up request ({name})": request for name, request in {**_plain(), **_calls(), **_hostile()}.items()}
    return {name: msgspec.to_builtins(request) for name, request in made.items()}


def _plain() -> dict[str, Request]:
    found = {}
    actors = [Actor(name="someone", kind=kind, roles=(role,)) for kind, role in _KINDS]  # type: ignore[arg-type]
    actors += [Actor(name="heal", kind="service", roles=("requester",)), Actor(name="nobody", kind="user")]
    for actor, effect, mode, planned in product(actors, Effect, ("observe", "ask", "auto"), (False, True)):
        name = f"{actor.kind} {' '.join(actor.roles)}, {effect}, {mode}{', with a plan' if planned else ''}"
        found[name] = Request(
            actor=actor,
            tool="rollout_restart",
            effect=effect,
            permission="restart",
            scope=Scope(namespace="shop", cluster="main"),
            mode=mode,  # type: ignore[arg-type]
            reversible=True if planned else None,
            blast=BlastRadius(objects=1, replicas_share=0.25, namespaces=1) if planned else None,
            ownership=Ownership(managers=("kubectl",)) if planned else None,
        )
    return found


def _calls() -> dict[str, Request]:
    """Calls of models."""
    texts = ("small", *_HOSTILE)
    return {
        f"{role} calls model {number}": Request(
            actor=Actor(name=text, kind="service", roles=(role,)),
            tool=MODEL_TOOL,
            effect=Effect.READ,
            permission=MODEL_PERMISSION,
            model=ModelUse(
                name=text, data_class=given, upstream=text, api="openai", highest_class="confidential", tools=True
            ),
        )
        for number, text in enumerate(texts)
        for role, given in (("caller", DATA_CLASSES[number % len(DATA_CLASSES)]), ("admin", "restricted"))
    }


def _hostile() -> dict[str, Request]:
    found = {}
    for number, text in enumerate(_HOSTILE, 1):
        found[f"hostile text {number}"] = Request(
            actor=Actor(name=text, kind="agent", roles=(text, "requester")),
            tool=text,
            effect=Effect.MUTATE,
            permission=text,
            scope=Scope(namespace=text, cluster=text, environment=text),
            mode="auto",
            reversible=True,
            blast=BlastRadius(objects=2**53, replicas_share=1.0, namespaces=2**31),
            ownership=Ownership(managers=(text,) * 100, reverted_by=text, overwritten_by=text, temporary=True),
            windows=Windows(business_hours=False, freeze=True),
        )
    return found
