"""Asks the API server who we are and what we may do. These POSTs are questions: nothing is stored there."""

from __future__ import annotations

from typing import Any

import msgspec

from helmward.adapters.clients.kubernetes.transport import Call, Transport
from helmward.core.cluster import Forbidden, NotFound

_AUTHENTICATION = "authentication.k8s.io/v1"
_AUTHORIZATION = "authorization.k8s.io/v1"


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """One ResourceRule: what may be done ("*" is everything); `resource_names` empty means any name."""

    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()


class Rules(msgspec.Struct, frozen=True, rename="camel"):
    """What we may do in a namespace. `incomplete`: an authorizer cannot list its rules; ask `can` for certainty."""

    resource_rules: tuple[Rule, ...] = ()
    incomplete: bool = False


class _UserInfo(msgspec.Struct):
    username: str = ""


class _Answer(msgspec.Struct, rename="camel"):
    allowed: bool = False
    user_info: _UserInfo = msgspec.field(default_factory=_UserInfo)


class _Review(msgspec.Struct):
    status: _Answer = msgspec.field(default_factory=_Answer)


class _RulesReview(msgspec.Struct):
    status: Rules = msgspec.field(default_factory=Rules)


async def whoami(transport: Transport) -> str:
    """Our user name there; "" where the server does not tell (before Kubernetes 1.28, or forbidden)."""
    call = _question(_AUTHENTICATION, "SelfSubjectReview", {})
    try:
        review = await transport.fetch_as(call, _Review)
    except (NotFound, Forbidden):
        return ""
    return review.status.user_info.username


async def can(transport: Transport, verb: str, group: str, resource: str, namespace: str | None) -> bool:
    """See Client.can."""
    resource, _, subresource = resource.partition("/")
    attributes = {"verb": verb, "group": group, "resource": resource}
    attributes |= {"subresource": subresource} if subresource else {}
    attributes |= {"namespace": namespace} if namespace else {}
    call = _question(_AUTHORIZATION, "SelfSubjectAccessReview", {"resourceAttributes": attributes})
    return (await transport.fetch_as(call, _Review)).status.allowed


async def rules(transport: Transport, namespace: str) -> Rules:
    """See Client.rules."""
    call = _question(_AUTHORIZATION, "SelfSubjectRulesReview", {"namespace": namespace})
    return (await transport.fetch_as(call, _RulesReview)).status


def _question(version: str, kind: str, spec: dict[str, Any]) -> Call:
    body = {"apiVersion": version, "kind": kind} | ({"spec": spec} if spec else {})
    return Call(path=f"/apis/{version}/{kind.lower()}s", method="POST", body=msgspec.json.encode(body))
