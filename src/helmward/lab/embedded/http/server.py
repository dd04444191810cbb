"""The request's way: who asks, what for, may they, then the handler; every refusal is a Status."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from helmward.lab.embedded.bodies import Body
from helmward.lab.embedded.failures import ApiFailure
from helmward.lab.embedded.http import answers, discovery, logs, openapi, reviews, scales, writes
from helmward.lab.embedded.http.access import Attributes, authorise
from helmward.lab.embedded.http.api import USER, Api
from helmward.lab.embedded.http.lists import page
from helmward.lab.embedded.http.targets import Target, nowhere, split, target_of
from helmward.lab.embedded.http.watches import Watch

_BODY_LIMIT = 3 * 1024 * 1024
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get"}
_HEALTH = ("/readyz", "/livez", "/healthz")


def application(api: Api) -> web.Application:
    """The aiohttp application of one server."""
    app = web.Application(client_max_size=_BODY_LIMIT)

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            request[USER] = api.access.user(request.headers.get("Authorization", ""))
            response = await _dispatch(api, request)
        except ApiFailure as failure:
            response = web.json_response(failure.status(), status=failure.code)
        except web.HTTPRequestEntityTooLarge:
            words = f"Request entity too large: limit is {_BODY_LIMIT}"
            status = ApiFailure(413, "RequestEntityTooLarge", words).status()
            response = web.json_response(status, status=413)
        audit = request.headers.get("Audit-ID")
        if audit and not response.prepared:
            response.headers["Audit-ID"] = audit
        return response

    app.router.add_route("*", "/{path:.*}", handle)
    return app


async def _dispatch(api: Api, request: web.Request) -> web.StreamResponse:
    found = split(request.path)
    if found is None or not found[2]:
        authorise(request[USER], Attributes(request.method.lower(), path=request.path))
        return _documents(request)
    group, version, steps = found
    api_version = f"{group}/{version}" if group else version
    if steps[0] in reviews.REVIEWS.get(api_version, {}) and request.method == "POST":
        authorise(request[USER], Attributes("create", group, steps[0]))
        return await reviews.review(request, api_version, steps[0])
    target = target_of(group, version, steps)
    verb = _verb(request, target)
    resource = "/".join(part for part in (target.kind.plural, target.subresource) if part)
    authorise(request[USER], Attributes(verb, group, resource, target.namespace, target.name))
    return await _handler(target, verb)(api, request, target)


def _documents(request: web.Request) -> web.StreamResponse:
    path, form = request.path.rstrip("/"), answers.form_of(_loosened(request))
    if path.startswith(_HEALTH):
        return web.Response(text="ok")
    if path in ("/api", "/apis"):
        return discovery.root(path == "/api", form)
    body = _document(path)
    if body is None:
        raise nowhere()
    return answers.answer(body, answers.Form(yaml=form.yaml))


def _loosened(request: web.Request) -> str:
    # OpenAPI is asked for as protobuf first, and a client that wants nothing else can do without.
    return "*/*" if request.path.startswith("/openapi") else request.headers.get("Accept", "")


def _document(path: str) -> Body | None:
    if path == "":
        return {"paths": ["/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"]}
    if path == "/version":
        return discovery.version()
    if path == "/openapi/v3":
        return openapi.index()
    if path.startswith("/openapi/v3/"):
        return openapi.document(path.removeprefix("/openapi/v3/").removeprefix("apis/").removeprefix("api/"))
    return _group_document(path.strip("/").split("/"))


def _group_document(steps: list[str]) -> Body | None:
    if steps[0] == "apis" and len(steps) == 2 and steps[1] in discovery.api_groups():
        return {"kind": "APIGroup", "apiVersion": "v1"} | discovery.group(steps[1])
    api_version = "/".join(steps[1:])
    known = [each for versions in discovery.api_groups().values() for each in versions]
    if (steps[0] == "apis" and api_version in known) or steps == ["api", "v1"]:
        return discovery.resources(api_version)
    return None


def _verb(request: web.Request, target: Target) -> str:
    verb = _VERBS.get(request.method, "")
    if not verb:
        raise ApiFailure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    if verb == "get" and not target.name:
        return "watch" if request.query.get("watch") in ("true", "1") else "list"
    if verb == "get" and request.query.get("watch") in ("true", "1"):
        return "watch"
    return "deletecollection" if verb == "delete" and not target.name else verb


Handler = Callable[[Api, web.Request, Target], Awaitable[web.StreamResponse]]


def _handler(target: Target, verb: str) -> Handler:
    below = target.subresource
    if below and verb not in discovery.subresources(target.kind).get(below, ("", "", "", ()))[3]:
        raise nowhere()
    if below == "scale":
        return scales.read if verb == "get" else scales.write
    if below == "log":
        return logs.read
    return _HANDLERS[verb]


async def _get(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    form = answers.form_of(request.headers.get("Accept", ""))
    return answers.one(target.kind, api.registry.get(target.kind.name, *target.key), form, request.query)


async def _list(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    form = answers.form_of(request.headers.get("Accept", ""))
    found = page(api.store, target, request.query)
    return answers.many(target.kind, found.items, found.metadata, form, request.query)


async def _watch(api: Api, request: web.Request, target: Target) -> web.StreamResponse:
    form = answers.form_of(request.headers.get("Accept", ""))
    return await Watch(api.store, target, request.query, form).serve(request)


_HANDLERS: dict[str, Handler] = {
    "get": _get,
    "list": _list,
    "watch": _watch,
    "create": writes.create,
    "update": writes.update,
    "patch": writes.patch,
    "delete": writes.remove,
    "deletecollection": writes.remove_all,
}
