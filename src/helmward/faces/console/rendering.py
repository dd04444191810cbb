"""Templates: Jinja2 with everything escaped, and the few filters that pages share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.runtime import Context
from markupsafe import Markup, escape

from helmward.core.text import printable
from helmward.core.times import age, parse_time
from helmward.faces.console import instants
from helmward.faces.console.assets import Assets

LIVE = "live_"
"""A template's blocks of this prefix are what changes under an open page."""

_LASTING = ((1, "s", 59.5), (60, "min", 59.5), (3600, "h", 47.5), (86400, "days", math.inf))
"""Seconds of a unit, its name, and how many of it are said in the next one."""

_TIME = Markup('<time datetime="%s" title="%s" data-form="%s">%s</time>')
_TIMES = re.compile(rb"(<time [^>]*>)[^<]*")


class Templates:
    """The console's templates. `clock` gives now."""

    def __init__(self, assets: Assets, clock: Callable[[], datetime]) -> None:
        self._environment = Environment(
            loader=PackageLoader("helmward.faces.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters |= {
            "ago": lambda value: _time(value, clock(), "ago"),
            "moment": lambda value: _time(value, clock(), "moment"),
            "until": lambda value: _time(value, clock(), "until"),
            "seconds": seconds,
            "lasting": lasting,
            "plain": plain,
            "prose": lambda value: prose(value, clock()),
            "sentence": lambda value: sentence(value, clock()),
            "number": number,
        }
        self._environment.globals |= {"asset": assets.address, "has_asset": assets.has}
        self._environment.globals["ui"] = self._environment.get_template("parts/ui.html").module

    def page(self, name: str, given: Mapping[str, Any], parts: Mapping[str, bytes] | None = None) -> bytes:
        """A whole page; `parts` are those of `live`, rendered already."""
        template = self._environment.get_template(f"{name}.html")
        context = template.new_context(dict(given))
        for identity, part in (parts or {}).items():
            # The first of a block's list is drawn; those of the templates that this one extends come after it.
            context.blocks[identity.replace("-", "_")] = [_drawn(part.decode())]
        return "".join(template.root_render_func(context)).encode("utf-8", "replace")

    def live(self, name: str, given: Mapping[str, Any]) -> dict[str, bytes]:
        """The parts of a page that change, by the ids of their elements."""
        parts: dict[str, bytes] = {}
        for found in ["base.html", *(["parts/sheet.html"] if given.get("sheet") else []), f"{name}.html"]:
            template = self._environment.get_template(found)
            context = template.new_context(dict(given))
            for block, draw in template.blocks.items():
                if block.startswith(LIVE):
                    parts[block.replace("_", "-")] = "".join(draw(context)).encode("utf-8", "replace")
        return parts


def _drawn(text: str) -> Callable[[Context], Iterator[str]]:
    return lambda _context: iter((text,))


def timeless(part: bytes) -> bytes:
    """A part without the words for how long ago something was: those change by themselves."""
    return _TIMES.sub(rb"\1", part)


def seconds(value: float | None) -> str:
    """`1.2 s`, `12m`; a dash for none."""
    if value is None:
        return "–"
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 10 else age(timedelta(seconds=value))


def lasting(value: float | None) -> str:
    """`0.4 s`, `3 min`, `2.5 h`, `4 days`; a dash for none."""
    if value is None:
        return "–"
    if value < 0.05:
        return "at once"
    size, unit = next(step for step in _LASTING if value < step[0] * step[2])[0:2]
    count = value / size
    return f"{count:.1f}".removesuffix(".0") + f" {unit}" if count < 9.95 else f"{count:.0f} {unit}"


def number(value: float | None) -> str:
    """`1,234` or `0.25`."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def plain(value: object) -> str:
    """Text from outside, its control characters visible."""
    return printable(str(value))


def prose(text: object, now: datetime) -> Markup:
    """A sentence whose commands stand between backticks; instants outside of them are told."""
    shown = printable(str(text))
    marks = [at for at, letter in enumerate(shown) if letter == "`"]
    if len(marks) % 2:  # one stands alone: it is no mark
        marks = []
    told, made = instants.own(shown), Markup()
    for number, (begin, end) in enumerate(zip([-1, *marks], [*marks, len(shown)], strict=True)):
        piece = _told(shown, begin + 1, end, told, now)
        made += Markup("<code>{}</code>").format(piece) if number % 2 else piece
    return made


def sentence(text: object, now: datetime) -> Markup:
    """A sentence from outside, its control characters visible; where it says itself when something was, how long ago that is.
    What it only repeats (a quotation, a value) is left exact."""
    shown = printable(str(text))
    return _told(shown, 0, len(shown), instants.own(shown), now)


def _told(shown: str, begin: int, end: int, told: list[instants.Instant], now: datetime) -> Markup:
    """`shown[begin:end]`, its instants told."""
    made = Markup()
    for one in told:
        if begin <= one.begin and one.end <= end:
            made += escape(shown[begin : one.begin]) + _time(one.text, now, one.form)
            begin = one.end
    return made + escape(shown[begin:end])


def _time(value: Any, now: datetime, form: str) -> Markup:
    """`<time>`: relative words, the whole instant on hover. The script keeps the words right."""
    moment = parse_time(value)
    if moment is None:
        return Markup("–")
    absolute = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if moment > now and form in ("until", "at"):
        words = f"in {age(moment - now)}"
    elif moment > now and form == "from":
        words = f"{age(moment - now)} from now"
    elif form == "until":
        words = "now"
    elif form == "moment":
        words = moment.astimezone(UTC).strftime("%H:%M:%S")
    else:
        words = f"{age(now - moment)} ago"
    return _TIME % (value, absolute, form, words)
