"""Archives are read in memory: the same as their folder, whatever their members are called, within limits."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from tests.watch.files import test_agreement
from tests.watch.files.helpers import names, plain, read_files, read_stdin

from helmward.core.errors import UnreadableError
from helmward.watch.files import archives, read

POD = b"apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\n"


def tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tgz", ".zip", ".bin"])
def test_an_archive_is_read_as_its_folder(tmp_path: Path, suffix: str) -> None:
    folder = test_agreement.RECORDED
    files = {f"bundle/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    data = zipped(files) if suffix == ".zip" else tar(files, "w:gz" if "gz" in suffix else "w")
    (tmp_path / f"bundle{suffix}").write_bytes(data)
    found, truth = read([tmp_path / f"bundle{suffix}"], None, mask=plain), read([folder], None, mask=plain)
    assert names(found.world) == names(truth.world)
    assert found.now == truth.now
    assert read_stdin(data).world.coverage.counts == truth.world.coverage.counts


def test_gzipped_files(tmp_path: Path) -> None:
    files = {"get/pods.yaml.gz": gzip.compress(POD), "logs/shop/a/app.log.gz": gzip.compress(b"one\n")}
    world = read_files(tmp_path, files).world
    assert names(world) == [("Pod", "shop", "a")]
    assert [log.lines for log in world.logs.of_pod("shop", "a").values()] == [("one",)]
    assert names(read_stdin(gzip.compress(POD)).world) == [("Pod", "shop", "a")]


def test_a_path_out_of_the_archive_is_only_a_name(tmp_path: Path) -> None:
    escaped = tmp_path / "escaped.yaml"
    files = {f"../../..{escaped}": POD, str(escaped): POD.replace(b"name: a", b"name: b")}
    assert [name for _, _, name in names(read_stdin(tar(files)).world)] == ["a", "b"]
    assert not escaped.exists()


@pytest.mark.parametrize("pack", [tar, zipped])
def test_a_bomb_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, pack: object) -> None:
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(UnreadableError, match="unpacks to more than 1 MiB"):
        read_stdin(pack({"a.yaml": b"# " + bytes(5 << 20)}))  # type: ignore[operator]


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 10)
    found = read_stdin(zipped({f"{number:02}.yaml": POD for number in range(20)}))
    assert "more than 10 files" in found.world.coverage.reasons["<stdin>"]


def test_damaged_archives(tmp_path: Path) -> None:
    data = tar({"a.yaml": os.urandom(20_000)}, "w:gz")
    for number, broken in enumerate((data[: len(data) // 2], zipped({"a.yaml": POD})[:-20], b"\x1f\x8b" + bytes(50))):
        path = tmp_path / f"{number}.tar.gz"
        path.write_bytes(broken)
        with pytest.raises(UnreadableError, match=r"damaged|no file"):
            read([path], None, mask=plain)
