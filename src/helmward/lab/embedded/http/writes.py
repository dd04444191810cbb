"""Create, update, patch and delete requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from helmward.lab.embedded.bodies import Body, at, encode, meta
from helmward.lab.embedded.failures import ApiFailure, bad_request
from helmward.lab.embedded.http import answers
from helmward.lab.embedded.http.api import USER, Api
from helmward.lab.embedded.http.lists import page
from helmward.lab.embedded.http.targets import Target, nowhere
from helmward.lab.embedded.objects.binding import bind_pod
from helmward.lab.embedded.objects.deletion import delete, evict, read_options
from helmward.lab.embedded.objects.writer import Writer
from helmward.lab.embedded.patches.merge import merge_patch
from helmward.lab.embedded.patches.pointer import PatchError, json_patch
from helmward.lab.embedded.patches.strategic import strategic_patch

_MANAGER_LENGTH = 128
_APPLY = "application/apply-patch+yaml"
# The kinds whose registry sets ReturnDeletedObject.
_ANSWER_WITH_OBJECT = ("Pod", "Service", "PersistentVolumeClaim", "PersistentVolume", "ServiceAccount", "ResourceQuota")
_PATCHES: dict[str, Callable[[Any, Any], Any]] = {
    "application/merge-patch+json": merge_patch,
    "application/strategic-merge-patch+json": strategic_patch,
    "application/json-patch+json": json_patch,
}


def writer(request: web.Request) -> Writer:
    """Who writes, by the query and the User-Agent. Raises ApiFailure 400 for a dryRun that is not All."""
    manager = request.query.get("fieldManager") or request.headers.get("User-Agent", "").partition("/")[0]
    dry = request.query.getall("dryRun", [])
    if any(value != "All" for value in dry):
        raise bad_request('invalid options: dryRun: Unsupported value: supported values: "All"')
    if len(manager) > _MANAGER_LENGTH:
        raise bad_request(f"metadata.fieldManager: Too long: may not be more than {_MANAGER_LENGTH} bytes")
    return Writer(manager or "unknown", request[USER], bool(dry))


async def _sent(request: web.Request) -> Any:
    return answers.read_body(await request.read(), request.content_type)


async def _sent_object(request: web.Request) -> Body:
    body = await _sent(request)
    if not isinstance(body, dict) or not isinstance(body.get("metadata", {}) or {}, dict):
        raise bad_request("the body of the request is no object")
    return body


async def create(api: Api, request: web.Request, target: Target) -> web.Response:
    """POST to a collection, or to pods/eviction and pods/binding."""
    body = await _sent_object(request)
    if target.subresource == "eviction":
        return _evict(api, request, target, body)
    if target.subresource == "binding" or (target.kind.name == "Pod" and body.get("kind") == "Binding"):
        return _bind(api, request, target, body)
    if target.name:
        raise nowhere()
    item = api.registry.create(target.kind, _namespace(target), body, writer(request))
    return answers.one(target.kind, item, answers.form_of(request.headers.get("Accept", "")), request.query, 201)


def _namespace(target: Target) -> str:
    if target.kind.namespaced and not target.namespace:
        raise ApiFailure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    return target.namespace


def _evict(api: Api, request: web.Request, target: Target, body: Body) -> web.Response:
    by = writer(request)
    options = read_options(body.get("deleteOptions") or {}, {"dryRun": "All"} if by.dry_run else {})
    evict(api.registry, target.kind, target.key, options)
    return answers.raw(encode(_success(201)), 201)


def _success(code: int) -> Body:
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": code}


def _bind(api: Api, request: web.Request, target: Target, body: Body) -> web.Response:
    name, node = target.name or meta(body).get("name", ""), at(body, "target", "name")
    if not node:
        raise bad_request("target.name is required")
    bind_pod(api.registry, (target.namespace, name), node, writer(request))
    return answers.raw(encode(_success(201)), 201)


async def update(api: Api, request: web.Request, target: Target) -> web.Response:
    """PUT of an object, its status, or its scale."""
    body = await _sent_object(request)
    form = answers.form_of(request.headers.get("Accept", ""))
    item = api.registry.update(target.kind, target.key, lambda _: body, writer(request), target.subresource)
    return answers.one(target.kind, item, form, request.query)


async def patch(api: Api, request: web.Request, target: Target) -> web.Response:
    """PATCH in any of the four ways."""
    sent, by = await _sent(request), writer(request)
    form = answers.form_of(request.headers.get("Accept", ""))
    if request.content_type == _APPLY:
        return _apply(api, request, target, sent, form)
    change = change_of(request.content_type, sent)
    item = api.registry.update(target.kind, target.key, change, by, target.subresource)
    return answers.one(target.kind, item, form, request.query)


def change_of(content_type: str, sent: Any) -> Callable[[Body], Body]:
    """The patch as a function. Raises ApiFailure 415 for an unknown kind of patch, 400 for one of the wrong form."""
    function = _PATCHES.get(content_type)
    if function is None:
        accepted = ", ".join([*_PATCHES, _APPLY])
        words = f"the body of the request was in an unknown format - accepted media types include: {accepted}"
        raise ApiFailure(415, "UnsupportedMediaType", words)
    if isinstance(sent, list) is not (function is json_patch):
        raise bad_request("the body of the request is no patch of this kind")

    def change(body: Body) -> Body:
        try:
            patched = function(body, sent)
        except PatchError as error:
            words = f"the server rejected our request due to an error in our request: {error}"
            raise ApiFailure(422, "Invalid", words) from None
        if not isinstance(patched, dict):
            raise bad_request("the patched body is no object")
        return patched

    return change


def _apply(api: Api, request: web.Request, target: Target, sent: Any, form: answers.Form) -> web.Response:
    if not isinstance(sent, dict) or "kind" not in sent or "apiVersion" not in sent:
        raise bad_request("an applied configuration names its apiVersion and kind")
    if not request.query.get("fieldManager"):
        words = 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
        raise ApiFailure(422, "Invalid", words)
    metadata = sent.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise bad_request("the metadata of the configuration is no object")
    metadata.setdefault("name", target.name)
    if target.kind.namespaced:
        metadata.setdefault("namespace", target.namespace)
    force = request.query.get("force") in ("true", "1")
    item, new = api.registry.apply(target.kind, target.key, sent, writer(request), force, target.subresource)
    return answers.one(target.kind, item, form, request.query, 201 if new else 200)


async def remove(api: Api, request: web.Request, target: Target) -> web.Response:
    """DELETE of an object: its Status when it is gone, the object while it goes."""
    options = read_options(await _sent_object(request), dict(request.query))
    item, gone = delete(api.registry, target.kind, target.key, options)
    # Pods and namespaces answer with the object, the others with a Status (each registry's ReturnDeletedObject).
    if not gone or target.kind.name in (
        "Pod",
        "Service",
        "PersistentVolumeClaim",
        "PersistentVolume",
        "ServiceAccount",
    ):
        return answers.raw(item.raw)
    details = {"name": item.key[1], "group": target.kind.group, "kind": target.kind.plural}
    details["uid"] = meta(item.body)["uid"]
    status = _success(200) | {"details": {key: value for key, value in details.items() if value}}
    status.pop("code")
    return answers.raw(encode(status))


async def remove_all(api: Api, request: web.Request, target: Target) -> web.Response:
    """DELETE of a collection, as far as the selectors go."""
    options = read_options(await _sent_object(request), dict(request.query))
    found = page(api.store, target, {key: value for key, value in request.query.items() if key != "limit"})
    deleted = [delete(api.registry, target.kind, item.key, options)[0] for item in found.items]
    return answers.raw(answers.list_bytes(target.kind, deleted, {"resourceVersion": str(api.store.version)}))
