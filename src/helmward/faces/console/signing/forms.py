"""What browsers send: forms, and where they came from."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from helmward.core.errors import UsageError

LARGEST = 64 * 1024
"""Bytes of a form."""

_MOST_FIELDS = 200


async def form_of(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form; of one that comes several times, the last. Raises UsageError."""
    read = bytearray()
    async for piece in request.stream():
        read += piece
        if len(read) > LARGEST:
            raise UsageError(f"The form is larger than {LARGEST // 1024} KiB.")
    try:
        fields = parse_qsl(
            read.decode(), keep_blank_values=True, strict_parsing=bool(read), max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise UsageError("The form cannot be read.") from None
    return dict(fields)


def from_here(request: Request) -> bool:
    """Whether a page of ours sent this, by what browsers say and pages cannot change (Fetch Metadata; else Origin)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")


def led_by_us(request: Request) -> bool:
    """Whether a page of ours led to this address: not a link elsewhere, a bookmark or what was typed."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("referer", "")).netloc == request.headers.get("host", "-")
