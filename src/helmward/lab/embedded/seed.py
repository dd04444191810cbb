"""What a fresh cluster holds: the system namespaces and the `kubernetes` Service."""

from __future__ import annotations

from helmward.lab.embedded.bodies import Body
from helmward.lab.embedded.kinds import KINDS
from helmward.lab.embedded.objects.registry import Registry
from helmward.lab.embedded.objects.writer import Writer

NAMESPACES = ("default", "kube-node-lease", "kube-public", "kube-system")
ROOT_CA = "kube-root-ca.crt"
_ANNOTATION = "kubernetes.io/description"
_DESCRIPTION = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)


def seed(registry: Registry, certificate_authority: str) -> None:
    """Fill an empty store; `certificate_authority` is PEM text. A store that is not empty stays as it is."""
    registry.certificate_authority = certificate_authority
    if registry.store.get("Namespace", "", "default"):
        return
    server = Writer("kube-apiserver")
    for name in NAMESPACES:
        registry.create(KINDS["Namespace"], "", {"metadata": {"name": name}}, server)
        furnish(registry, name)
    labels = {"component": "apiserver", "provider": "kubernetes"}
    port = {"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}
    service: Body = {"metadata": {"name": "kubernetes", "labels": labels}, "spec": {"ports": [port]}}
    service["spec"]["clusterIP"] = "10.96.0.1"
    registry.create(KINDS["Service"], "default", service, server)
    registry.create(KINDS["EndpointSlice"], "default", _slice(), server)


def _slice() -> Body:
    return {
        "metadata": {"name": "kubernetes", "labels": {"kubernetes.io/service-name": "kubernetes"}},
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": True}}],
        "ports": [{"name": "https", "port": 6443, "protocol": "TCP"}],
    }


def furnish(registry: Registry, namespace: str) -> None:
    """Give a namespace what each has: ServiceAccount `default` and ConfigMap `kube-root-ca.crt`."""
    manager = Writer("kube-controller-manager")
    if registry.store.get("ServiceAccount", namespace, "default") is None:
        registry.create(KINDS["ServiceAccount"], namespace, {"metadata": {"name": "default"}}, manager)
    if registry.store.get("ConfigMap", namespace, ROOT_CA) is None:
        metadata = {"name": ROOT_CA, "annotations": {_ANNOTATION: _DESCRIPTION}}
        data = {"ca.crt": registry.certificate_authority}
        registry.create(KINDS["ConfigMap"], namespace, {"metadata": metadata, "data": data}, manager)
