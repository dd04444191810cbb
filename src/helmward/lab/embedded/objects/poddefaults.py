"""The defaults of a pod spec, the same in a Pod and in a template (pkg/apis/core/v1/defaults.go)."""

from __future__ import annotations

from typing import Any

from helmward.lab.embedded.bodies import Body

_FILE_MODE = 0o644


def default_pod_spec(spec: Body) -> None:
    """Fill in what the client left out of a pod spec."""
    _fill(spec, restartPolicy="Always", dnsPolicy="ClusterFirst", schedulerName="default-scheduler")
    _fill(spec, terminationGracePeriodSeconds=30, securityContext={})
    if spec.get("serviceAccountName"):
        _fill(spec, serviceAccount=spec["serviceAccountName"])
    for container in (spec.get("containers") or []) + (spec.get("initContainers") or []):
        _container(container)
    for volume in spec.get("volumes") or []:
        _volume(volume)


def _fill(body: Body, **values: Any) -> None:
    for name, value in values.items():
        if body.get(name) is None:
            body[name] = value


def pull_policy(image: str) -> str:
    """Always for `latest` or no tag, else IfNotPresent (SetDefaults_Container)."""
    name = image.rpartition("/")[2]
    if "@" in name:
        return "IfNotPresent"
    return "Always" if name.partition(":")[2] in ("", "latest") else "IfNotPresent"


def _container(container: Body) -> None:
    _fill(container, resources={}, terminationMessagePath="/dev/termination-log", terminationMessagePolicy="File")
    _fill(container, imagePullPolicy=pull_policy(container.get("image") or ""))
    for port in container.get("ports") or []:
        _fill(port, protocol="TCP")
    for variable in container.get("env") or []:
        reference = (variable.get("valueFrom") or {}).get("fieldRef")
        if reference:
            _fill(reference, apiVersion="v1")
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if container.get(name):
            _probe(container[name])


def _probe(probe: Body) -> None:
    _fill(probe, timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3)
    if probe.get("httpGet"):
        _fill(probe["httpGet"], path="/", scheme="HTTP")
    if probe.get("grpc"):
        _fill(probe["grpc"], service="")


def _volume(volume: Body) -> None:
    if not any(value is not None for name, value in volume.items() if name != "name"):
        volume["emptyDir"] = {}
    for source in ("configMap", "secret", "downwardAPI", "projected"):
        if volume.get(source) is not None:
            _fill(volume[source], defaultMode=_FILE_MODE)
    if volume.get("hostPath") is not None:
        _fill(volume["hostPath"], type="")
