"""What must hold of any input: never an unexpected error, no dependence on order, YAML and JSON alike, a bounded cost."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.watch.files import test_agreement
from tests.watch.files.helpers import names, plain, read_stdin, write

from helmward.core.errors import UnreadableError
from helmward.watch.files import Read, read

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
PLACES = st.sampled_from(
    [
        *(
            "get/pods.json",
            "get/pods.yaml",
            "get/shop/pods.txt",
            "get/shop/events.wide.txt",
            "get/shop/services.labels.txt",
        ),
        *(
            "describe/shop/pod/a.txt",
            "describe/shop/configmap/a.txt",
            "describe/_cluster/node/a.txt",
            "describe/shop/ing/a.txt",
        ),
        *(
            "logs/shop/a/app.log",
            "metrics/a.csv",
            "alerts.json",
            "question.txt",
            "x.yaml",
            "x.json",
            "x.tar.gz",
            "x.zip",
        ),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
PIECES = st.sampled_from(
    [
        *(
            "NAME",
            "NAMESPACE   NAME   READY   STATUS   RESTARTS   AGE",
            "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE",
            "a  1/1  x  2",
        ),
        *(
            "Name:  a",
            "Namespace:  b",
            "Containers:",
            "  c:",
            "    State:  Terminated",
            "      Message:  x",
            "      Exit Code:  1",
        ),
        *(
            "Events:",
            "  Type  Reason  Age  From  Message",
            "  ----  ------",
            "  Warning  A  3m (x4 over 5d)  k, n  m",
            "Data",
            "====",
        ),
        *(
            "key:",
            "----",
            "Rules:",
            "  Host  Path  Backends",
            "  h",
            "    /p   s:80 (x)",
            "Port:  x  80/TCP",
            "TargetPort:  http/TCP",
        ),
        *(
            "Replicas:  9 desired | 1 updated",
            "Labels:  a=b",
            "        c=d",
            "Tolerations:  x=y:NoExecute for 3s",
            "",
            "---",
            "- a: &a",
        ),
        *(
            "Liveness:  http-get http://:x/y delay=0s timeout=1s period=1s #success=1 #failure=3",
            "{",
            "[",
            '"a": 1,',
            "}",
            "]",
        ),
        *(
            "kind: Pod",
            "apiVersion: v1",
            "metadata:",
            "  name: a",
            "items:",
            "kind: List",
            "spec: 3",
            "status: [1]",
            "  labels: x",
        ),
    ]
)


def kubernetes(kind: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}}


OBJECTS = st.builds(
    kubernetes,
    st.sampled_from(["Pod", "Service", "ConfigMap", "Secret", "Event", "Endpoints", "Widget", "Node"]),
    NAMES,
    st.dictionaries(
        st.sampled_from(["spec", "status", "data", "subsets", "involvedObject", "type"]), VALUES, max_size=3
    ),
)


def attempt(files: dict[str, bytes]) -> Read | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return read([write(Path(folder), files)], None, mask=plain)
        except UnreadableError as error:
            assert len(str(error)) < 1200
            return None


@QUICK
@given(st.dictionaries(PLACES, st.binary(max_size=400), min_size=1, max_size=3))
def test_arbitrary_bytes_are_read_or_refused(files: dict[str, bytes]) -> None:
    attempt(files)


@QUICK
@given(st.dictionaries(PLACES, st.lists(PIECES, max_size=14).map("\n".join), min_size=1, max_size=3))
def test_shuffled_pieces_of_real_output_are_read_or_refused(files: dict[str, str]) -> None:
    attempt({name: text.encode() for name, text in files.items()})


@QUICK
@given(
    st.dictionaries(
        PLACES,
        st.lists(OBJECTS, max_size=4).map(
            lambda items: json.dumps({"kind": "List", "apiVersion": "v1", "items": items})
        ),
        min_size=1,
        max_size=3,
    )
)
def test_objects_with_wrong_fields_anywhere(files: dict[str, str]) -> None:
    found = attempt({name: text.encode() for name, text in files.items()})
    assert found is None or all(item.name for kind in found.world.kinds() for item in found.world.all(kind))


@QUICK
@given(st.lists(OBJECTS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_documents_and_files_changes_nothing(items: list[dict[str, Any]], random: Any) -> None:
    shuffled = random.sample(items, len(items))
    one = attempt({f"{number}.json": json.dumps(item).encode() for number, item in enumerate(items)})
    two = attempt({f"{number}.json": json.dumps(item).encode() for number, item in enumerate(shuffled)})
    stream = read_stdin("\n".join(json.dumps(item) for item in shuffled))
    assert one is not None
    assert two is not None
    assert raws(one) == raws(two) == raws(stream)


@QUICK
@given(OBJECTS)
def test_yaml_and_json_yield_the_same_world(item: dict[str, Any]) -> None:
    # Quoted, for PyYAML writes plain what only its own resolver takes for text (`y`, `1e3`).
    written = yaml.safe_dump(item, default_style='"', allow_unicode=False)
    assert raws(read_stdin(written)) == raws(read_stdin(json.dumps(item)))


def raws(found: Read) -> list[tuple[tuple[str, str, str], Any]]:
    """Everything but Secrets, whose hashes differ from run to run."""
    world = found.world
    items = (item for kind in world.kinds() for item in world.all(kind) if kind != "Secret")
    values = sorted(
        (item.kind.name, item.namespace, item.name, json.dumps(json.loads(item.raw), sort_keys=True)) for item in items
    )
    return [*((value[:3], value[3]) for value in values), *((name, None) for name in names(world))]


@QUICK
@given(st.data())
def test_real_output_cut_and_spliced_is_read_or_refused(data: st.DataObject) -> None:
    folder = test_agreement.RECORDED
    files = sorted(path for path in folder.rglob("*.*") if path.is_file() and path.suffix != ".md")
    path = data.draw(st.sampled_from(files))
    content = path.read_bytes()
    cut = data.draw(st.integers(0, len(content)))
    back = data.draw(st.integers(0, len(content)))
    attempt({str(path.relative_to(folder)): content[:cut] + content[back:]})
