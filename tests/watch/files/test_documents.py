"""YAML and JSON as kubectl reads them: lists, lines, broken parts, and everything that is no object."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest
from tests.watch.files.helpers import names, plain, read_files, read_stdin

from helmward.core.errors import UnreadableError
from helmward.watch.files import read

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def config_map(values: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c}}\n{values}"


def test_objects_know_their_file_and_line(tmp_path: Path) -> None:
    text = f"# a comment\n---\n# another\n{POD}---\napiVersion: v1\nkind: List\nitems:\n- {POD.replace(chr(10), chr(10) + '  ')}"
    listed = json.dumps({"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "b"}}]}, indent=1)
    found = read_files(tmp_path, {"a.yaml": text.replace("name: a,", "name: z,", 1), "b.json": listed}).world
    places = {item.name: (Path(item.file or "").name, item.line) for item in found.all("Pod")}
    assert places == {"z": ("a.yaml", 4), "a": ("a.yaml", 11), "b": ("b.json", 5)}


def test_typed_lists_and_default_namespaces(tmp_path: Path) -> None:
    files = {
        "get/pods.json": '{"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"a"}}]}',
        "get/shop/services.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n",
        "nodes.yaml": "apiVersion: v1\nkind: Node\nmetadata: {name: node-a}\n",
    }
    world = read_files(tmp_path, files).world
    assert names(world) == [("Node", "", "node-a"), ("Pod", "default", "a"), ("Service", "shop", "s")]


def test_a_broken_document_is_one_problem_and_the_others_are_read(tmp_path: Path) -> None:
    world = read_files(
        tmp_path, {"a.yaml": f"{POD}---\nfoo: [1\nbar: 2\n---\n{POD.replace('name: a', 'name: b')}"}
    ).world
    assert [name for _, _, name in names(world)] == ["a", "b"]
    (problem,) = world.coverage.problems
    assert "a.yaml:6:" in problem
    assert "expected" in problem


def test_broken_json_names_its_line(tmp_path: Path) -> None:
    cut = json.dumps(json.loads('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}'), indent=1)[:-5]
    world = read_files(tmp_path, {"a.json": cut, "b.yaml": POD}).world
    (problem,) = world.coverage.problems
    assert "a.json:5:" in problem
    assert "truncated" in problem


def test_duplicate_keys_are_named_with_their_line() -> None:
    world = read_stdin(config_map('data:\n  a: "1"\n  b: "2"\n  a: "3"\n')).world
    assert world.coverage.problems == ["<stdin>:7: the key 'a' stands twice; the last one counts."]
    assert world.get("ConfigMap", "default", "c").view.data == {"a": "3", "b": "2"}  # type: ignore[union-attr]
    world = read_stdin('{"apiVersion":"v1","kind":"Pod",\n"metadata":{"name":"a"},\n"kind":"Pod"}').world
    assert world.coverage.problems == ["<stdin>:3: the key 'kind' stands twice; the last one counts."]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        ("'on'", "on"),
        ("1.0.0", "1.0.0"),
        ("0x1g", "0x1g"),
        ("=", "="),
        ("!!str 12", "12"),
        ("|-\n    a\n    b", "a\nb"),
    ],
)
def test_what_is_text_to_kubectl_stays_text(written: str, read_as: str) -> None:
    world = read_stdin(config_map(f"data:\n  k: {written}\n")).world
    assert world.get("ConfigMap", "default", "c").view.data == {"k": read_as}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "value"), [("yes", True), ("off", False), ("0644", 420), ("1_000", 1000), ("~", None), ("1e3", 1000.0)]
)
def test_what_is_no_text_to_kubectl_is_none(written: str, value: object) -> None:
    item = read_stdin(config_map(f"data: {{k: {written}}}\n")).world.get("ConfigMap", "default", "c")
    assert item is not None
    assert json.loads(item.raw)["data"] == {"k": value}


def test_merge_keys_and_anchors() -> None:
    text = config_map("x: &x {a: '1', b: '2'}\ndata:\n  <<: *x\n  b: '3'\n")
    assert read_stdin(text).world.get("ConfigMap", "default", "c").view.data == {"a": "1", "b": "3"}  # type: ignore[union-attr]


def test_an_anchor_bomb_is_refused_at_once() -> None:
    start = time.process_time()
    world = read_stdin(f"{BOMB}---\n{POD}").world
    assert time.process_time() - start < 2
    assert names(world) == [("Pod", "shop", "a")]
    assert "aliases expand" in world.coverage.problems[0]


@pytest.mark.parametrize("text", ["[" * 100_000, "{ " * 100_000, "- " * 50_000, "a: &a [*a]", "? [a]\n: b", "<<: 1"])
def test_hostile_shapes_are_problems(text: str) -> None:
    world = read_stdin(f"---\n{text}\n---\n{POD}").world
    assert names(world) == [("Pod", "shop", "a")]
    assert len(world.coverage.problems) == 1


def test_json_lines_and_concatenated_json() -> None:
    one, two = ('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s"}}' % name for name in "ab")  # noqa: UP031
    for text in (
        f"{one}\n{two}\n",
        f"{one}{two}",
        json.dumps(json.loads(one), indent=2) + "\n" + two,
        f"[{one},{two}]",
    ):
        assert [name for _, _, name in names(read_stdin(text).world)] == ["a", "b"]
    broken = read_stdin(f"{one}\n{{oops\n{two}\n").world
    assert [name for _, _, name in names(broken)] == ["a", "b"]
    assert "<stdin>:2:" in broken.coverage.problems[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_byte_order_marks(encoding: str) -> None:
    text = POD.replace("namespace: shop", "namespace: shop, labels: {näme: wört}").replace("\n", "\r\n")
    item = read_stdin(text.encode(encoding)).world.get("Pod", "shop", "a")
    assert item is not None
    assert item.meta.labels == {"näme": "wört"}


def test_bytes_that_are_no_text_are_a_problem() -> None:
    for text in (
        config_map("data: {k: stra\xdfe}\n"),
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"k":"\xdf"}}',
    ):
        world = read_stdin(text.encode("latin-1")).world
        assert "\ufffd" in world.get("ConfigMap", "default", "c").view.data["k"]  # type: ignore[union-attr]
        assert "not all UTF-8" in world.coverage.problems[0]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n", "Helm"),
        ("chart/values.yaml", "replicas: 3\n", "Helm"),
        ("chart/values-prod.yaml", "replicas: 3\n", "Helm"),
        ("chart/templates/pod.yaml", "kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n", "template"),
        ("chart/templates/all.yaml", "{{- if .Values.on }}\nkind: Pod\n{{- end }}\n", "template"),
        ("named.yaml", 'apiVersion: v1\nkind: Pod\nmetadata: {name: "{{ .Values.name }}"}\n', "template"),
        ("kustomization.yaml", "resources: [pod.yaml]\n", "Kustomize"),
        ("other.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", "no cluster holds"),
        ("ci.yaml", "stages: [build]\n", "no Kubernetes object"),
        ("package.json", '{"name": "x", "version": "1"}', "no Kubernetes object"),
        ("list.json", "[1, 2]", "no Kubernetes object"),
        ("empty.yaml", "", "empty"),
        ("comments.yaml", "# nothing\n---\n# at all\n", "no Kubernetes object"),
        ("status.json", '{"kind":"Status","apiVersion":"v1","message":"pods is forbidden"}', "pods is forbidden"),
        ("config.yaml", "apiVersion: v1\nkind: Config\nclusters: []\n", "kubeconfig"),
        ("nameless.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\n", "without a name"),
        ("picture.png", "\x89PNG", "not part of an evidence bundle"),
    ],
)
def test_what_is_no_object_is_unread_with_a_reason(tmp_path: Path, name: str, text: str, reason: str) -> None:
    world = read_files(tmp_path, {name: text, "pod.yaml": POD}).world
    assert names(world) == [("Pod", "shop", "a")]
    assert reason in world.coverage.reasons[str(tmp_path / name)]
    assert world.coverage.problems == []


def test_only_an_input_of_which_nothing_can_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="no such file"):
        read([tmp_path / "none.yaml"], None, mask=plain)
    with pytest.raises(UnreadableError, match="nothing to read"):
        read([], None, mask=plain)
    with pytest.raises(UnreadableError, match="no Kubernetes object"):
        read_files(tmp_path / "a", {"x.yaml": "a: 1\n"})
    (tmp_path / "pod.yaml").write_text(POD)
    found = read([tmp_path / "none.yaml", tmp_path / "pod.yaml"], None, mask=plain)
    assert names(found.world) == [("Pod", "shop", "a")]
    assert found.world.coverage.reasons[str(tmp_path / "none.yaml")] == "no such file or directory"


def test_an_explicitly_empty_list_was_read(tmp_path: Path) -> None:
    coverage = read_files(
        tmp_path,
        {"get/pods.json": '{"apiVersion":"v1","kind":"List","items":[]}', "a.yaml": POD.replace("Pod", "Service")},
    ).world.coverage
    assert coverage.counts == {"Pod": 0, "Service": 1}
    assert coverage.knows("Pod")
    assert not coverage.knows("Secret")
    assert read_stdin('{"apiVersion":"v1","kind":"SecretList","items":null}').world.coverage.counts == {"Secret": 0}


def test_a_field_of_the_wrong_type_spoils_that_field_alone() -> None:
    world = read_stdin(POD + "spec: {nodeName: [1], serviceAccountName: me}\nstatus: {phase: Running}\n").world
    item = world.get("Pod", "shop", "a")
    assert item is not None
    assert (item.view.spec.service_account_name, item.view.spec.node_name, item.view.status.phase) == (
        "me",
        "",
        "Running",
    )
    assert "<stdin>:1:" in world.coverage.problems[0]
    assert names(read_stdin("apiVersion: v1\nkind: Pod\nmetadata: {name: 12, labels: 3}\n").world) == [
        ("Pod", "default", "12")
    ]


def test_ten_thousand_pods_of_json_in_three_seconds(tmp_path: Path) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": "shop", "uid": "u"},
        "spec": {"containers": [{"name": "c", "env": [{"name": "A", "value": "x" * 3000}]}]},
    }
    items = [
        {**pod, "metadata": {"name": f"pod-{number}", "namespace": "shop", "uid": "u"}} for number in range(10_000)
    ]
    (tmp_path / "pods.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=4))
    start = time.process_time()
    world = read([tmp_path], None, mask=plain).world
    assert time.process_time() - start < 3
    assert world.coverage.counts == {"Pod": 10_000}
    lines = sorted(item.line or 0 for item in world.all("Pod"))
    assert lines[1] - lines[0] == lines[-1] - lines[-2] > 10


def test_a_named_file_is_read_whatever_it_is_called_and_a_pipe_once(tmp_path: Path) -> None:
    (tmp_path / "dump").write_text(POD)
    assert names(read([tmp_path / "dump"], None, mask=plain).world) == [("Pod", "shop", "a")]
    (tmp_path / "pod.yaml").write_text(POD.replace("name: a", "name: b"))
    assert names(read([tmp_path], None, mask=plain).world) == [("Pod", "shop", "b")]
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(POD,))
    writer.start()
    assert names(read([tmp_path / "pipe"], None, mask=plain).world) == [("Pod", "shop", "a")]
    writer.join()
