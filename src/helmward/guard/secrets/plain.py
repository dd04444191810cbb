"""Values that are no secrets whatever their setting is called: switches, numbers, references, paths, placeholders."""

from __future__ import annotations

import re

from helmward.guard.matching.marks import MARK
from helmward.guard.secrets.words import STATUS

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)*(?:[eE]\d+)?(?:%|[a-zA-Z]{1,2})?")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|ms|[smhdw]))+")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_VERSION = re.compile(r"v?\d+(?:\.\d+)+(?:[-+.][0-9A-Za-z.-]*)?(?:@sha256:[0-9a-f]+)?")
_REFERENCE = re.compile(
    r"!(?:vault|secret|env|env_var|ref|sub|getatt|importvalue|include|sops|encrypted|file)(?:/\w+)?|\$\{[^}]*\}|\$\([^)]*\)|(?-i:\$[A-Z_][A-Z0-9_]*)|%[A-Za-z_]\w*%|\{\{.*\}\}|<[^<>]*>|\(\(.*\)\)"
    r"|(?:ref\+|ENC\[|\$ANSIBLE_VAULT|vault:|env:|file:|secret:|secretref:|op:|awssm:|arn:aws|sm:|projects/)\S*",
    re.I,
)
_PATH = re.compile(
    r"(?:file://)?(?:/(?:run|var|etc|mnt|opt|secrets?|vault|home|root|tmp|usr|app|config|data|certs?|keys?|srv|workspace|"
    r"kaniko|credentials?)/|\.{1,2}/|~/|[A-Z]:\\)[\w./@+\\-]*"
)
_PLACEHOLDER = re.compile(
    r"[|>][+-]?\d?|[\[{(]+|[*x•.?#_-]{2,}|[*]|\[[A-Za-z][A-Za-z _/-]*\]|\([A-Za-z][A-Za-z _-]*\)", re.I
)
# A line of a program, as tracebacks quote it: an accessor, a dotted name, a call.
_ACCESSOR = re.compile(
    r"(?:os\.(?:environ|getenv)|process\.env|System\.getenv|getenv|std::env|env|ENV|Deno\.env)[.:(\[].*", re.S
)
_DOTTED = re.compile(r"[A-Za-z_]+(?:(?:\.|::|->)[A-Za-z_]+)+")
_CALL = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)*[(\[].*", re.S)
_PLAIN_CALL = re.compile(
    r"(?:[A-Za-z_]\w*(?:\.|::|->))*[A-Za-z_]{3,}[(\[][\"'].*|\$\w+(?:\[|->|::).*|(?:[A-Za-z_]\w*(?:\.|::|->))*[A-Za-z_]{3,}\((?:[A-Za-z_]\w*)?\);?"
)
# What is left of a secret that somebody else has masked: `sk-...abcd`.
_SHORTENED = re.compile(r"[\w-]{0,8}(?:\.{3,}|…|[*•]{3,})[\w-]{0,6}")
_FLOW = re.compile(
    r"\{\s*\"(?:type|\$ref|description|format|title|valueFrom|secretKeyRef|secretRef|key|name)\"|\{[\w.-]+:|\[[\[{]"
)
_OWN_NAMES = ("password", "passwd", "token", "secret", "credentials", "key")
_NAME = re.compile(r"[a-z0-9]+(?:[-./][a-z0-9]+)+")
# The last alternative is the alphabet of Kubernetes' own random suffixes (apimachinery, util/rand).
_SHORT_PART = re.compile(r"[a-z]+\d{0,3}|\d{1,4}|v\d+[a-z0-9]*|[a-z0-9]{1,5}|[bcdfghjklmnpqrstvwxz2456789]{8,10}")


def is_plain(value: str) -> bool:
    """A value that says nothing secret: empty, a switch, a number, a time, a reference to elsewhere, a placeholder."""
    text = value.strip()
    if not text or text.lower() in STATUS or MARK.sub("", text) == "":
        return True
    patterns = (_SHORTENED, _NUMBER, _DURATION, _TIME, _REFERENCE, _PATH, _PLACEHOLDER)
    return any(pattern.fullmatch(text) for pattern in patterns)


def is_code(value: str, spaced: bool, password: bool) -> bool:
    """A bare value that is an expression of a program; `spaced` where ` = ` stands before it, as programs write it."""
    if _ACCESSOR.fullmatch(value) or _FLOW.match(value) or (spaced and value.rstrip(";,") in _OWN_NAMES):
        return True
    dotted = _DOTTED.match(value)
    if dotted is not None and (spaced or not password) and dotted.end() < len(value):
        return value[dotted.end()] in "(["
    if dotted is not None and dotted.end() == len(value):
        return spaced or re.split(r"\W+", value)[-1].lower().endswith(_OWN_NAMES)
    return spaced and (_CALL if not password else _PLAIN_CALL).fullmatch(value) is not None


def is_reference(value: str) -> bool:
    """`$(DB_PASSWORD)`, `${DB_PASSWORD}`, `{{ .Values.password }}`: the secret stands elsewhere."""
    return _REFERENCE.fullmatch(value.strip()) is not None


def is_version(value: str) -> bool:
    """An image tag such as `v1.2.3`."""
    return _VERSION.fullmatch(value) is not None


def is_object_name(value: str) -> bool:
    """`payment-credentials`, `production/payment-credentials`: words joined as Kubernetes names are, nothing random."""
    if not _NAME.fullmatch(value):
        return False
    return all(_SHORT_PART.fullmatch(part) for part in re.split("[-./]", value))
