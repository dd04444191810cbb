"""Bytes to UTF-8: byte order marks, UTF-16 and UTF-32 by their mark, and a sentence where bytes are no text."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def unmark(data: bytes) -> bytes:
    """The same text as UTF-8 without a byte order mark; data without a mark is returned as it is, unchecked."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            rest = data[len(mark) :]
            return rest if encoding == "utf-8" else rest.decode(encoding, "replace").encode()
    return data


def to_text(data: bytes) -> tuple[str, int | None]:
    """The text of UTF-8 bytes, and the 1-based line of the first byte that is none (it shows as U+FFFD)."""
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        return data.decode("utf-8", "replace"), data.count(b"\n", 0, error.start) + 1
