"""The codes of quotas and limit ranges (HW-QTA)."""

from __future__ import annotations

from helmward.core.nouns import Severity
from helmward.explain.codes import GROUND, Code

_WHY = "The API server refuses to create the pods, so the workload runs fewer replicas than it should, or none."
_RAISE = "Raise the quota, or free some of it: lower requests, scale something down, delete what is not needed."


def _code(number: int, slug: str, fix: str = _RAISE) -> Code:
    return Code(f"HW-QTA-{number:03}", slug, Severity.HIGH, _WHY, fix, GROUND, 0.97)


PODS = _code(1, "quota-exceeded-pods")
CPU = _code(2, "quota-exceeded-cpu")
MEMORY = _code(3, "quota-exceeded-memory")
STORAGE = _code(4, "quota-exceeded-storage")
OBJECTS = _code(5, "quota-exceeded-objects")
UNSPECIFIED = _code(
    6,
    "quota-needs-resources",
    "Set the named requests and limits on every container, or give the namespace a LimitRange with defaults.",
)
RANGE = _code(7, "limit-range-violated", "Set requests and limits within the namespace's LimitRange, or change that.")
NEARLY = Code(
    "HW-QTA-008",
    "quota-nearly-full",
    Severity.INFO,
    "The next rollout or scale-up may be refused: a rolling update needs room for its surge.",
    "Raise the quota before it is full, or free some of it.",
    GROUND,
    0.5,
)
SERVICES = _code(9, "quota-exceeded-services")
CODES = (PODS, CPU, MEMORY, STORAGE, OBJECTS, UNSPECIFIED, RANGE, NEARLY, SERVICES)


def code_for(resource: str) -> Code:
    """The code of a quota's resource name (`requests.cpu`, `count/pods`, `gold.storageclass…/requests.storage`)."""
    name = resource.rpartition("/")[2].removeprefix("requests.").removeprefix("limits.")
    if name == "persistentvolumeclaims" or "storage" in name:
        return STORAGE
    if name.startswith("services"):
        return SERVICES
    return {"pods": PODS, "cpu": CPU, "memory": MEMORY}.get(name, OBJECTS)
