"""Outside text made safe to show: control and bidirectional characters become visible, length is bounded."""

from __future__ import annotations

import re

# C0 but newline and tab, DEL, C1, the bidirectional and zero-width controls that can disguise text (CVE-2021-42574), and
# the invisible tag characters.
HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    """`text` with every control character written as an escape (ESC becomes `\\x1b`), so a terminal shows it as data."""
    return HOSTILE.sub(lambda match: _escape(match.group()), text)


def one_line(text: str, limit: int = 300) -> str:
    """`printable` text on one line, white space folded, cut with an ellipsis after `limit` characters."""
    folded = " ".join(printable(text).split())
    return folded if len(folded) <= limit else folded[: limit - 1] + "…"


def stopped(sentence: str) -> str:
    """A sentence with the one stop that ends it, whether or not it came with its own."""
    return f"{sentence.rstrip(' .')}."


def with_article(noun: str) -> str:
    """A noun with its article: `an agent`."""
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
