"""The smallest OpenAPI v3 that lets kubectl leave validation and dry runs to the server."""

from __future__ import annotations

from helmward.lab.embedded.bodies import Body
from helmward.lab.embedded.kinds import Served, group_versions

# kubectl looks for these parameters on the PATCH of a kind (cli-runtime's query_param_verifier_v3.go).
_PARAMETERS = ("fieldValidation", "dryRun", "fieldManager", "force")


def index() -> Body:
    """/openapi/v3: where each apiVersion's document lies."""
    roots = {kinds[0].root.lstrip("/") for kinds in group_versions().values()}
    return {"paths": {root: {"serverRelativeURL": f"/openapi/v3/{root}?hash=1"} for root in sorted(roots)}}


def document(api_version: str) -> Body | None:
    """The document of one apiVersion, None where it is not served."""
    kinds = group_versions().get(api_version)
    if kinds is None:
        return None
    paths = {_path(kind): {"patch": _patch(kind)} for kind in kinds}
    return {"openapi": "3.0.0", "info": {"title": "Helmward lab", "version": "v1.34.3"}, "paths": paths}


def _path(kind: Served) -> str:
    scope = "/namespaces/{namespace}" if kind.namespaced else ""
    return f"{kind.root}{scope}/{kind.plural}/{{name}}"


def _patch(kind: Served) -> Body:
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in _PARAMETERS]
    return {
        "parameters": parameters,
        "responses": {"200": {"description": "OK"}},
        # No strategic merge here: kubectl then takes its own table of merge keys, which is the right one.
        "requestBody": {"content": {"application/merge-patch+json": {"schema": {"type": "object"}}}},
        "x-kubernetes-group-version-kind": {"group": kind.group, "version": kind.version, "kind": kind.name},
    }
