"""Under which keys an object can be looked up. A key is both the place in the index and what a reader's look-up records."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from helmward.world.hosts import Host, hosts_in, named_hosts
from helmward.world.objects import Object
from helmward.world.views import PodSpec

Key = tuple[str, ...]
TEMPLATED = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"})
"""The kinds that make pods from a template."""


def object_key(kind: str, namespace: str, name: str) -> Key:
    """The object itself."""
    return ("object", kind, namespace, name)


def kind_key(kind: str, namespace: str | None) -> Key:
    """All objects of a kind, of one namespace or (None) of all."""
    return ("kind", kind) if namespace is None else ("kind", kind, namespace)


def owned_key(kind: str, namespace: str, name: str) -> Key:
    """What this object owns."""
    return ("owned", kind, namespace, name)


def label_key(namespace: str, key: str, value: str) -> Key:
    """The pods with one label."""
    return ("label", namespace, key, value)


def node_key(node: str) -> Key:
    """The pods on a node."""
    return ("node", node)


def events_key(kind: str, namespace: str, name: str) -> Key:
    """The Events about an object."""
    return ("events", kind, namespace, name)


def config_key(kind: str, namespace: str, name: str) -> Key:
    """The workloads that use a ConfigMap, Secret or PersistentVolumeClaim."""
    return ("uses", kind, namespace, name)


def host_key(namespace: str, service: str) -> Key:
    """The workloads and ConfigMaps that name a Service as a host."""
    return ("host", namespace, service)


def template_key(namespace: str, key: str, value: str) -> Key:
    """The workloads whose pods carry one label, whether or not they have pods now."""
    return ("template", namespace, key, value)


def selector_key(namespace: str, key: str, value: str) -> Key:
    """The Services whose selector begins with one label."""
    return ("selector", namespace, key, value)


def entries(item: Object) -> Iterator[Key]:
    """Every index key of an object, beside `object_key` and `kind_key`."""
    meta, kind = item.meta, item.kind.name
    for owner in meta.owner_references:
        yield owned_key(owner.kind, "" if owner.kind == "Node" else item.namespace, owner.name)
    if kind == "Pod":
        for pair in (meta.labels or {}).items():
            yield label_key(item.namespace, *pair)
        if node := item.view.spec.node_name:
            yield node_key(node)
    elif kind == "Event":
        about = item.view.involved_object
        yield events_key(about.kind, about.namespace, about.name)
    elif kind == "ConfigMap":
        for host in config_hosts(item):
            yield host_key(host.namespace or item.namespace, host.service)
    elif kind == "Service":
        for pair in islice((item.view.spec.selector or {}).items(), 1):
            yield selector_key(item.namespace, *pair)
    elif kind in TEMPLATED:
        for pair in (item.view.spec.template.metadata.labels or {}).items():
            yield template_key(item.namespace, *pair)
    spec = None if meta.owner_references else pod_spec(item)
    if spec is not None:
        for used_kind, name in sorted(set(used_objects(spec))):
            yield config_key(used_kind, item.namespace, name)
        for host in template_hosts(spec):
            yield host_key(host.namespace or item.namespace, host.service)


def pod_spec(item: Object) -> PodSpec | None:
    """The pod spec of a pod or of a workload's template; None for anything else."""
    match item.kind.name:
        case "Pod":
            spec: PodSpec = item.view.spec
        case "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job":
            spec = item.view.spec.template.spec
        case "CronJob":
            spec = item.view.spec.job_template.spec.template.spec
        case _:
            return None
    return spec


def used_objects(spec: PodSpec) -> Iterator[tuple[str, str]]:
    """(kind, name) of each ConfigMap, Secret and PersistentVolumeClaim a pod spec uses."""
    for container in (*spec.init_containers, *spec.containers):
        for variable in container.env:
            if variable.value_from is not None:
                if ref := variable.value_from.config_map_key_ref:
                    yield "ConfigMap", ref.name
                if ref := variable.value_from.secret_key_ref:
                    yield "Secret", ref.name
        for source in container.env_from:
            if source.config_map_ref:
                yield "ConfigMap", source.config_map_ref.name
            if source.secret_ref:
                yield "Secret", source.secret_ref.name
    for volume in spec.volumes:
        if volume.config_map:
            yield "ConfigMap", volume.config_map.name
        if volume.secret:
            yield "Secret", volume.secret.secret_name
        if volume.persistent_volume_claim:
            yield "PersistentVolumeClaim", volume.persistent_volume_claim.claim_name
        for projected in volume.projected.sources if volume.projected else ():
            if projected.config_map:
                yield "ConfigMap", projected.config_map.name
            if projected.secret:
                yield "Secret", projected.secret.name


def template_hosts(spec: PodSpec) -> dict[Host, str]:
    """The hosts a pod spec names in environment values, commands and arguments, each with where it stands."""
    found: dict[Host, str] = {}
    for container in (*spec.init_containers, *spec.containers):
        values = {variable.name: variable.value for variable in container.env if variable.value}
        for host, name in named_hosts(values).items():
            found.setdefault(host, f"env {name} of container {container.name}")
        for argument in (*container.command, *container.args):
            for host in hosts_in("", argument):
                found.setdefault(host, f"arguments of container {container.name}")
    return found


def config_hosts(item: Object) -> dict[Host, str]:
    """The hosts a ConfigMap's values name, each with the key it stands under."""
    return {host: f"key {key}" for host, key in named_hosts(item.view.data or {}).items()}
