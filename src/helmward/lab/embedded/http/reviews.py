"""SelfSubjectAccessReview, SelfSubjectRulesReview and SelfSubjectReview: what a user may do, and who they are."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from helmward.lab.embedded.bodies import Body, at, encode
from helmward.lab.embedded.failures import bad_request
from helmward.lab.embedded.http import answers
from helmward.lab.embedded.http.access import VIEWERS, Attributes, allowed
from helmward.lab.embedded.http.api import USER
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.writer import User

REVIEWS: dict[str, dict[str, str]] = {
    "authorization.k8s.io/v1": {
        "selfsubjectaccessreviews": "SelfSubjectAccessReview",
        "selfsubjectrulesreviews": "SelfSubjectRulesReview",
    },
    "authentication.k8s.io/v1": {"selfsubjectreviews": "SelfSubjectReview"},
}


async def review(request: web.Request, api_version: str, plural: str) -> web.Response:
    """Answer one review. Raises ApiFailure 400 for a body that is none."""
    body = answers.read_body(await request.read(), request.content_type)
    if not isinstance(body, dict):
        raise bad_request("the body of the request is no object")
    kind = REVIEWS[api_version][plural]
    head = {"kind": kind, "apiVersion": api_version, "metadata": {"creationTimestamp": None}}
    answered = head | {"spec": body.get("spec") or {}, "status": _ANSWERS[kind](request[USER], body)}
    return answers.raw(encode(answered), 201)


def _access(user: User, body: Body) -> Body:
    asked, path = at(body, "spec", "resourceAttributes"), at(body, "spec", "nonResourceAttributes", "path")
    if not isinstance(asked, dict) and not path:
        raise bad_request("spec: Required value: exactly one of nonResourceAttributes or resourceAttributes is needed")
    if not isinstance(asked, dict):
        attributes = Attributes(str(at(body, "spec", "nonResourceAttributes", "verb")), path=str(path))
    else:
        resource = "/".join(part for part in (asked.get("resource"), asked.get("subresource")) if part)
        group, namespace = asked.get("group", ""), asked.get("namespace", "")
        attributes = Attributes(str(asked.get("verb")), group, resource, namespace, asked.get("name", ""))
    may = allowed(user, attributes)
    return {"allowed": may, "reason": "" if may else attributes.words(user)}


def _rules(user: User, body: Body) -> Body:
    rules = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]
    if VIEWERS in user.groups:
        groups = sorted({kind.group for kind in KINDS.values()})
        plurals = [kind.plural for kind in KINDS.values() if kind.name != "Secret"]
        rules = [{"verbs": ["get", "list", "watch"], "apiGroups": groups, "resources": plurals}]
    anywhere = [{"verbs": ["*"], "nonResourceURLs": ["*"]}]
    return {"resourceRules": rules, "nonResourceRules": anywhere, "incomplete": False}


def _self(user: User, body: Body) -> Body:
    groups = [*user.groups, "system:authenticated"]
    return {"userInfo": {"username": user.name, "groups": groups}}


_ANSWERS: dict[str, Callable[[User, Body], Body]] = {
    "SelfSubjectAccessReview": _access,
    "SelfSubjectRulesReview": _rules,
    "SelfSubjectReview": _self,
}
