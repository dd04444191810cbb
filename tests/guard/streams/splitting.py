"""A text fed to the guards in pieces, as a verdict that can be held against that on the whole."""

from __future__ import annotations

from collections.abc import Sequence

from helmward.guard.contract import About, Verdict
from helmward.guard.pipeline import Guards


def in_chunks(guards: Guards, about: About, text: str, cuts: Sequence[int]) -> Verdict:
    """The text fed in chunks that end at `cuts`."""
    stream, pieces, at = guards.stream(about), [], 0
    for cut in [*cuts, len(text)]:
        pieces.append(stream.feed(text[at:cut]).text)
        at = cut
    pieces.append(stream.end().text)
    leaves = guards.actions.data_class({hit.rule for hit in stream.spans if hit.action != "mask"})
    return Verdict(stream.verdict, stream.data_class, leaves, tuple(stream.spans), "".join(pieces))
