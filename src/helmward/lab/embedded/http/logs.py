"""pods/log: passed on to the kubelet whose address the pod's node tells."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from helmward.lab.embedded.bodies import Body, at
from helmward.lab.embedded.failures import ApiFailure, bad_request
from helmward.lab.embedded.http.api import Api
from helmward.lab.embedded.http.targets import Target

# kube-apiserver's --kubelet-preferred-address-types
_PREFERRED = ("Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP")
_PASSED_ON = ("follow", "previous", "timestamps", "tailLines", "limitBytes", "sinceSeconds", "sinceTime")


async def read(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    """Stream the log of one container."""
    pod = api.registry.get("Pod", *target.key).body
    container = _container(pod, request.query.get("container", ""))
    node = at(pod, "spec", "nodeName")
    if not node:
        raise bad_request(f"pod {target.name} does not have a host assigned")
    base = _kubelet(api.registry.get("Node", "", node).body)
    query = {name: request.query[name] for name in _PASSED_ON if name in request.query}
    url = f"{base}/containerLogs/{target.namespace}/{target.name}/{container}"
    try:
        async with api.kubelet.get(url, params=query) as answer:
            if answer.status >= 400:
                raise _refusal(answer.status, (await answer.text()).strip(), target.name)
            return await _stream(request, answer)
    except aiohttp.ClientConnectionError as error:
        raise ApiFailure(500, "InternalError", f'Get "{url}": {error}') from error


async def _stream(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    async for chunk in answer.content.iter_any():
        await response.write(chunk)
    await response.write_eof()
    return response


def _container(pod: Body, wanted: str) -> str:
    name = at(pod, "metadata", "name")
    containers = [str(item["name"]) for item in at(pod, "spec", "containers") or []]
    inits = [str(item["name"]) for item in at(pod, "spec", "initContainers") or []]
    if wanted and wanted not in containers + inits:
        raise bad_request(f"container {wanted} is not valid for pod {name}")
    if not wanted and len(containers) > 1:
        choice = f"choose one of: [{' '.join(containers)}]"
        choice += f" or one of the init containers: [{' '.join(inits)}]" if inits else ""
        raise bad_request(f"a container name must be specified for pod {name}, {choice}")
    return wanted or containers[0]


def _kubelet(node: Body) -> str:
    addresses = {item["type"]: item["address"] for item in at(node, "status", "addresses") or []}
    known = next((addresses[kind] for kind in _PREFERRED if kind in addresses), None)
    if known is None:
        raise ApiFailure(500, "InternalError", "no preferred addresses found; known addresses: []")
    port = at(node, "status", "daemonEndpoints", "kubeletEndpoint", "Port") or 10250
    return f"https://{known}:{port}"


def _refusal(status: int, text: str, name: str) -> ApiFailure:
    # apiserver/pkg/registry/generic/rest/response_checker.go
    if status == 400:
        return bad_request(text)
    if status == 404:
        message = f"the server could not find the requested resource ( pods/log {name})"
        return ApiFailure(404, "NotFound", message, {"name": name, "kind": "pods/log"})
    reason = "InternalError" if status == 500 else "Unknown"
    return ApiFailure(status, reason, f"Internal error occurred: {text}" if status == 500 else text)
