"""The scale subresource (autoscaling/v1 Scale) of the kinds that have replicas."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from helmward.lab.embedded.bodies import Body, at, encode, meta
from helmward.lab.embedded.failures import bad_request
from helmward.lab.embedded.http import answers, writes
from helmward.lab.embedded.http.api import Api
from helmward.lab.embedded.http.targets import Target

_META = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(body: Body) -> Body:
    """The Scale that an object shows."""
    labels = at(body, "spec", "selector", "matchLabels") or {}
    status: Body = {"replicas": at(body, "status", "replicas") or 0}
    status["selector"] = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: meta(body)[name] for name in _META if name in meta(body)},
        "spec": {"replicas": at(body, "spec", "replicas") or 0},
        "status": status,
    }


async def read(api: Api, request: web.Request, target: Target) -> web.Response:
    """GET …/scale."""
    return answers.raw(encode(scale_of(api.registry.get(target.kind.name, *target.key).body)))


async def write(api: Api, request: web.Request, target: Target) -> web.Response:
    """PUT or PATCH …/scale."""
    sent: Any = answers.read_body(await request.read(), request.content_type)

    def change(body: Body) -> Body:
        scale = sent if request.method == "PUT" else writes.change_of(request.content_type, sent)(scale_of(body))
        replicas = at(scale, "spec", "replicas")
        if not isinstance(replicas, int) or isinstance(replicas, bool):
            raise bad_request("spec.replicas is no whole number")
        body["spec"]["replicas"] = replicas
        version = meta(scale).get("resourceVersion")
        return body | {"metadata": meta(body) | ({"resourceVersion": version} if version else {})}

    item = api.registry.update(target.kind, target.key, change, writes.writer(request), "scale")
    return answers.raw(encode(scale_of(item.body)))
