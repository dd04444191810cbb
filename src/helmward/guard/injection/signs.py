"""Signs that a text may hide another: one pass over it says which disguises are worth undoing. Most texts have none."""

from __future__ import annotations

from functools import cache
from typing import Any

import re2

from helmward.guard.matching import ScanError

# By name: RE2 over the UTF-8 bytes as Latin-1. Generous, since what undoes a disguise looks again.
SIGNS: dict[str, str] = {
    "invisible": r"\xc2\xad|\xcd\x8f|[\xcc\xcd][\x80-\xbf]|\xd8\x9c|\xe1(?:\x85[\x9f\xa0]|\x9e[\xb4\xb5]|"
    r"\xa0[\x8b-\x8e])"
    r"|\xe2(?:\x80[\x8b-\x8f\xaa-\xae]|\x81[\xa0-\xaf])|\xef(?:\xb8[\x80-\x8f]|\xbb\xbf)|\xf3\xa0",
    "lookalike": r"[\xce-\xd6]|\xc9[\x80-\xbf]|\xc4\xb1|\xc8\xb7|\xe1\xb4|\xea(?:\x9c|\x93)|\xca|\xe2\x84\x93",
    "entity": r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});",
    "percent": r"%[0-9a-fA-F]{2}",
    "escape": r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|u\{)",
    "spaced": r"(?i)(?:^|[^a-z0-9])[a-z](?:[ ._*|/~+-]{1,4}[a-z]){4}(?:[^a-z0-9]|$)",
    "digits": r"(?i)[i1!l|][gq9]n[o0]r[e3]|[i1!l|]n[s5$][t7]ru[c(][t7]|pr[o0]mp[t7]|d[i1!][s5$]r[e3]g[a4@]rd|"
    r"f[o0]rg[e3][t7]|[s5$]y[s5$][t7][e3]m|r[e3]v[e3][a4@][l1]",
    "hex": r"(?i)(?:(?:\\x|0x|%)?[0-9a-f]{2}[ :,-]{0,2}){12}",
    "base64": r"[A-Za-z0-9+/_-]{16}",
    "rot13": r"(?i)\b(?:vafgehpgvba|cebzcg|vtaber|qvfertneq|cerivbhf|flfgrz|sbetrg|abj ba|erfgevpgvba)",
    "backwards": r"(?i)(?:snoitcurtsni|tpmorp|erongi|dragersid|suoiverp|metsys|tegrof|snoitcirtser)\b",
}


def signs(text: str) -> frozenset[str]:
    """The names of the disguises that `text` may wear. Raises ScanError where the engine gives no verdict."""
    compiled, names = _compiled()
    hits = compiled.Match(text.encode("utf-8", "surrogatepass"))
    if not hits or len(names) not in hits:
        raise ScanError("RE2 gave no verdict")
    return frozenset(names[hit] for hit in hits if hit < len(names))


@cache
def _compiled() -> tuple[Any, tuple[str, ...]]:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = 64 << 20
    options.never_capture = True
    found = re2.Set.SearchSet(options)
    for pattern in SIGNS.values():
        found.Add(pattern.encode())
    # RE2 answers "no match" when it runs out of memory. This one always matches: without it there was no verdict.
    found.Add(rb"\z")
    found.Compile()
    return found, tuple(SIGNS)
