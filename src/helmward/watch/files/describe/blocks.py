"""Cuts a file of descriptions (`kubectl describe pods`) into one block of numbered lines for each object."""

from __future__ import annotations

from collections.abc import Iterator


def blocks(text: str, kind: str) -> Iterator[list[tuple[int, str]]]:
    """The blocks; each begins with a `Name:` line that stands first or after a blank line."""
    lines = [(number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), 1)]
    starts = [index for index in range(len(lines)) if _begins(lines, index, kind)]
    ends = [*starts[1:], len(lines)][: len(starts)]
    for start, end in zip(starts, ends, strict=True):
        yield lines[start:end]


def _begins(lines: list[tuple[int, str]], index: int, kind: str) -> bool:
    line = lines[index][1]
    if not line.startswith("Name:") or not line[5:].strip():
        return False
    if index and lines[index - 1][1].strip():
        return False
    # A ConfigMap's data may hold such a line; a description goes on with the namespace.
    following = lines[index + 1][1] if index + 1 < len(lines) else ""
    return kind not in ("ConfigMap", "Secret") or following.startswith("Namespace:")
