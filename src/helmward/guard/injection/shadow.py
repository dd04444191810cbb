"""RE2 over texts by character offsets: what is looked for is ASCII, so every other character becomes one `?`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import re2

_OTHER = re.compile("[^\x00-\x7f]")


class Pattern:
    """A pattern of ASCII characters, in linear time."""

    def __init__(self, pattern: str) -> None:
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.max_mem = 64 << 20
        self._compiled: Any = re2.compile(pattern.encode(), options)

    def spans(self, shadow: bytes) -> Iterator[tuple[int, int]]:
        """Where it matches, by offsets."""
        return (match.span() for match in self._compiled.finditer(shadow))


def shadow_of(text: str) -> bytes:
    """As many bytes as `text` has characters."""
    # The codec's own replacement is slower by far.
    return (text if text.isascii() else _OTHER.sub("?", text)).encode()
