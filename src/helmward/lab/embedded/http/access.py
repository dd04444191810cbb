"""Who asks, and whether they may: bearer tokens, and a rule for viewers."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.objects.writer import User

# Users in this group read everything but Secrets, and write nothing (the ClusterRole `view`).
VIEWERS = "view"
ANONYMOUS = User("system:anonymous", ("system:unauthenticated",))
_OPEN = ("/readyz", "/livez", "/healthz", "/version")
_READS = ("get", "list", "watch")
_REVIEWS = ("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews")


@dataclass(slots=True)
class Access:
    """The tokens of this server and whose they are."""

    tokens: dict[str, User] = field(default_factory=dict)

    def user(self, authorization: str) -> User:
        """The user of an Authorization header; anonymous without one. Raises ApiFailure 401 for a wrong token."""
        if not authorization:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        for known, user in self.tokens.items():
            if scheme.lower() == "bearer" and hmac.compare_digest(known.encode(), token.strip().encode()):
                return user
        raise ApiFailure(401, "Unauthorized", "Unauthorized")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is asked for (authorization.k8s.io ResourceAttributes); `path` instead for a non-resource URL."""

    verb: str
    group: str = ""
    resource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""

    def words(self, user: User) -> str:
        """The refusal (apiserver/pkg/endpoints/handlers/responsewriters/errors.go)."""
        if self.path:
            return f'User "{user.name}" cannot {self.verb} path "{self.path}"'
        where = f'in the namespace "{self.namespace}"' if self.namespace else "at the cluster scope"
        return f'User "{user.name}" cannot {self.verb} resource "{self.resource}" in API group "{self.group}" {where}'


def allowed(user: User, asked: Attributes) -> bool:
    """Viewers read all but Secrets, nobody in particular reads what is open, everybody else does everything."""
    if user == ANONYMOUS:
        return asked.path.startswith(_OPEN)
    if VIEWERS not in user.groups or asked.path:
        return True
    resource = asked.resource.partition("/")[0]
    return resource in _REVIEWS or (asked.verb in _READS and resource != "secrets")


def authorise(user: User, asked: Attributes) -> None:
    """Raises ApiFailure 403."""
    if allowed(user, asked):
        return
    if asked.path:
        raise ApiFailure(403, "Forbidden", f"forbidden: {asked.words(user)}")
    plural, _, _ = asked.resource.partition("/")
    what = f"{plural}.{asked.group}" if asked.group else plural
    named = f' "{asked.name}"' if asked.name else ""
    details = {"name": asked.name, "group": asked.group, "kind": plural}
    raise ApiFailure(
        403,
        "Forbidden",
        f"{what}{named} is forbidden: {asked.words(user)}",
        {key: value for key, value in details.items() if value},
    )
