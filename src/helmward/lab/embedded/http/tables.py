"""Table output: what `kubectl get` prints (meta.k8s.io/v1 Table)."""

from __future__ import annotations

from collections.abc import Sequence

from helmward.lab.embedded.bodies import Body, encode, meta
from helmward.lab.embedded.http.columns import COLUMNS, NAME_AND_AGE
from helmward.lab.embedded.kinds import Served
from helmward.lab.embedded.storage.shelf import Stored


def table(kind: Served, items: Sequence[Stored], metadata: Body, include: str, header: bool = True) -> Body:
    """A Table of these objects; `include` is the includeObject of the request: None, Metadata or Object."""
    columns = COLUMNS.get(kind.name, NAME_AND_AGE)
    definitions = [
        {
            "name": column.name,
            "type": column.type,
            "format": "name" if column.name == "Name" else "",
            "description": "",
            "priority": column.priority,
        }
        for column in columns
    ]
    rows = []
    for item in items:
        row: Body = {"cells": [column.cell(item.body) for column in columns]}
        if include != "None":
            row["object"] = _object(item, include)
        rows.append(row)
    head = {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata}
    return head | {"columnDefinitions": definitions if header else [], "rows": rows}


def _object(item: Stored, include: str) -> Body:
    if include == "Object":
        return item.body
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": meta(item.body)}


def table_bytes(kind: Served, item: Stored, include: str, header: bool) -> bytes:
    """The one-row Table of a watch event."""
    return encode(table(kind, [item], {"resourceVersion": str(item.version)}, include, header))
