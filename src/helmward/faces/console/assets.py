"""Scripts, styles and pictures: named by what is in them, compressed once, kept by browsers for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/"
VENDOR = "vendor"
"""The folder of what the build takes from npm (console/package.json)."""

_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_PACKED = {".js", ".css", ".svg", ".json"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    kind: str
    data: bytes
    packed: bytes | None
    tag: str


class Assets:
    """All of them, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._assets = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    def address(self, name: str) -> str:
        """Where a file is, by its name below static/. Raises KeyError for one that is not there."""
        return f"{PREFIX}{name}?v={self._assets[name].tag}"

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._assets

    def answer(self, request: Request) -> Response:
        """The file."""
        asset = self._assets.get(request.url.path.removeprefix(PREFIX))
        if asset is None:
            return Response("There is no such file.", 404, media_type="text/plain")
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "ETag": f'"{asset.tag}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(None, 304, headers)
        data = asset.data
        if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            data, headers["Content-Encoding"] = asset.packed, "gzip"
        return Response(data, headers=headers, media_type=asset.kind)


def _read(path: Path) -> Asset:
    data = path.read_bytes()
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(data, 9, mtime=0) if path.suffix in _PACKED else None
    return Asset(kind, data, packed, hashlib.sha256(data).hexdigest()[:12])
