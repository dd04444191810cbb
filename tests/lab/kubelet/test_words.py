"""The table of words: each is in the source it names, and says what real clusters were seen to say."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from helmward.lab.kubelet import words
from helmward.lab.kubelet.pace import go_duration

_VERSION = "v1.34.3"
_SEEN = {
    words.PULLED.say(image="nginx:1.29", took="1.204s", waited="1.204s", size=59774010): (
        'Successfully pulled image "nginx:1.29" in 1.204s (1.204s including waiting). Image size: 59774010 bytes.'
    ),
    words.CRASH_LOOP.say(delay="2m40s", container="app", pod=words.POD.say(name="a", namespace="b", uid="c")): (
        "back-off 2m40s restarting failed container=app pod=a_b(c)"
    ),
    words.FAILED_MOUNT.say(volume="v", error=words.CONFIG_MAP_NOT_FOUND.say(name="x")): (
        'MountVolume.SetUp failed for volume "v" : configmap "x" not found'
    ),
    words.NO_CONFIG_MAP_KEY.say(key="k", namespace="ns", name="x"): "couldn't find key k in ConfigMap ns/x",
    words.UNHEALTHY.say(probe="Readiness", output=words.HTTP_STATUS.say(code=503)): (
        "Readiness probe failed: HTTP probe failed with statuscode: 503"
    ),
    words.NOT_READY.say(names=words.go_list(["a", "b"])): "containers with unready status: [a b]",
    words.NODE_STATUS.say(node="n1", event="NodeReady"): "Node n1 status is now: NodeReady",
}


@pytest.mark.parametrize(("said", "seen"), _SEEN.items())
def test_as_seen_in_real_clusters(said: str, seen: str) -> None:
    assert said == seen


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        words.PULLING.say()


def test_go_quotes_what_it_quotes() -> None:
    assert words.go_quote('a"b') == r'"a\"b"'


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(10, "10s"), (80, "1m20s"), (300, "5m0s"), (0.312, "312ms"), (1.25, "1.25s"), (3600, "1h0m0s"), (60.5, "1m0.5s")],
)
def test_durations(seconds: float, text: str) -> None:
    assert go_duration(seconds) == text


def _sources() -> Path | None:
    """Kubernetes' own sources in Go's module cache: they are there wherever the control plane was built."""
    go = shutil.which("go")
    if go is None:
        return None
    cache = subprocess.run([go, "env", "GOMODCACHE"], capture_output=True, text=True, check=True).stdout.strip()
    folder = Path(cache) / f"k8s.io/kubernetes@{_VERSION}"
    return folder if folder.is_dir() else None


_SOURCES = _sources()
if _SOURCES is not None:
    _FROM_KUBERNETES = {name: word for name, word in words.table().items() if word.source.startswith("pkg/")}

    @pytest.mark.parametrize("name", _FROM_KUBERNETES)
    def test_every_word_is_in_its_source(name: str) -> None:
        word = _FROM_KUBERNETES[name]
        assert _SOURCES is not None
        source = (_SOURCES / word.source).read_text()
        for fragment in word.pieces or _fragments(word.template):
            assert fragment in source.replace('\\"', '"'), fragment

    def test_every_reason_is_in_the_kubelet() -> None:
        assert _SOURCES is not None
        kubelet = "".join(file.read_text() for file in (_SOURCES / "pkg/kubelet").rglob("*.go"))
        for name, word in _FROM_KUBERNETES.items():
            assert not word.reason or f'"{word.reason}"' in kubelet, name


def _fragments(template: str) -> list[str]:
    """What a template says between its values; the prefixes that Go adds with another %s are too short to tell."""
    pieces = re.split(r"\{[^}]*\}", template)
    return [piece.strip() for piece in pieces if len(piece.strip()) > 3]
