"""What the API refuses: metav1.Status errors with Kubernetes' own reasons and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from helmward.lab.embedded.kinds import Served

# The field-error types of apimachinery/pkg/util/validation/field/errors.go and their words.
_WORDS = {
    "FieldValueRequired": "Required value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueDuplicate": "Duplicate value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueNotFound": "Not found",
}


class ApiFailure(Exception):
    """A refusal that is sent to the client as a Status with this HTTP code."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.details = code, reason, message, details or {}
        self.metadata: dict[str, Any] = {}

    def status(self) -> dict[str, Any]:
        """The Status object (metav1.Status)."""
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": self.metadata,
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        }
        if self.details:
            body["details"] = self.details
        return body


@dataclass(frozen=True, slots=True)
class Fault:
    """One field that is wrong: its path, the field.ErrorType, the value as JSON text, what is wrong with it."""

    path: str
    type: str
    value: str = ""
    detail: str = ""

    def words(self) -> str:
        """The body of the error without the path."""
        parts = [_WORDS[self.type]]
        if self.type in ("FieldValueInvalid", "FieldValueNotSupported", "FieldValueDuplicate", "FieldValueNotFound"):
            parts.append(self.value)
        return ": ".join([*parts, self.detail] if self.detail else parts)


def _details(kind: Served, name: str) -> dict[str, Any]:
    details = {"name": name, "group": kind.group, "kind": kind.plural}
    return {key: value for key, value in details.items() if value}


def not_found(kind: Served, name: str) -> ApiFailure:
    """404: there is no such object."""
    return ApiFailure(404, "NotFound", f'{kind.resource} "{name}" not found', _details(kind, name))


def already_exists(kind: Served, name: str) -> ApiFailure:
    """409: create of a name that is taken."""
    return ApiFailure(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', _details(kind, name))


def conflict(kind: Served, name: str, why: str) -> ApiFailure:
    """409: a precondition does not hold."""
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return ApiFailure(409, "Conflict", message, _details(kind, name))


def stale(kind: Served, name: str) -> ApiFailure:
    """409: the resourceVersion of the request is not the stored one."""
    words = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(kind, name, words)


def invalid(kind: Served, name: str, faults: Sequence[Fault]) -> ApiFailure:
    """422 with one cause for each fault (errors.NewInvalid)."""
    texts = list(dict.fromkeys(f"{fault.path}: {fault.words()}" for fault in faults))
    joined = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    details = _details(kind, name) | {"kind": kind.name}
    details["causes"] = [{"reason": fault.type, "message": fault.words(), "field": fault.path} for fault in faults]
    return ApiFailure(422, "Invalid", f'{kind.qualified} "{name}" is invalid: {joined}', details)


def forbidden(kind: Served, name: str, why: str) -> ApiFailure:
    """403 by admission."""
    return ApiFailure(403, "Forbidden", f'{kind.resource} "{name}" is forbidden: {why}', _details(kind, name))


def bad_request(message: str) -> ApiFailure:
    """400: the request itself is wrong."""
    return ApiFailure(400, "BadRequest", message)


def expired(message: str) -> ApiFailure:
    """410: the version asked for is no longer kept."""
    return ApiFailure(410, "Expired", message)


def too_large(wanted: int, current: int) -> ApiFailure:
    """504: a version of the future (storage.NewTooLargeResourceVersionError)."""
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Timeout: Too large resource version: {wanted}, current: {current}"
    return ApiFailure(504, "Timeout", message, {"causes": causes, "retryAfterSeconds": 1})
