"""Content negotiation, and the answers in the form that was asked for: JSON, YAML, Table, metadata alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml
from aiohttp import web

from helmward.lab.embedded.bodies import Body, decode, encode, meta
from helmward.lab.embedded.failures import ApiFailure, bad_request
from helmward.lab.embedded.http.protobuf import MEDIA_TYPE, decode_protobuf
from helmward.lab.embedded.http.tables import table
from helmward.lab.embedded.kinds import Served
from helmward.lab.embedded.storage.shelf import Stored

_JSON = ("application/json", "application/*", "*/*")
_SHAPES = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList", "APIGroupDiscoveryList")


@dataclass(frozen=True, slots=True)
class Form:
    """What the client takes: `shape` is "" for the object itself, or the `as` of the media type."""

    shape: str = ""
    version: str = ""
    yaml: bool = False


def form_of(accept: str) -> Form:
    """The first acceptable form of an Accept header. Raises ApiFailure 406."""
    for item in (accept or "*/*").split(","):
        media, *parameters = (part.strip() for part in item.split(";"))
        given = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
        shape = given.get("as", "")
        if shape and (shape not in _SHAPES or given.get("v") not in ("v1", "v2")):
            continue
        if media in _JSON:
            return Form(shape, given.get("v", ""))
        if media == "application/yaml" and not shape:
            return Form(yaml=True)
    words = "only the following media types are accepted: application/json, application/yaml"
    raise ApiFailure(406, "NotAcceptable", words)


def answer(body: object, form: Form, status: int = 200) -> web.Response:
    """A body as it is, in JSON or YAML."""
    if form.yaml:
        text = yaml.safe_dump(decode(encode(body)), sort_keys=False)
        return web.Response(text=text, status=status, content_type="application/yaml")
    return raw(body if isinstance(body, bytes) else encode(body), status)


def raw(body: bytes, status: int = 200) -> web.Response:
    """JSON bytes."""
    return web.Response(body=body, status=status, content_type="application/json")


def one(kind: Served, item: Stored, form: Form, query: Any, status: int = 200) -> web.Response:
    """An object in the form asked for."""
    if form.shape == "Table":
        whole = table(kind, [item], {"resourceVersion": str(item.version)}, query.get("includeObject", "Metadata"))
        return raw(encode(whole), status)
    if form.shape == "PartialObjectMetadata":
        return raw(encode(partial(item.body)), status)
    return answer(item.body, form, status) if form.yaml else raw(item.raw, status)


def partial(body: Body) -> Body:
    """The metadata alone (meta.k8s.io/v1 PartialObjectMetadata)."""
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": meta(body)}


def many(kind: Served, items: list[Stored], metadata: Body, form: Form, query: Any) -> web.Response:
    """A list in the form asked for."""
    if form.shape == "Table":
        return raw(encode(table(kind, items, metadata, query.get("includeObject", "Metadata"))))
    if form.shape == "PartialObjectMetadataList":
        found = [partial(item.body) for item in items]
        head = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
        return raw(encode(head | {"metadata": metadata, "items": found}))
    listed = list_bytes(kind, items, metadata)
    return answer(decode(listed), form) if form.yaml else raw(listed)


def list_bytes(kind: Served, items: list[Stored], metadata: Body) -> bytes:
    """The JSON of a list; its items carry no apiVersion and kind, as those of a real server do not."""
    head = {"kind": f"{kind.name}List", "apiVersion": kind.api_version, "metadata": metadata}
    # Every stored object begins with these two fields, so they can be cut off without decoding it.
    cut = len(encode({"apiVersion": kind.api_version, "kind": kind.name}))
    inner = b",".join(b"{" + item.raw[cut:] for item in items)
    return encode(head)[:-1] + b',"items":[' + inner + b"]}"


def read_body(data: bytes, content_type: str) -> Any:
    """The request's body. Raises ApiFailure 400 for text that is neither JSON nor YAML, 415 for another media type."""
    if not data.strip():
        return {}
    if content_type == MEDIA_TYPE:
        return decode_protobuf(data)
    if content_type.endswith("cbor"):
        words = "the body of the request was in an unknown format - accepted media types include: "
        raise ApiFailure(415, "UnsupportedMediaType", f"{words}application/json, application/yaml, {MEDIA_TYPE}")
    try:
        return decode(data)
    except ValueError as error:
        if "yaml" not in content_type:
            raise bad_request(f"couldn't get version/kind; json parse error: {error}") from None
    try:
        return yaml.load(data, Loader=_Loader)  # noqa: S506 - a safe loader, but for dates, which stay text
    except yaml.YAMLError as error:
        raise bad_request(f"error decoding YAML: {error}".replace("\n", " ")) from None


class _Loader(yaml.SafeLoader):
    """Safe YAML in which a date stays the text it is in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
