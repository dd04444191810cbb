"""One incident as lines of text: what is wrong, why, the proof, what to do. Also as markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from helmward.core.text import one_line
from helmward.core.times import format_time, parse_time

Report = Mapping[str, Any]


def lines(incident: Report, findings: Sequence[Report], markdown: bool = False) -> Iterator[str]:
    """The incident (with the keys of the diagnosis report) and its findings, for a person."""
    page = _Page(markdown)
    by_id = {finding["id"]: finding for finding in findings}
    state = f", {incident['state']}" if "state" in incident else ""
    yield page.heading(f"{incident['title']}  [{incident['severity']}{state}]", 2)
    yield f"{page.code(incident['id'])}  {incident['impact']}"
    for number, cause in enumerate(incident["causes"]):
        if (finding := by_id.get(cause["finding"])) is not None:
            yield ""
            word = "First cause" if number == 0 else "Also possible"
            yield page.heading(f"{word} ({round(cause['confidence'] * 100)} %)", 3)
            yield from _finding(finding, page)
            if cause.get("reason"):
                yield page.item(f"Ranked here because: {cause['reason']}.")
    yield from _remedies(incident["remedies"], page)
    yield from _section(
        "Timeline", (f"{_second(moment['time'])}  {page.text(moment['text'])}" for moment in incident["timeline"]), page
    )
    symptoms = (by_id[identity] for identity in incident["symptoms"] if identity in by_id)
    yield from _section(
        "Symptoms", (f"{finding['code']} {page.text(finding['message'])}" for finding in symptoms), page
    )


def _second(time: str) -> str:
    """Whole seconds: the timeline is one column, and the cluster's own times have no more."""
    moment = parse_time(time)
    return format_time(moment.replace(microsecond=0)) if moment else one_line(time, 40)


def _finding(finding: Report, page: _Page) -> Iterator[str]:
    yield f"{page.code(finding['code'])} {page.text(finding['message'])}"
    yield page.item(f"Why it matters: {finding['why']}")
    for piece in finding["evidence"]:
        place = f" ({piece['file']}:{piece['line']})" if piece.get("file") else ""
        yield page.item(f"{piece['source']}  {page.code(piece['ref'])}{place}")
        yield page.quote(piece["excerpt"])


def _remedies(remedies: Iterable[Report], page: _Page) -> Iterator[str]:
    for number, remedy in enumerate(remedies):
        if number == 0:
            yield ""
            yield page.heading("What to do", 3)
        yield page.item(page.text(remedy["text"]))
        if remedy["command"]:
            yield page.command(remedy["command"])


def _section(heading: str, rows: Iterable[str], page: _Page) -> Iterator[str]:
    for number, row in enumerate(rows):
        if number == 0:
            yield ""
            yield page.heading(heading, 3)
        yield page.item(row)


class _Page:
    """Marks text up, or leaves it plain. Outside text is data: in markdown it never becomes markup."""

    def __init__(self, markdown: bool) -> None:
        self._markdown = markdown

    def heading(self, text: str, level: int) -> str:
        return f"{'#' * level} {self.text(text)}" if self._markdown else text

    def item(self, text: str) -> str:
        return f"- {text}" if self._markdown else f"  {text}"

    def text(self, text: str) -> str:
        return escape(text) if self._markdown else one_line(text, 1000)

    def code(self, text: str) -> str:
        return inline(text) if self._markdown else one_line(text, 1000)

    def quote(self, text: str) -> str:
        return f"  > {inline(text)}" if self._markdown else f"      {one_line(text, 600)}"

    def command(self, text: str) -> str:
        return f"  ```sh\n  {one_line(text, 1000)}\n  ```" if self._markdown else f"      $ {one_line(text, 1000)}"


_MARKUP = str.maketrans({character: f"\\{character}" for character in r"\`*_{}[]()<>#+!|~"})


def escape(text: str) -> str:
    """`text` so that markdown shows it as it is (CommonMark: any ASCII punctuation may be escaped with a backslash)."""
    return one_line(text, 1000).translate(_MARKUP)


def inline(text: str) -> str:
    """`text` as a code span; a longer fence than any run of backquotes inside (CommonMark, 6.1)."""
    text = one_line(text, 1000)
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
