"""Containers as they are declared."""

from __future__ import annotations

from helmward.world.views.base import KeyRef, NameRef, Resources, View


class EnvSource(View):
    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None


class EnvVar(View):
    name: str = ""
    value: str | None = None
    value_from: EnvSource | None = None


class EnvFrom(View):
    prefix: str | None = None
    config_map_ref: NameRef | None = None
    secret_ref: NameRef | None = None


class ContainerPort(View):
    name: str | None = None
    container_port: int = 0
    protocol: str = "TCP"


class HTTPGet(View):
    path: str = "/"
    port: int | str = 0
    scheme: str = "HTTP"
    host: str | None = None


class TCPSocket(View):
    port: int | str = 0


class GRPC(View):
    port: int = 0
    service: str | None = None


class ExecAction(View):
    command: tuple[str, ...] = ()


class Probe(View):
    http_get: HTTPGet | None = None
    tcp_socket: TCPSocket | None = None
    grpc: GRPC | None = None
    exec: ExecAction | None = None
    initial_delay_seconds: int = 0
    timeout_seconds: int = 1
    period_seconds: int = 10
    success_threshold: int = 1
    failure_threshold: int = 3


class VolumeMount(View):
    name: str = ""
    mount_path: str = ""
    sub_path: str | None = None


class Container(View):
    name: str = ""
    image: str = ""
    image_pull_policy: str | None = None
    restart_policy: str | None = None
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    env_from: tuple[EnvFrom, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: Resources | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    startup_probe: Probe | None = None
    volume_mounts: tuple[VolumeMount, ...] = ()
