"""The objects of the ownership tests: read fresh for each test, so that each may change its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]
_FOLDER = Path(__file__).parent / "objects"

REPLICAS = "/spec/replicas"
IMAGE = "/spec/template/spec/containers/0/image"
RESTART = "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt"


def objects(name: str) -> list[Json]:
    """The objects of one file, as an API server would send them."""
    found: list[Json] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text())
    return found


def wrote(item: Json, manager: str, fields: Json, operation: str = "Update", **entry: str) -> None:
    """A later write: `manager` takes the fields."""
    record = {"manager": manager, "operation": operation, "fieldsType": "FieldsV1", "fieldsV1": fields}
    item["metadata"].setdefault("managedFields", []).append({"time": "2026-04-01T00:00:00Z", **record, **entry})


def loses(item: Json, place: int, *keys: str) -> None:
    """The manager at `place` loses one field, as it does when another updates it."""
    node = item["metadata"]["managedFields"][place]["fieldsV1"]
    for key in keys[:-1]:
        node = node[key]
    del node[keys[-1]]
