"""Validation with Kubernetes' own words: names, required fields, selectors, what may not change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from helmward.lab.embedded.bodies import Body, at, encode, meta
from helmward.lab.embedded.failures import Fault, invalid
from helmward.lab.embedded.kinds import Served
from helmward.lab.embedded.objects.immutable import frozen_faults
from helmward.lab.embedded.objects.labels import selects

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"

_REQUIRED, _INVALID = "FieldValueRequired", "FieldValueInvalid"

# apimachinery/pkg/util/validation/validation.go
_LABEL_WORDS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    f"with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
_SUBDOMAIN_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character "
    rf"(e.g. 'example.com', regex used for validation is '{_LABEL}(\.{_LABEL})*')"
)
_LABEL_1035_WORDS = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character "
    f"(e.g. 'my-name',  or 'abc-123', regex used for validation is '{_LABEL_1035}')"
)
_PERCENT_WORDS = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
    "validation is '[0-9]+%')"
)


def validate(kind: Served, body: Body, before: Body | None = None) -> None:
    """Raises ApiFailure 422 with every fault found, in the order of the fields."""
    faults = [*_metadata(kind, body), *_spec(kind, body)]
    if before is not None:
        faults += frozen_faults(kind.name, before, body)
    if faults:
        raise invalid(kind, meta(body).get("name", ""), faults)


def _metadata(kind: Served, body: Body) -> Iterator[Fault]:
    name = meta(body).get("name") or ""
    if not name:
        yield Fault("metadata.name", _REQUIRED, "", "name or generateName is required")
        return
    form, words, limit = _name_rule(kind.name)
    if len(name) > limit:
        yield Fault("metadata.name", _INVALID, _json(name), f"must be no more than {limit} characters")
    if not re.fullmatch(form, name):
        yield Fault("metadata.name", _INVALID, _json(name), words)


def _name_rule(kind: str) -> tuple[str, str, int]:
    if kind == "Namespace":
        return _LABEL, _LABEL_WORDS, 63
    if kind == "Service":
        return _LABEL_1035, _LABEL_1035_WORDS, 63
    return _SUBDOMAIN, _SUBDOMAIN_WORDS, 253


def _spec(kind: Served, body: Body) -> Iterator[Fault]:
    spec = body.get("spec") or {}
    match kind.name:
        case "Pod":
            yield from _pod_spec(spec, "spec")
        case "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet":
            yield from _workload(kind.name, spec)
        case "Job":
            yield from _job(spec)
        case "Service":
            yield from _service(spec)
        case "ConfigMap" | "Secret":
            yield from _data(body)


def _json(value: Any) -> str:
    return encode(value).decode()


def _pod_spec(spec: Mapping[str, Any], path: str) -> Iterator[Fault]:
    if not spec.get("containers"):
        yield Fault(f"{path}.containers", _REQUIRED)
    seen: set[str] = set()
    for field in ("initContainers", "containers"):
        for place, container in enumerate(spec.get(field) or []):
            yield from _container(container, f"{path}.{field}[{place}]", seen)


def _container(container: Mapping[str, Any], path: str, seen: set[str]) -> Iterator[Fault]:
    name = container.get("name") or ""
    if not name:
        yield Fault(f"{path}.name", _REQUIRED)
    elif not re.fullmatch(_LABEL, name):
        yield Fault(f"{path}.name", _INVALID, _json(name), _LABEL_WORDS)
    elif name in seen:
        yield Fault(f"{path}.name", "FieldValueDuplicate", _json(name))
    seen.add(name)
    if not container.get("image"):
        yield Fault(f"{path}.image", _REQUIRED)
    for place, port in enumerate(container.get("ports") or []):
        yield from _port(port.get("containerPort"), f"{path}.ports[{place}].containerPort")


def _port(number: Any, path: str) -> Iterator[Fault]:
    if number is None:
        yield Fault(path, _REQUIRED)
    elif not 0 < number < 65536:
        yield Fault(path, _INVALID, str(number), "must be between 1 and 65535, inclusive")


def _workload(kind: str, spec: Mapping[str, Any]) -> Iterator[Fault]:
    if (spec.get("replicas") or 0) < 0:
        yield Fault("spec.replicas", _INVALID, str(spec["replicas"]), "must be greater than or equal to 0")
    selector, template = spec.get("selector"), spec.get("template") or {}
    if selector is None:
        yield Fault("spec.selector", _REQUIRED)
    elif not selector.get("matchLabels") and not selector.get("matchExpressions"):
        words = f"empty selector is invalid for {kind.lower()}"
        yield Fault("spec.selector", _INVALID, _json(selector), words)
    labels = at(template, "metadata", "labels") or {}
    if not selects(selector or {}, labels):
        words = "`selector` does not match template `labels`"
        yield Fault("spec.template.metadata.labels", _INVALID, _json(labels), words)
    if kind == "Deployment":
        yield from _strategy(spec)
    yield from _pod_spec(template.get("spec") or {}, "spec.template.spec")
    policy = at(template, "spec", "restartPolicy")
    if policy != "Always":
        detail = 'supported values: "Always"'
        yield Fault("spec.template.spec.restartPolicy", "FieldValueNotSupported", _json(policy), detail)


def _strategy(spec: Mapping[str, Any]) -> Iterator[Fault]:
    limits = at(spec, "strategy", "rollingUpdate")
    if limits is None:
        return
    path = "spec.strategy.rollingUpdate"
    for name in ("maxUnavailable", "maxSurge"):
        value = limits.get(name)
        if isinstance(value, str) and not re.fullmatch("[0-9]+%", value):
            yield Fault(f"{path}.{name}", _INVALID, _json(value), _PERCENT_WORDS)
        elif isinstance(value, int) and value < 0:
            yield Fault(f"{path}.{name}", _INVALID, str(value), "must be greater than or equal to 0")
    if all(str(limits.get(name)) in ("0", "0%") for name in ("maxUnavailable", "maxSurge")):
        value = _json(limits["maxUnavailable"])
        yield Fault(f"{path}.maxUnavailable", _INVALID, value, "may not be 0 when `maxSurge` is 0")


def _job(spec: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _pod_spec(at(spec, "template", "spec") or {}, "spec.template.spec")
    policy = at(spec, "template", "spec", "restartPolicy")
    if policy not in ("OnFailure", "Never"):
        detail = 'supported values: "OnFailure", "Never"'
        yield Fault("spec.template.spec.restartPolicy", "FieldValueNotSupported", _json(policy), detail)


def _service(spec: Mapping[str, Any]) -> Iterator[Fault]:
    ports = spec.get("ports") or []
    if not ports and spec.get("type") != "ExternalName" and spec.get("clusterIP") != "None":
        yield Fault("spec.ports", _REQUIRED)
    for place, port in enumerate(ports):
        yield from _port(port.get("port"), f"spec.ports[{place}].port")
        if len(ports) > 1 and not port.get("name"):
            yield Fault(f"spec.ports[{place}].name", _REQUIRED)


def _data(body: Mapping[str, Any]) -> Iterator[Fault]:
    for key in body.get("data") or {}:
        if not re.fullmatch(r"[-._a-zA-Z0-9]+", key) or key in (".", ".."):
            words = (
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
            )
            yield Fault(f"data[{key}]", _INVALID, _json(key), words)
