"""Does an address carry data? Encoded text, sentences and random runs in its query, path, fragment or host name.

What is fetched without being asked for (an image) needs little to be a leak; a link that a person may follow needs more, since
searches, dashboards and documents have long addresses too."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_plus

from helmward.guard.secrets.confirm import is_uuid, looks_random

_PARTS = re.compile(r"(?:[A-Za-z]+:)?[/\\]*([^/\\?#]*)([^?#]*)(\??[^#]*)(#?.*)", re.S)
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){10,}")
_DIGEST_LENGTHS = (32, 40, 56, 64, 96, 128)
_WORDS = re.compile(r"[^\W\d_]{2,}|[\u3400-\ud7af]")
_GAP, _BLANK = re.compile(r"[\s_.,;|:]"), re.compile(r"\s")
_ENDING = re.compile(r"\.\w{1,5}$")
_JOINED = re.compile(r"[A-Za-z]{2,}(?:[-_+/][A-Za-z]{2,}|[-_]\d{1,4})+")
_TAKES_DATA = re.compile(
    r"(?:d|data|payload|exfil\w*|leak\w*|stolen|loot|info|msg|message|content|text|body|context|history|conversation|chat|prompt|"
    r"system|secrets?|keys?|token|passw(?:or)?d|pwd|creds?|credentials?|env|dump|log|out|output|result|x|c)",
    re.I,
)
_NESTED = re.compile(r"https?:[/\\]{2}", re.I)
_SHORTEST = 8  # characters of what counts as data
_LONG_LABEL = 24
_LONG_HOST = 80


class Limits(NamedTuple):
    """From where on something is data: a sentence's words, those under a telling name, a random run's characters, a query's
    characters, those of a single run in a query, whatever it is."""

    words: int
    named_words: int
    random: int
    query: int
    random_path: int
    run: int


_FETCHED = Limits(words=4, named_words=2, random=20, query=300, random_path=48, run=72)
_FOLLOWED = Limits(words=25, named_words=4, random=32, query=1500, random_path=100, run=400)


class Address(NamedTuple):
    """A URL's parts, percent-encoding undone; `plain` is all of it."""

    plain: str
    relative: bool
    user: str
    host: str
    path: str
    query: str
    fragment: str


def address_of(url: str) -> Address:
    """The parts of any text that a browser takes for a URL; never raises."""
    matched = _PARTS.match(url)
    authority, path, query, fragment = matched.groups("") if matched else ("", "", "", "")
    user, _, host = authority.rpartition("@")
    host = host.partition(":")[0].lower().rstrip(".")
    return Address(unquote_plus(url), url[0] in "/\\", user, host, path, query[1:], fragment[1:])


def carries(address: Address, fetched: bool) -> bool:
    """Whether it takes data along."""
    limits = _FETCHED if fetched else _FOLLOWED
    if len(address.query) + len(address.fragment) * fetched >= limits.query or _in_host(address.host):
        return True
    if any(_is_data(name, value, limits, limits.random) for name, value in _values(address)):
        return True
    # Files are called by words too, so in a path only a blank makes a sentence.
    parts = (_ENDING.sub("", part) for part in re.split(r"[/\\;,]", unquote_plus(address.path)))
    longer = limits._replace(words=limits.words + 2)
    return any(_is_data("", part, longer, limits.random_path, _BLANK) for part in parts)


def _values(address: Address) -> Iterator[tuple[str, str]]:
    for pair in (*address.query.split("&"), *address.fragment.split("&"), address.user):
        name, equals, value = pair.partition("=")
        yield (unquote_plus(name), unquote_plus(value)) if equals and value.strip("=") else ("", unquote_plus(pair))


def _is_data(name: str, value: str, limits: Limits, random: int, gap: re.Pattern[str] = _GAP) -> bool:
    if len(value) < _SHORTEST or is_uuid(value):
        return False
    if _NESTED.match(value):
        return any(_is_data("", part, limits, random, gap) for part in re.split(r"[/\\?&=#]", value))
    if _decodes(value):
        return True
    if len(value) >= random and looks_random(value.rstrip("=")):
        return True
    if len(value) >= limits.run and _ENCODED.fullmatch(value) and not _HEX.fullmatch(value):
        return True
    words = len(_WORDS.findall(value)) if gap.search(value) else 0
    return words >= limits.words or (words >= limits.named_words and _TAKES_DATA.fullmatch(name) is not None)


def _in_host(host: str) -> bool:
    """Data in labels, as a look-up in the DNS already sends them."""
    labels = host.split(".")[:-2]
    if sum(map(len, labels)) >= _LONG_HOST and not any("-" in label for label in labels):
        return True
    return any(len(label) >= _LONG_LABEL and (_decodes(label) or looks_random(label)) for label in labels)


def _decodes(value: str) -> bool:
    """Base64 or hexadecimal of text."""
    if _HEX.fullmatch(value):
        return _is_text(bytes.fromhex(value)) or (len(value) >= 48 and len(value) not in _DIGEST_LENGTHS)
    if not _ENCODED.fullmatch(value) or value.isdigit() or _JOINED.fullmatch(value):
        return False
    standard = value.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return _is_text(base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True))
    except (binascii.Error, ValueError):
        return False


def _is_text(data: bytes) -> bool:
    """Nearly all of it is what people type. Words that merely have base64's alphabet decode to anything but that."""
    if len(data) < 8:
        return False
    typed = sum(0x20 <= byte < 0x7F or byte in (0x09, 0x0A, 0x0D) for byte in data)
    return typed >= len(data) - len(data) // 16
