"""Services, endpoints and the routes that lead to them."""

from __future__ import annotations

from msgspec import field

from helmward.world.views.base import Meta, ObjectRef, View


class ServicePort(View):
    name: str | None = None
    port: int = 0
    target_port: int | str | None = None
    """None: the same as `port`; 0: there is one, but a table does not say which."""
    protocol: str = "TCP"


class ServiceSpec(View):
    type: str = "ClusterIP"
    selector: dict[str, str] | None = None
    ports: tuple[ServicePort, ...] = ()
    cluster_ip: str | None = field(name="clusterIP", default=None)
    external_name: str | None = None
    publish_not_ready_addresses: bool | None = None


class Service(View):
    metadata: Meta = field(default_factory=Meta)
    spec: ServiceSpec = field(default_factory=ServiceSpec)


class EndpointConditions(View):
    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class Endpoint(View):
    addresses: tuple[str, ...] = ()
    conditions: EndpointConditions | None = None
    target_ref: ObjectRef | None = None
    node_name: str | None = None


class EndpointPort(View):
    name: str | None = None
    port: int | None = None
    protocol: str | None = None


class EndpointSlice(View):
    metadata: Meta = field(default_factory=Meta)
    endpoints: tuple[Endpoint, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


class IngressServicePort(View):
    name: str | None = None
    number: int | None = None


class IngressService(View):
    name: str = ""
    port: IngressServicePort | None = None
    not_found: bool = False
    """`kubectl describe` looked for it in vain (evidence bundles only; the API has no such field)."""


class IngressBackend(View):
    service: IngressService | None = None


class IngressPath(View):
    path: str | None = None
    backend: IngressBackend = field(default_factory=IngressBackend)


class IngressHTTP(View):
    paths: tuple[IngressPath, ...] = ()


class IngressRule(View):
    host: str | None = None
    http: IngressHTTP | None = None


class IngressSpec(View):
    ingress_class_name: str | None = None
    default_backend: IngressBackend | None = None
    rules: tuple[IngressRule, ...] = ()


class Ingress(View):
    metadata: Meta = field(default_factory=Meta)
    spec: IngressSpec = field(default_factory=IngressSpec)


class BackendRef(View):
    kind: str = "Service"
    name: str = ""
    namespace: str | None = None
    port: int | None = None


class RouteRule(View):
    backend_refs: tuple[BackendRef, ...] = ()


class HTTPRouteSpec(View):
    hostnames: tuple[str, ...] = ()
    rules: tuple[RouteRule, ...] = ()


class HTTPRoute(View):
    metadata: Meta = field(default_factory=Meta)
    spec: HTTPRouteSpec = field(default_factory=HTTPRouteSpec)
