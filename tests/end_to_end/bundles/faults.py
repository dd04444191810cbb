"""The faults that are recorded: what each does to the shop, when it shows, and what a diagnosis must name first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.end_to_end.bundles.shop import HOST, SETTING, Json

Edit = Callable[["Shop"], None]
Place = tuple[str, str]


class Shop:
    """The shop's objects, to be changed."""

    def __init__(self, objects: list[Json], namespace: str) -> None:
        self.objects, self.namespace = objects, namespace

    def item(self, kind: str, name: str) -> Json:
        return next(one for one in self.objects if one["kind"] == kind and one["metadata"]["name"] == name)

    def drop(self, kind: str, name: str) -> None:
        self.objects.remove(self.item(kind, name))

    def add(self, api: str, kind: str, name: str, **body: Any) -> None:
        metadata = {"name": name, "namespace": self.namespace}
        self.objects.append({"apiVersion": api, "kind": kind, "metadata": metadata, **body})

    def maker(self, name: str) -> Json:
        return self.item("StatefulSet" if name == "mysql" else "Deployment", name)

    def pod(self, name: str) -> Json:
        found: Json = self.maker(name)["spec"]["template"]["spec"]
        return found

    def container(self, name: str) -> Json:
        found: Json = self.pod(name)["containers"][0]
        return found

    def env(self, name: str, variable: str, value: str | None) -> None:
        entries = [entry for entry in self.container(name)["env"] if entry["name"] != variable]
        if value is not None:
            entries.append({"name": variable, "value": value})
        self.container(name)["env"] = entries

    def behave(self, name: str, how: str) -> None:
        self.env(name, SETTING, how)


@dataclass(frozen=True)
class Fault:
    """`shows` is a regex for what kubectl prints of the namespace once the fault shows. `slugs` and `places` are what may
    be named first; `before` changes the shop before it is applied at all, `edit` once it runs."""

    name: str
    slugs: tuple[str, ...]
    places: tuple[Place, ...]
    shows: str
    edit: Edit | None = None
    before: Edit | None = None
    commands: tuple[tuple[str, ...], ...] = ()
    restart: tuple[str, ...] = ()
    later: int = 240
    """How many seconds after the recording somebody collected it; a crash loop is never left alone for long."""
    words: tuple[tuple[str, str], ...] = ()
    """Regexes for the stand-in kubelet's words, and the real kubelet's that take their place."""
    outside: tuple[tuple[str, ...], ...] = ()
    """Commands for the whole cluster; `undo` takes them back."""
    undo: tuple[tuple[str, ...], ...] = ()
    unplug: str = ""
    """A node that goes off the network."""
    kill: str = ""
    """A program of the control plane that is killed."""
    dead: tuple[tuple[str, str], ...] = ()
    """Services that systemctl calls dead: (node, service)."""
    files: dict[str, str] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """It breaks the cluster, not the namespace."""
        return bool(self.outside or self.unplug or self.kill)


def _quota(**hard: str) -> Edit:
    limits = {key.replace("_", "."): value for key, value in hard.items()}
    return lambda shop: shop.add("v1", "ResourceQuota", "team-quota", spec={"hard": limits})


def _template(name: str, **fields: Any) -> Edit:
    return lambda shop: shop.pod(name).update(fields)


def _container(name: str, **fields: Any) -> Edit:
    return lambda shop: shop.container(name).update(fields)


def _requests(name: str, **amounts: str) -> Edit:
    return lambda shop: shop.container(name).update(resources={"requests": amounts})


def _claim(**fields: Any) -> Edit:
    return lambda shop: shop.item("PersistentVolumeClaim", "mysql-data")["spec"].update(fields)


def _probe(name: str, kind: str, **fields: Any) -> Edit:
    return lambda shop: shop.container(name).update({f"{kind}Probe": fields})


def _service(name: str, **port: Any) -> Edit:
    return lambda shop: shop.item("Service", name)["spec"]["ports"][0].update(port)


def _backend(path: int, name: str, port: int) -> Edit:
    def edit(shop: Shop) -> None:
        paths = shop.item("Ingress", "shop")["spec"]["rules"][0]["http"]["paths"]
        paths[path]["backend"] = {"service": {"name": name, "port": {"number": port}}}

    return edit


def _env(name: str, variable: str, value: str | None) -> Edit:
    return lambda shop: shop.env(name, variable, value)


def _behave(name: str, how: str, *more: Edit) -> Edit:
    def edit(shop: Shop) -> None:
        shop.behave(name, how)
        for each in more:
            each(shop)

    return edit


def _image(name: str, image: str) -> Edit:
    return _container(name, image=f"{HOST}/{image}")


def _require_node(shop: Shop) -> None:
    wish = {"matchExpressions": [{"key": "disktype", "operator": "In", "values": ["ssd"]}]}
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [wish]}}
    shop.pod("cartservice")["affinity"] = {"nodeAffinity": required}


def _apart(shop: Shop) -> None:
    term = {"labelSelector": {"matchLabels": {"app": "cartservice"}}, "topologyKey": "kubernetes.io/hostname"}
    rule = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    shop.pod("cartservice")["affinity"] = rule
    shop.maker("cartservice")["spec"]["replicas"] = 5


def _occupied(shop: Shop) -> None:
    shop.item("PersistentVolume", f"mysql-{shop.namespace}")["spec"]["claimRef"] = {
        "kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": "legacy", "name": "old-mysql-data",
    }  # fmt: skip


def _no_more_services(shop: Shop) -> None:
    _quota(services="3")(shop)
    shop.drop("Service", "cartservice")


def _no_room_for_claim(shop: Shop) -> None:
    _quota(requests_storage="5Gi")(shop)
    shop.pod("redis-cart")["volumes"] = [{"name": "redis-data", "persistentVolumeClaim": {"claimName": "redis-data"}}]
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": "manual",
    }
    shop.add("v1", "PersistentVolumeClaim", "redis-data", spec=spec)


def _lost_settings(kind: str, key: str | None) -> Edit:
    def edit(shop: Shop) -> None:
        field_name = "configMapKeyRef" if kind == "ConfigMap" else "secretKeyRef"
        if key:
            shop.add(
                "v1", kind, "payment-settings", **{"data" if kind == "ConfigMap" else "stringData": {"other": "1"}}
            )
        reference = {"name": "payment-settings", "key": key or "currency"}
        shop.container("paymentservice")["env"].append({"name": "CURRENCY", "valueFrom": {field_name: reference}})

    return edit


def _sidecar(shop: Shop) -> None:
    image = f"{HOST}/boutique/cartservice:v0.10.2"
    env = [{"name": "REDIS_ADDR", "value": "redis-cart:6379"}, {"name": SETTING, "value": "port-in-use"}]
    shop.pod("cartservice")["containers"].append({"name": "envoy-sidecar", "image": image, "env": env})


def _no_dns(shop: Shop) -> None:
    for name in ("frontend", "checkoutservice", "cartservice", "orderservice"):
        shop.behave(name, "no-dns")


ALL: dict[str, Fault] = {}


def _fault(name: str, slugs: str, place: str, shows: str, **more: Any) -> None:
    places = tuple((kind, thing) for text in place.split() for kind, _, thing in [text.partition("/")])
    if "CrashLoopBackOff" in shows:
        more.setdefault("later", 15)
    ALL[name] = Fault(name, tuple(slugs.split()), places, shows, **more)


CARTS = "Deployment/cartservice"
PENDING = r"cartservice-\S+ +0/1 +Pending[\s\S]*FailedScheduling"
REFUSED = r"FailedCreate"
_GRPC_ON_HTTP = r'Get "http://10.244.1.7:7070/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "\\x00\\x00\\x06\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x05\\x00\\x00@\\x00"'
_HTTPS_ON_HTTP = r'Get "https://10.244.1.7:8080/_healthz": http: server gave HTTP response to HTTPS client'
CRASHES = r"{}\S+ +\d/\d +(?:CrashLoopBackOff|Error)[\s\S]*"

_fault("healthy", "", "", r"redis-cart")
# Admission
_fault(
    "quota-cpu",
    "quota-exceeded-cpu",
    f"{CARTS} ResourceQuota/team-quota",
    REFUSED,
    edit=_quota(requests_cpu="200m"),
    restart=("cartservice",),
)
_fault(
    "quota-memory",
    "quota-exceeded-memory",
    f"{CARTS} ResourceQuota/team-quota",
    REFUSED,
    edit=_quota(requests_memory="200Mi"),
    restart=("cartservice",),
)
_fault(
    "quota-pods",
    "quota-exceeded-pods",
    f"{CARTS} ResourceQuota/team-quota",
    REFUSED,
    edit=_quota(pods="3"),
    restart=("cartservice",),
)
_fault(
    "quota-services",
    "quota-exceeded-services",
    "ResourceQuota/team-quota Service/cartservice",
    r"request to cartservice\S+ failed|team-quota",
    edit=_no_more_services,
    commands=(("delete", "service", "cartservice"),),
)
_fault(
    "quota-storage",
    "quota-exceeded-storage",
    "ResourceQuota/team-quota Deployment/redis-cart PersistentVolumeClaim/redis-data",
    r"redis-cart-\S+ +0/1 +Pending[\s\S]*not found",
    edit=_no_room_for_claim,
)
_fault(
    "service-account",
    "service-account-not-found",
    "Deployment/orderservice ServiceAccount/orderservice",
    REFUSED,
    commands=(("delete", "serviceaccount", "orderservice"),),
    restart=("orderservice",),
    edit=lambda shop: shop.drop("ServiceAccount", "orderservice"),
)
# Scheduling
_fault("node-affinity", "node-affinity-mismatch", CARTS, PENDING, edit=_require_node)
_fault(
    "node-selector",
    "node-selector-mismatch",
    CARTS,
    PENDING,
    edit=_template("cartservice", nodeSelector={"disktype": "ssd"}),
)
_fault("anti-affinity", "pod-anti-affinity-conflict", CARTS, PENDING, edit=_apart)
_fault("cpu-capacity", "insufficient-cpu", CARTS, PENDING, edit=_requests("cartservice", cpu="20", memory="64Mi"))
_fault(
    "memory-capacity", "insufficient-memory", CARTS, PENDING, edit=_requests("cartservice", cpu="50m", memory="64Gi")
)
# Startup
_fault(
    "image-name",
    "image-name-not-found",
    CARTS,
    r"cartservice\S+ +0/1 +(?:ImagePullBackOff|ErrImagePull)",
    edit=_image("cartservice", "boutique/cartservicee:v0.10.2"),
)
_fault(
    "image-tag",
    "image-tag-not-found",
    CARTS,
    r"cartservice\S+ +0/1 +(?:ImagePullBackOff|ErrImagePull)",
    edit=_image("cartservice", "boutique/cartservice:v0.10.99"),
)
_fault(
    "pull-secret",
    "image-pull-unauthorized",
    CARTS,
    r"cartservice\S+ +0/1 +(?:ImagePullBackOff|ErrImagePull)",
    edit=_image("cartservice", "vault/cartservice:v0.10.2"),
)
_fault(
    "registry-dns",
    "image-registry-unreachable",
    CARTS,
    r"cartservice\S+ +0/1 +(?:ImagePullBackOff|ErrImagePull)",
    edit=_container("cartservice", image="registry.exampel.com/boutique/cartservice:v0.10.2"),
)
MYSQL_CLAIM = "PersistentVolumeClaim/mysql-data StatefulSet/mysql"
_UNBOUND = r"mysql-0 +0/1 +Pending[\s\S]*(?:FailedBinding|ProvisioningFailed)"
_fault("pvc-class", "storage-class-not-found", MYSQL_CLAIM, _UNBOUND, before=_claim(storageClassName="fast-ssd"))
_fault(
    "pvc-selector",
    "volume-claim-selector-mismatch",
    MYSQL_CLAIM,
    _UNBOUND,
    before=_claim(selector={"matchLabels": {"app": "mysqldb"}}),
)
_fault(
    "pvc-access-mode",
    "volume-access-mode-mismatch",
    MYSQL_CLAIM,
    _UNBOUND,
    before=_claim(accessModes=["ReadWriteMany"]),
)
_fault(
    "pvc-capacity",
    "volume-capacity-mismatch",
    MYSQL_CLAIM,
    _UNBOUND,
    before=_claim(resources={"requests": {"storage": "50Gi"}}),
)
_fault("pv-occupied", "volume-bound-to-another-claim", MYSQL_CLAIM, _UNBOUND, before=_occupied)
_fault(
    "volume-denied",
    "crash-permission-denied",
    "StatefulSet/mysql",
    CRASHES.format("mysql-0").replace(r"\S+", ""),
    edit=_behave("mysql", "denied"),
)
_fault(
    "missing-secret",
    "secret-not-found",
    "Deployment/paymentservice",
    "CreateContainerConfigError",
    edit=_lost_settings("Secret", None),
)
_fault(
    "missing-configmap",
    "configmap-not-found",
    "Deployment/paymentservice",
    "CreateContainerConfigError",
    edit=_lost_settings("ConfigMap", None),
)
_fault(
    "missing-key",
    "configmap-key-not-found",
    "Deployment/paymentservice",
    "CreateContainerConfigError",
    edit=_lost_settings("ConfigMap", "currency"),
)
# Runtime
_fault(
    "oom",
    "container-oom-killed",
    CARTS,
    CRASHES.format("cartservice").replace("Error", "OOMKilled"),
    edit=_container(
        "cartservice", resources={"requests": {"cpu": "50m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}}
    ),
)
_fault(
    "liveness-port",
    "liveness-probe-wrong-port",
    CARTS,
    CRASHES.format("cartservice") + "liveness",
    edit=_probe("cartservice", "liveness", tcpSocket={"port": 7071}, periodSeconds=5, failureThreshold=2),
)
_fault(
    "liveness-protocol",
    "liveness-probe-wrong-scheme",
    CARTS,
    CRASHES.format("cartservice") + "liveness",
    edit=_probe(
        "cartservice", "liveness", httpGet={"path": "/grpc", "port": 7070}, periodSeconds=5, failureThreshold=2
    ),
    words=((r"HTTP probe failed with statuscode: 404", _GRPC_ON_HTTP), (":7070/grpc", ":7070/")),
)
_fault(
    "liveness-timing",
    "liveness-probe-kills-slow-start",
    CARTS,
    CRASHES.format("cartservice") + "liveness",
    edit=_behave(
        "cartservice",
        "slow",
        _probe(
            "cartservice",
            "liveness",
            tcpSocket={"port": 7070},
            initialDelaySeconds=1,
            periodSeconds=2,
            failureThreshold=1,
        ),
    ),
)
_fault(
    "liveness-timeout",
    "liveness-probe-timeout",
    "Deployment/frontend",
    CRASHES.format("frontend") + "liveness",
    edit=_behave(
        "frontend",
        "hang",
        _probe("frontend", "liveness", httpGet={"path": "/_healthz", "port": 8080}, timeoutSeconds=1, periodSeconds=5),
    ),
)
_NOT_READY = r"{}\S+ +0/1 +Running[\s\S]*Readiness probe failed"
_fault(
    "readiness-port",
    "readiness-probe-wrong-port",
    CARTS,
    _NOT_READY.format("cartservice"),
    edit=_probe("cartservice", "readiness", tcpSocket={"port": 7071}, periodSeconds=5),
)
_fault(
    "readiness-protocol",
    "readiness-probe-wrong-scheme",
    "Deployment/frontend",
    _NOT_READY.format("frontend"),
    edit=_probe("frontend", "readiness", httpGet={"path": "/none", "port": 8080, "scheme": "HTTPS"}),
    words=((r"HTTP probe failed with statuscode: 404", _HTTPS_ON_HTTP), (":8080/none", ":8080/_healthz")),
)
_fault(
    "readiness-path",
    "readiness-probe-wrong-path",
    "Deployment/frontend",
    _NOT_READY.format("frontend"),
    edit=_probe("frontend", "readiness", httpGet={"path": "/readyz", "port": 8080}),
)
ORDERS = "Deployment/orderservice"
_fault(
    "db-credentials",
    "database-access-denied",
    f"{ORDERS} Secret/mysql-credentials",
    r"Access denied",
    edit=_env("orderservice", "MYSQL_PASSWORD", "changed-long-ago"),
)
_fault(
    "db-port",
    "service-port-not-offered",
    ORDERS,
    r"Communications link failure",
    edit=_env("orderservice", "MYSQL_PORT", "3307"),
)
_fault(
    "missing-env",
    "crash-bad-configuration",
    "Deployment/checkoutservice",
    CRASHES.format("checkoutservice"),
    edit=_env("checkoutservice", "PAYMENT_SERVICE_ADDR", None),
)
_fault(
    "missing-env-java",
    "crash-bad-configuration",
    ORDERS,
    CRASHES.format("orderservice"),
    edit=_env("orderservice", "MYSQL_USER", None),
)
_fault(
    "db-connections",
    "database-too-many-connections",
    f"StatefulSet/mysql Service/mysql {ORDERS}",
    r"Too many connections",
    edit=_behave("mysql", "full"),
)
_fault(
    "db-readonly",
    "database-read-only",
    f"StatefulSet/mysql Service/mysql {ORDERS}",
    r"read-only option",
    edit=_behave("mysql", "read-only"),
)
_fault("sidecar-port", "crash-port-in-use", CARTS, CRASHES.format("cartservice"), edit=_sidecar)
_fault(
    "wrong-host",
    "service-not-found host-name-unresolved",
    "Deployment/checkoutservice",
    r"cart-service\S* failed|lookup cart-service",
    edit=_env("checkoutservice", "CART_SERVICE_ADDR", "cart-service:7070"),
)
_fault(
    "dns-down", "cluster-dns-failing", "Service/kube-dns Deployment/coredns Node/", r"Temporary failure", edit=_no_dns
)
_fault(
    "env-port",
    "service-port-not-offered",
    "Deployment/checkoutservice",
    r"paymentservice:50052",
    edit=_env("checkoutservice", "PAYMENT_SERVICE_ADDR", "paymentservice:50052"),
)
_fault(
    "env-other-service",
    "service-address-mismatch",
    "Deployment/checkoutservice",
    r"checkoutservice",
    edit=_env("checkoutservice", "PAYMENT_SERVICE_ADDR", "productcatalogservice:3550"),
)
# Services and routes
CART_SERVICE = "Service/cartservice"
_DOWN = r"request to cartservice:7070 failed"
_fault(
    "service-selector",
    "service-selector-mismatch",
    CART_SERVICE,
    _DOWN,
    edit=lambda shop: shop.item("Service", "cartservice")["spec"].update(selector={"app": "cart-service"}),
)
_fault(
    "target-port", "service-target-port-mismatch", CART_SERVICE, _DOWN, edit=_service("cartservice", targetPort=7071)
)
_fault(
    "service-protocol", "service-protocol-mismatch", CART_SERVICE, _DOWN, edit=_service("cartservice", protocol="UDP")
)
_fault("service-port", "service-port-not-offered", CART_SERVICE, _DOWN, edit=_service("cartservice", port=7071))
_fault("ingress-port", "route-backend-port-not-found", "Ingress/shop", r"frontend", edit=_backend(0, "frontend", 8081))
_fault("ingress-service", "route-backend-not-found", "Ingress/shop", r"frontend", edit=_backend(1, "orders", 12031))
_fault("ingress-other", "route-backend-changed", "Ingress/shop", r"frontend", edit=_backend(1, "paymentservice", 50051))
_fault(
    "scaled-to-zero",
    "scaled-to-zero",
    CARTS,
    _DOWN,
    edit=lambda shop: shop.maker("cartservice")["spec"].update(replicas=0),
)

# The cluster
_WORKERS = ("lab-node-2", "lab-node-3", "lab-node-4")
_fault(
    "cordoned",
    "nodes-cordoned",
    f"{CARTS} Node/",
    PENDING,
    restart=("cartservice",),
    outside=(("cordon", *_WORKERS),),
    undo=(("uncordon", *_WORKERS),),
)
_fault(
    "taint",
    "untolerated-taint",
    CARTS,
    PENDING,
    restart=("cartservice",),
    outside=(("taint", "node", *_WORKERS, "dedicated=batch:NoSchedule"),),
    undo=(("taint", "node", *_WORKERS, "dedicated-"),),
)
_fault("kube-proxy-down", "kube-proxy-down", "Node/lab-node-3", r"frontend", dead=(("lab-node-3", "kube-proxy"),))
_fault(
    "kubelet-down",
    "kubelet-down",
    "Node/lab-node-3",
    r"NodeNotReady",
    unplug="lab-node-3",
    dead=(("lab-node-3", "kubelet"),),
)
_fault(
    "containerd-down",
    "container-runtime-down",
    "Node/lab-node-3",
    r"NodeNotReady",
    unplug="lab-node-3",
    dead=(("lab-node-3", "containerd"),),
)
_fault(
    "scheduler-down",
    "kube-scheduler-down scheduler-silent",
    f"Node/lab-node-1 {CARTS}",
    r"cartservice-\S+ +0/1 +Pending",
    kill="kube-scheduler",
    restart=("cartservice",),
    dead=(("lab-node-1", "kube-scheduler"),),
)


def shows(fault: Fault, text: str) -> bool:
    return re.search(fault.shows, text) is not None


def names() -> Iterator[str]:
    yield from ALL
