"""A small world of workloads in memory, and findings of it: what the tests of joining and of incidents stand on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from helmward.core.nouns import Finding, Owner, Resource, Severity
from helmward.explain.causes.join import join
from helmward.explain.codes import EFFECT, FAULT, GROUND, SUFFERS
from helmward.world.kinds import KINDS
from helmward.world.store import World

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
NAMESPACE = "production"
_DEPTHS = {"node": GROUND, "quota": GROUND, "claim": GROUND, "stuck": EFFECT, "empty": SUFFERS}


class Shop:
    """A small world of workloads, each with a Service of its name, a pod on a node, and the Services it calls."""

    def __init__(self) -> None:
        self.world = World()
        self.findings: list[Finding] = []

    def put(self, kind: str, name: str, namespace: str = NAMESPACE, **fields: Any) -> None:
        metadata = {"name": name, "namespace": namespace} | fields.pop("metadata", {})
        document = {"apiVersion": KINDS[kind].api, "kind": kind, "metadata": metadata, **fields}
        self.world.apply(KINDS[kind], msgspec.json.encode(document))

    def workload(self, name: str, node: str = "node-1", calls: tuple[str, ...] = (), pods: int = 1) -> None:
        env = [{"name": f"URL_{number}", "value": f"http://{call}:8080"} for number, call in enumerate(calls)]
        template = {
            "metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": "app", "env": env}]},
        }
        self.put("Deployment", name, spec={"replicas": pods, "selector": template["metadata"], "template": template})
        self.put("Service", name, spec={"selector": {"app": name}, "ports": [{"port": 8080}]})
        for number in range(pods):
            owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "controller": True}
            self.put(
                "Pod", f"{name}-{number}", metadata={"labels": {"app": name}, "ownerReferences": [owner]},
                spec={"nodeName": node},
            )  # fmt: skip

    def find(self, slug: str, kind: str, name: str, *, since: str | None = None, **fields: Any) -> Finding:
        owner = fields.pop("owner", None)
        depth = fields.pop("depth", _DEPTHS.get(slug, FAULT))
        blames = tuple(_resource(*place.split("/")) for place in fields.pop("blames", ()))
        finding = Finding(
            id=f"fnd-{slug}-{kind.lower()}-{name}", code=fields.pop("code", slug), slug=slug, depth=depth, blames=blames,
            severity=fields.pop("severity", Severity.HIGH), resource=_resource(kind, name), since=since,
            owner=Owner(kind="Deployment", namespace=NAMESPACE, name=owner) if owner else None,
            message=f"{name}: {slug}", why="", remedy="", evidence=(), **fields,
        )  # fmt: skip
        self.findings.append(finding)
        return finding

    def joined(self) -> list[tuple[list[str], list[str]]]:
        """(causes, symptoms) of each incident, by their findings' ids without the prefix."""
        groups = join(self.findings, self.world, NOW)
        return sorted(
            ([cause.id[4:] for cause in group.causes], sorted(symptom.id[4:] for symptom in group.symptoms))
            for group in groups
        )


def _resource(kind: str, name: str) -> Resource:
    namespace = "" if kind == "Node" else NAMESPACE
    return Resource(api_version=KINDS[kind].api, kind=kind, namespace=namespace, name=name)


def small_shop() -> Shop:
    """A frontend that calls payment and user, on two nodes."""
    built = Shop()
    built.workload("payment", node="node-1")
    built.workload("user", node="node-2")
    built.workload("frontend", node="node-2", calls=("payment", "user"))
    return built
