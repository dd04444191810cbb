"""The kinds the embedded engine serves: one table of API, plural, short names, scope and subresources."""

from __future__ import annotations

from dataclasses import dataclass

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Served:
    """One resource as discovery describes it (metav1.APIResource). `group` is "" for the core group."""

    name: str
    group: str
    version: str
    plural: str
    short: tuple[str, ...] = ()
    namespaced: bool = True
    status: bool = False
    scale: bool = False
    generation: bool = False
    everything: bool = False

    @property
    def api_version(self) -> str:
        """`v1` or `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """The name error messages use: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def qualified(self) -> str:
        """The name validation errors use: `Pod`, `Deployment.apps`."""
        return f"{self.name}.{self.group}" if self.group else self.name

    @property
    def root(self) -> str:
        """The URL path of the group and version."""
        return f"/apis/{self.api_version}" if self.group else f"/api/{self.version}"


def _core(name: str, plural: str, *short: str, **more: bool) -> Served:
    return Served(name, "", "v1", plural, short, **more)


_WORKLOAD = {"status": True, "scale": True, "generation": True, "everything": True}

KINDS: dict[str, Served] = {
    kind.name: kind
    for kind in (
        _core("Namespace", "namespaces", "ns", namespaced=False, status=True),
        _core("Node", "nodes", "no", namespaced=False, status=True),
        _core("Pod", "pods", "po", status=True, generation=True, everything=True),
        _core("Service", "services", "svc", status=True, everything=True),
        _core("ConfigMap", "configmaps", "cm"),
        _core("Secret", "secrets"),
        _core("ServiceAccount", "serviceaccounts", "sa"),
        _core("Event", "events", "ev"),
        _core("PersistentVolumeClaim", "persistentvolumeclaims", "pvc", status=True),
        _core("PersistentVolume", "persistentvolumes", "pv", namespaced=False, status=True),
        _core("ResourceQuota", "resourcequotas", "quota", status=True),
        _core("LimitRange", "limitranges", "limits"),
        Served("Deployment", "apps", "v1", "deployments", ("deploy",), **_WORKLOAD),
        Served("ReplicaSet", "apps", "v1", "replicasets", ("rs",), **_WORKLOAD),
        Served("StatefulSet", "apps", "v1", "statefulsets", ("sts",), **_WORKLOAD),
        Served("DaemonSet", "apps", "v1", "daemonsets", ("ds",), status=True, generation=True, everything=True),
        Served("Job", "batch", "v1", "jobs", (), status=True, generation=True, everything=True),
        Served("CronJob", "batch", "v1", "cronjobs", ("cj",), status=True, generation=True, everything=True),
        Served("EndpointSlice", "discovery.k8s.io", "v1", "endpointslices", (), generation=True),
        Served("Ingress", "networking.k8s.io", "v1", "ingresses", ("ing",), status=True, generation=True),
        Served("NetworkPolicy", "networking.k8s.io", "v1", "networkpolicies", ("netpol",), generation=True),
        Served("StorageClass", "storage.k8s.io", "v1", "storageclasses", ("sc",), namespaced=False),
        Served("Lease", "coordination.k8s.io", "v1", "leases"),
        Served(
            "HorizontalPodAutoscaler",
            "autoscaling",
            "v2",
            "horizontalpodautoscalers",
            ("hpa",),
            status=True,
            everything=True,
        ),
        Served("PodDisruptionBudget", "policy", "v1", "poddisruptionbudgets", ("pdb",), status=True, generation=True),
    )
}

BY_PATH: dict[tuple[str, str, str], Served] = {(kind.group, kind.version, kind.plural): kind for kind in KINDS.values()}


def group_versions() -> dict[str, list[Served]]:
    """The kinds by apiVersion, the core group first, as discovery lists them."""
    found: dict[str, list[Served]] = {}
    for kind in KINDS.values():
        found.setdefault(kind.api_version, []).append(kind)
    return found
