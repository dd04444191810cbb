"""The names by which kubectl and people call a resource: `po`, `pods`, `Pod`, `deployments.apps`, `netpol`."""

from __future__ import annotations

from helmward.world.kinds import KINDS, Kind

# Kinds the world has no view of, which kubectl prints all the same; the source is `kubectl api-resources` of v1.34.
_OTHERS = (
    Kind("Endpoints", "v1", "endpoints"),
    Kind("LimitRange", "v1", "limitranges"),
    Kind("ReplicationController", "v1", "replicationcontrollers"),
    Kind("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies"),
    Kind("IngressClass", "networking.k8s.io/v1", "ingressclasses", False),
    Kind("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers"),
    Kind("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets"),
    Kind("PriorityClass", "scheduling.k8s.io/v1", "priorityclasses", False),
    Kind("Lease", "coordination.k8s.io/v1", "leases"),
    Kind("Role", "rbac.authorization.k8s.io/v1", "roles"),
    Kind("RoleBinding", "rbac.authorization.k8s.io/v1", "rolebindings"),
    Kind("ClusterRole", "rbac.authorization.k8s.io/v1", "clusterroles", False),
    Kind("ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "clusterrolebindings", False),
    Kind("CustomResourceDefinition", "apiextensions.k8s.io/v1", "customresourcedefinitions", False),
    Kind("ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", False),
    Kind("MutatingWebhookConfiguration", "admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", False),
    Kind("APIService", "apiregistration.k8s.io/v1", "apiservices", False),
    Kind("CSINode", "storage.k8s.io/v1", "csinodes", False),
    Kind("CSIDriver", "storage.k8s.io/v1", "csidrivers", False),
    Kind("VolumeAttachment", "storage.k8s.io/v1", "volumeattachments", False),
)

_SHORT = {
    "cm": "ConfigMap",
    "ep": "Endpoints",
    "endpoint": "Endpoints",
    "ev": "Event",
    "limits": "LimitRange",
    "ns": "Namespace",
    "no": "Node",
    "pvc": "PersistentVolumeClaim",
    "pv": "PersistentVolume",
    "po": "Pod",
    "rc": "ReplicationController",
    "quota": "ResourceQuota",
    "sa": "ServiceAccount",
    "svc": "Service",
    "crd": "CustomResourceDefinition",
    "ds": "DaemonSet",
    "deploy": "Deployment",
    "rs": "ReplicaSet",
    "sts": "StatefulSet",
    "hpa": "HorizontalPodAutoscaler",
    "cj": "CronJob",
    "ing": "Ingress",
    "netpol": "NetworkPolicy",
    "pdb": "PodDisruptionBudget",
    "pc": "PriorityClass",
    "sc": "StorageClass",
}

_BY_KIND = {**{kind.name: kind for kind in _OTHERS}, **KINDS}
_BY_ALIAS = {
    **{kind.plural: kind for kind in _BY_KIND.values()},
    **{kind.name.lower(): kind for kind in _BY_KIND.values()},
    **{short: _BY_KIND[name] for short, name in _SHORT.items()},
}


def kind_called(alias: str) -> Kind | None:
    """The kind that a resource name of kubectl means (plural, singular, short, with or without its group)."""
    return _BY_ALIAS.get(alias.lower().partition(".")[0])


def kind_of_object(api_version: str, name: str) -> Kind:
    """The Kind of an object by its apiVersion and kind; a custom resource gets one made up, without a view."""
    known = _BY_KIND.get(name)
    if known is not None and known.group == api_version.rpartition("/")[0]:
        return known
    return Kind(name, api_version, name.lower() + "s")


def is_known(kind: Kind) -> bool:
    """True where the kind's scope is known, so that a missing namespace means `default`."""
    return _BY_KIND.get(kind.name) is kind
