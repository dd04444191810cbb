"""The kinds Helmward knows: their API, plural, scope and typed view. Anything else is read as metadata and raw bytes."""

from __future__ import annotations

from dataclasses import dataclass

from helmward.world import views


@dataclass(frozen=True, slots=True)
class Kind:
    """A Kubernetes kind. `api` is the apiVersion (`apps/v1`), `plural` the resource name in URLs and in RBAC."""

    name: str
    api: str
    plural: str
    namespaced: bool = True
    view: type[views.View] = views.Plain

    @property
    def group(self) -> str:
        """The API group; "" for the core group."""
        return self.api.rpartition("/")[0]

    @property
    def path(self) -> str:
        """The URL path of the whole collection."""
        return f"/{'apis' if '/' in self.api else 'api'}/{self.api}/{self.plural}"


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("Namespace", "v1", "namespaces", False),
        Kind("Node", "v1", "nodes", False, views.Node),
        Kind("Pod", "v1", "pods", True, views.Pod),
        Kind("Service", "v1", "services", True, views.Service),
        Kind("ConfigMap", "v1", "configmaps", True, views.ConfigMap),
        Kind("Secret", "v1", "secrets", True, views.Secret),
        Kind("ServiceAccount", "v1", "serviceaccounts"),
        Kind("PersistentVolumeClaim", "v1", "persistentvolumeclaims", True, views.PersistentVolumeClaim),
        Kind("PersistentVolume", "v1", "persistentvolumes", False, views.PersistentVolume),
        Kind("ResourceQuota", "v1", "resourcequotas", True, views.ResourceQuota),
        Kind("Event", "v1", "events", True, views.Event),
        Kind("Deployment", "apps/v1", "deployments", True, views.Workload),
        Kind("ReplicaSet", "apps/v1", "replicasets", True, views.Workload),
        Kind("StatefulSet", "apps/v1", "statefulsets", True, views.Workload),
        Kind("DaemonSet", "apps/v1", "daemonsets", True, views.Workload),
        Kind("Job", "batch/v1", "jobs", True, views.Workload),
        Kind("CronJob", "batch/v1", "cronjobs", True, views.CronJob),
        Kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices", True, views.EndpointSlice),
        Kind("Ingress", "networking.k8s.io/v1", "ingresses", True, views.Ingress),
        Kind("StorageClass", "storage.k8s.io/v1", "storageclasses", False, views.StorageClass),
        Kind("HTTPRoute", "gateway.networking.k8s.io/v1", "httproutes", True, views.HTTPRoute),
    )
}

# What makes pods, top first; a pod belongs to the first of these on its chain of owners.
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "ReplicaSet")


def kind_of(api_version: str, name: str) -> Kind:
    """The known Kind, or one made up for an unknown (a custom resource): raw bytes and metadata only."""
    known = KINDS.get(name)
    if known is not None and known.group == api_version.rpartition("/")[0]:
        return known
    return Kind(name, api_version, name.lower() + "s")
