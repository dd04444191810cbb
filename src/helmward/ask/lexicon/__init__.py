"""The words that the grammar knows, by what they say: `[TAG]` and the words under it. A tag is a terminal of the grammar."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def read(name: str) -> dict[str, tuple[str, ...]]:
    """A file of words: by tag, in the file's order."""
    found: dict[str, list[str]] = {}
    tag = ""
    for line in (files(__name__) / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            tag = line.strip("[]")
            found.setdefault(tag, [])
        elif line and not line.startswith("#"):
            found[tag] += filter(None, (word.strip() for word in f" {line} ".split(" | ")))
    return {tag: tuple(word.removesuffix(" |") for word in words) for tag, words in found.items()}
