"""Which lists are maps by a key: patchMergeKey and listMapKey of the Kubernetes API types."""

from __future__ import annotations

CONTAINERS = frozenset(["containers", "initContainers", "ephemeralContainers"])

# staging/src/k8s.io/api/*/types.go: `patchMergeKey`, and the further listMapKey of server-side apply.
_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "resourceClaims": ("name",),
    "schedulingGates": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "hostAliases": ("ip",),
    "podIPs": ("ip",),
    "hostIPs": ("ip",),
    "addresses": ("type",),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}

# Objects that are owned as a whole: x-kubernetes-map-type atomic.
ATOMIC = frozenset(
    [
        "selector",
        "podSelector",
        "namespaceSelector",
        "labelSelector",
        "nodeSelector",
        "configMapKeyRef",
        "secretKeyRef",
        "fieldRef",
        "resourceFieldRef",
        "involvedObject",
        "targetRef",
        "claimRef",
        "scaleTargetRef",
    ]
)
SETS = frozenset(["finalizers"])


def list_keys(parent: str, field: str) -> tuple[str, ...]:
    """The key fields of list `field` of an object that is the value (or an item) of field `parent`; () if atomic.

    The first is the key of a strategic merge, all of them together that of server-side apply.
    """
    if field == "ports":
        if parent in CONTAINERS:
            return ("containerPort", "protocol")
        return ("port", "protocol") if parent == "spec" else ()
    if field == "imagePullSecrets" and not parent:
        return ()
    return _KEYS.get(field, ())


def key_value(item: dict[str, object], key: str) -> object:
    """The value of a key field; TCP where a port names no protocol."""
    return item.get(key, "TCP" if key == "protocol" else None)
