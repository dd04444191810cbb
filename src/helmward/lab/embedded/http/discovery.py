"""Discovery: which groups, versions and resources there are, in the old form and the aggregated one."""

from __future__ import annotations

from aiohttp import web

from helmward.lab.embedded.bodies import Body, encode
from helmward.lab.embedded.http.answers import Form, answer
from helmward.lab.embedded.http.reviews import REVIEWS
from helmward.lab.embedded.kinds import VERBS, Served, group_versions

VERSION = "v1.34.3-helmward-lab"
_AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def version() -> Body:
    """/version."""
    return {
        "major": "1",
        "minor": "34",
        "gitVersion": VERSION,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "python",
        "platform": "any",
    }


def api_groups() -> dict[str, list[str]]:
    """Group → apiVersions, without the core group."""
    found: dict[str, list[str]] = {}
    for api_version in [*group_versions(), *REVIEWS]:
        group, slash, _ = api_version.partition("/")
        if slash:
            found.setdefault(group, []).append(api_version)
    return found


def root(legacy: bool, form: Form) -> web.Response:
    """/api (`legacy`) or /apis."""
    if form.shape == "APIGroupDiscoveryList" and form.version == "v2":
        body = encode(_aggregated(legacy))
        return web.Response(body=body, headers={"Content-Type": _AGGREGATED})
    if legacy:
        addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1"}]
        versions: Body = {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses}
        return answer(versions, form)
    groups = [group(name) for name in api_groups()]
    return answer({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}, form)


def group(name: str) -> Body:
    """The APIGroup of a group that is served."""
    versions = [{"groupVersion": each, "version": each.partition("/")[2]} for each in api_groups()[name]]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def resources(api_version: str) -> Body:
    """The APIResourceList of an apiVersion."""
    found = [entry for kind in group_versions().get(api_version, []) for entry in _entries(kind)]
    found += [
        {"name": plural, "singularName": "", "namespaced": False, "kind": kind, "verbs": ["create"]}
        for plural, kind in REVIEWS.get(api_version, {}).items()
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": api_version, "resources": found}


def subresources(kind: Served) -> dict[str, tuple[str, str, str, list[str]]]:
    """Name → (group, version, kind, verbs) of what lies below an object."""
    found: dict[str, tuple[str, str, str, list[str]]] = {}
    if kind.status:
        found["status"] = (kind.group, kind.version, kind.name, ["get", "patch", "update"])
    if kind.scale:
        found["scale"] = ("autoscaling", "v1", "Scale", ["get", "patch", "update"])
    if kind.name == "Pod":
        found["binding"] = ("", "v1", "Binding", ["create"])
        found["eviction"] = ("policy", "v1", "Eviction", ["create"])
        found["log"] = ("", "v1", "Pod", ["get"])
    return found


def _entries(kind: Served) -> list[Body]:
    entry: Body = {
        "name": kind.plural,
        "singularName": kind.name.lower(),
        "namespaced": kind.namespaced,
        "kind": kind.name,
        "verbs": list(VERBS),
    }
    entry |= {"shortNames": list(kind.short)} if kind.short else {}
    entry |= {"categories": ["all"]} if kind.everything else {}
    return [entry, *(_below(kind, name, *each) for name, each in subresources(kind).items())]


def _below(kind: Served, name: str, group_: str, version_: str, below: str, verbs: list[str]) -> Body:
    entry: Body = {"name": f"{kind.plural}/{name}", "singularName": "", "namespaced": kind.namespaced}
    if (group_, version_) != (kind.group, kind.version):
        entry |= {"group": group_, "version": version_}
    return entry | {"kind": below, "verbs": verbs}


def _aggregated(legacy: bool) -> Body:
    names = [""] if legacy else list(api_groups())
    items = [
        {
            "metadata": {"name": name, "creationTimestamp": None},
            "versions": [
                {"version": each.rpartition("/")[2], "freshness": "Current", "resources": _discovered(each)}
                for each in (["v1"] if legacy else api_groups()[name])
            ],
        }
        for name in names
    ]
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items}


def _discovered(api_version: str) -> list[Body]:
    found = [_discovered_kind(kind) for kind in group_versions().get(api_version, [])]
    group_, _, version_ = api_version.rpartition("/")
    for plural, kind in REVIEWS.get(api_version, {}).items():
        what = {"group": group_, "version": version_, "kind": kind}
        found.append({"resource": plural, "responseKind": what, "scope": "Cluster", "verbs": ["create"]})
    return found


def _discovered_kind(kind: Served) -> Body:
    found: Body = {
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.name},
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.name.lower(),
        "verbs": list(VERBS),
    }
    found |= {"shortNames": list(kind.short)} if kind.short else {}
    found |= {"categories": ["all"]} if kind.everything else {}
    below = [
        {"subresource": name, "responseKind": {"group": group_, "version": version_, "kind": what}, "verbs": verbs}
        for name, (group_, version_, what, verbs) in subresources(kind).items()
    ]
    return found | ({"subresources": below} if below else {})
