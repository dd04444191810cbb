"""Tar and zip archives, read in memory and never extracted: a member's path is only a name here."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from helmward.watch.files.refusal import Refused

MOST_MEMBERS = 50_000
MOST_UNPACKED = 512 << 20
"""Bytes of all members together: what keeps an archive bomb from filling memory."""

# What the libraries raise for bytes that are no archive; RuntimeError stands for an encrypted zip.
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)
_DAMAGE = (*_DAMAGED, RuntimeError, NotImplementedError)


def is_archive(head: bytes, name: str) -> bool:
    """True for a zip, a tar (by its `ustar` mark) or a gzipped tar (by its content's mark, or its name)."""
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06") or head[257:262] == b"ustar":
        return True
    if head[:2] != b"\x1f\x8b":
        return False
    return name.endswith((".tgz", ".tar.gz")) or _gzipped_tar(head)


def unpack(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each plain member. Raises Refused for a damaged or over-large archive."""
    left = MOST_UNPACKED
    members = _zip(data) if data[:2] == b"PK" else _tar(data)
    try:
        for count, (name, file) in enumerate(members):
            content = file.read(left + 1)
            left -= len(content)
            if left < 0:
                raise Refused(f"the archive unpacks to more than {MOST_UNPACKED >> 20} MiB; it was not read further")
            if count >= MOST_MEMBERS:
                raise Refused(f"the archive holds more than {MOST_MEMBERS} files; it was not read further")
            yield name, content
    except _DAMAGE as error:
        raise Refused(f"the archive is damaged ({error})") from None


def _gzipped_tar(head: bytes) -> bool:
    try:
        start = zlib.decompressobj(31).decompress(head, 512)
    except zlib.error:
        return False
    return start[257:262] == b"ustar"


def _zip(data: bytes) -> Iterator[tuple[str, io.BufferedIOBase]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED:
            raise Refused(f"the archive unpacks to more than {MOST_UNPACKED >> 20} MiB; nothing of it was read")
        for info in archive.infolist():
            if not info.is_dir():
                with archive.open(info) as file:
                    yield info.filename, file  # type: ignore[misc]


def _tar(data: bytes) -> Iterator[tuple[str, io.BufferedIOBase]]:
    stream: io.BufferedIOBase = io.BytesIO(data)
    if data[:2] == b"\x1f\x8b":
        stream = gzip.GzipFile(fileobj=stream)
    with tarfile.open(fileobj=_Bounded(stream), mode="r|") as archive:
        for info in archive:
            if info.isfile() and (file := archive.extractfile(info)) is not None:
                yield info.name, file  # type: ignore[misc]


class _Bounded(io.RawIOBase):
    """A stream that refuses to go on after the limit: headers and skipped members count too."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._left = 2 * MOST_UNPACKED

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise Refused(f"the archive unpacks to more than {MOST_UNPACKED >> 20} MiB; it was not read further")
        return block
