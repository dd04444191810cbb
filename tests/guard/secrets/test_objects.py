"""Pods and workloads enter the world without their secrets, however their JSON is written."""

import json
from typing import Any

import pytest

from helmward.guard.secrets import clean_object
from helmward.world.kinds import KINDS
from helmward.world.objects import Object, read_object
from helmward.world.store import World

SECRET = "hunter" + "2"


def _container(**fields: Any) -> dict[str, Any]:
    return {"name": "app", "image": "app:1", **fields}


def _pod(*containers: dict[str, Any], status: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "pay", "namespace": "production", **metadata},
        "spec": {"containers": list(containers)},
        "status": status or {"phase": "Running"},
    }


def _env(**values: str) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _object(document: dict[str, Any], indent: int | None = None) -> Object:
    separators = (",", ":") if indent is None else None
    return read_object(KINDS[document["kind"]], json.dumps(document, indent=indent, separators=separators).encode())


def _cleaned(document: dict[str, Any], indent: int | None = None) -> dict[str, Any]:
    raw = clean_object(_object(document, indent))
    assert raw is not None
    result: dict[str, Any] = json.loads(raw)
    return result


@pytest.mark.parametrize("indent", [None, 2])
def test_only_the_secret_values_change(indent: int | None) -> None:
    pod = _pod(_container(env=_env(DB_HOST=SECRET, DB_PASSWORD=SECRET)), _container(env=_env(DB_PASSWORD=SECRET)))
    cleaned = _cleaned(pod, indent)
    assert cleaned["spec"]["containers"][0]["env"] == _env(DB_HOST=SECRET, DB_PASSWORD="[secrets/password]")
    assert cleaned["spec"]["containers"][1]["env"] == _env(DB_PASSWORD="[secrets/password]")
    cleaned["spec"] = pod["spec"]
    assert cleaned == pod


def test_nothing_to_mask_changes_nothing() -> None:
    pod = _pod(_container(env=_env(DB_HOST="db", LOG_LEVEL="info"), args=["--port=8080"], command=["/app"]))
    assert clean_object(_object(pod)) is None
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"password": SECRET}}
    assert clean_object(_object(config)) is None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--password", SECRET, "--port", "8080"], ["--password", "[secrets/password]", "--port", "8080"]),
        ([f"--password={SECRET}"], ["--password=[secrets/password]"]),
        ([f"DB_PASSWORD={SECRET}"], ["DB_PASSWORD=[secrets/password]"]),
        (["sh", "-c", f"mysql -uroot -p{SECRET}"], ["sh", "-c", "mysql -uroot -p[secrets/password]"]),
        ([f"--db=postgres://u:{SECRET}@db:5432"], ["--db=postgres://u:[secrets/connection-string]@db:5432"]),
    ],
)
@pytest.mark.parametrize("field", ["args", "command"])
def test_arguments(field: str, arguments: list[str], expected: list[str]) -> None:
    assert _cleaned(_pod(_container(**{field: arguments})))["spec"]["containers"][0][field] == expected


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"])
def test_templates_of_workloads(kind: str) -> None:
    template = {"template": {"spec": {"containers": [_container(env=_env(API_TOKEN=SECRET))]}}}
    spec = {"jobTemplate": {"spec": template}} if kind == "CronJob" else template
    document = {"apiVersion": KINDS[kind].api, "kind": kind, "metadata": {"name": "a", "namespace": "b"}, "spec": spec}
    assert SECRET not in json.dumps(_cleaned(document))


def test_places_that_no_view_shows() -> None:
    hook = {"preStop": {"exec": {"command": ["redis-cli", "--password", SECRET]}}}
    probe = {"httpGet": {"port": 80, "httpHeaders": [{"name": "X-Api-Key", "value": SECRET}]}}
    dying = {"containerStatuses": [{"name": "app", "state": {"terminated": {"message": f"password={SECRET}"}}}]}
    applied = json.dumps({"spec": {"containers": [_container(env=_env(DB_PASSWORD=SECRET))]}})
    key = "kubectl.kubernetes.io/last-applied-configuration"
    for document in (
        _pod(_container(lifecycle=hook)),
        _pod(_container(livenessProbe=probe)),
        _pod(_container(livenessProbe={"exec": {"command": ["check", f"--password={SECRET}"]}})),
        _pod(_container(), status=dying),
        _pod(_container(), annotations={key: applied}),
        _pod(_container(), annotations={key: f"no JSON, password={SECRET}"}),
    ):
        assert SECRET not in json.dumps(_cleaned(document))


def test_a_field_of_a_wrong_type_hides_nothing() -> None:
    document = _pod(_container(env=[*_env(DB_PASSWORD=SECRET), {"name": "PORT", "value": 8080}], args="oops"))
    item = _object(document)
    assert item.spoiled
    assert SECRET not in json.dumps(_cleaned(document))


def test_the_world_never_sees_the_secret() -> None:
    world = World(clean=clean_object)
    pod = _pod(_container(env=_env(DATABASE_URL=f"postgres://u:{SECRET}@db:5432/x", TOKEN=SECRET)))
    item = world.apply(KINDS["Pod"], json.dumps(pod).encode())
    assert SECRET.encode() not in item.raw
    assert [variable.value for variable in item.view.spec.containers[0].env] == [
        "postgres://u:[secrets/connection-string]@db:5432/x",
        "[secrets/token]",
    ]
