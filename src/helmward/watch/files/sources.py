"""What there is to read: each file of the given paths, folders and archives, and standard input, in a fixed order."""

from __future__ import annotations

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from helmward.watch.files import archives
from helmward.watch.files.refusal import Refused

MOST_BYTES = 1 << 30
"""A single file above this is refused: it would not fit beside the world in memory."""
_MOST_UNPACKED = 512 << 20
_NEVER_ENTERED = {"node_modules", "__pycache__", "__MACOSX"}


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to read. `name` is how it is shown, `parts` its path inside the folder or archive that was given."""

    name: str
    parts: tuple[str, ...]
    path: Path | None = None
    data: bytes | None = None
    named: bool = False
    """The file itself was given, not a folder or archive that holds it: whatever it is called, it is to be read."""

    @property
    def written(self) -> datetime | None:
        """When the file was last written; None where nothing says so."""
        try:
            return datetime.fromtimestamp(self.path.stat().st_mtime, UTC) if self.path is not None else None
        except (OSError, OverflowError, ValueError):
            return None

    def read(self, last: int | None = None) -> bytes:
        """The bytes, unpacked if gzipped; with `last`, at least that many from the end. Raises OSError or Refused."""
        data = self._read(last if not self.name.endswith(".gz") else None)
        return _gunzip(data) if data[:2] == b"\x1f\x8b" else data

    def _read(self, last: int | None) -> bytes:
        if self.path is None:
            return self.data or b""
        with self.path.open("rb") as file:
            if last is not None and (size := os.fstat(file.fileno()).st_size) > last:
                file.seek(size - last)
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise Refused(f"it is larger than {MOST_BYTES >> 30} GiB; split it")
        return data


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not read, and why."""

    name: str
    reason: str


def walk(path: Path) -> Iterator[Source | Skipped]:
    """Everything under one given path. Raises OSError where the path itself cannot be opened."""
    if path.is_dir():
        yield from _walk_folder(path)
        return
    name = str(path)
    with path.open("rb") as file:
        head = file.read(512)
        regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        # A pipe (a shell's process substitution) cannot be read a second time, an archive is needed as a whole.
        whole = not regular or archives.is_archive(head, name)
        data = head + file.read(MOST_BYTES) if whole else b""
    if whole:
        yield from from_bytes(name, data)
    else:
        yield Source(name, path.absolute().parts[-5:], path, named=True)


def from_bytes(name: str, data: bytes) -> Iterator[Source | Skipped]:
    """Standard input or a pipe: one document stream, or an archive."""
    if archives.is_archive(data[:512], name):
        yield from _members(name, data)
    else:
        yield Source(name, (name,), None, data, named=True)


def _walk_folder(folder: Path) -> Iterator[Source | Skipped]:
    failures: list[OSError] = []
    list(os.scandir(folder))  # a folder that cannot be opened at all is an error, one below it is a gap
    for here, folders, files in os.walk(folder, onerror=failures.append):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NEVER_ENTERED)
        for name in sorted(files):
            path = Path(here, name)
            if name.startswith("."):
                continue
            if not path.is_file():
                yield Skipped(str(path), "it is not a plain file")
            else:
                yield Source(str(path), path.relative_to(folder).parts, path)
    for failure in failures:
        yield Skipped(str(failure.filename), (failure.strerror or "it cannot be opened").lower())


def _members(name: str, data: bytes) -> Iterator[Source | Skipped]:
    try:
        for member, content in archives.unpack(data):
            shown = f"{name}!{member}"
            parts = tuple(part for part in member.replace("\\", "/").split("/") if part not in ("", "."))
            yield Source(shown, parts, None, content)
    except Refused as refusal:
        yield Skipped(name, str(refusal))


def _gunzip(data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            content = file.read(_MOST_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"it is a damaged gzip file ({error})") from None
    if len(content) > _MOST_UNPACKED:
        raise Refused(f"it unpacks to more than {_MOST_UNPACKED >> 20} MiB")
    return content
