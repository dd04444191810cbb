"""One named setting: an environment variable, a ConfigMap's key, a key of JSON or YAML."""

from __future__ import annotations

import re
from functools import lru_cache

from helmward.guard.matching.marks import MARK
from helmward.guard.secrets.assignments import is_secret
from helmward.guard.secrets.confirm import is_uuid, looks_random
from helmward.guard.secrets.masking import mask
from helmward.guard.secrets.names import CONNECTION, WEAK, kind_of_name
from helmward.guard.secrets.plain import is_plain
from helmward.guard.secrets.spans import mark

# Nothing secret is this short and this plain; most environment values are.
_QUICK = re.compile(r"[a-z0-9./-]{0,24}|[A-Za-z]{0,32}")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://(?:[^\s/@]*(?:\[[^\]]*\][^\s/@]*)?@)?[^\s/@?#]+)([/?#]\S*)?")
_BARE_CONNECTION = re.compile(r"[^\s:/@]+[:/]([^\s@]+)@[^\s]+")
_FILE = re.compile(r"\.(?:ya?ml|json|properties|conf|cfg|ini|toml|xml|env|sh|txt|config)$", re.I)


# A longer value is masked anew each time, so that the cache stays small.
_CACHED = 2048


def mask_value(name: str, value: str) -> str:
    """`value` as it may be shown: all of it masked where the name says that it is a secret, else what is secret in it.

    A connection string loses only its password, a URL under a secret's name only its path: host and port stay.
    Masking twice changes nothing more; never raises.
    """
    return _masked(name, value) if len(value) <= _CACHED else _masked.__wrapped__(name, value)


@lru_cache(maxsize=32768)
def _masked(name: str, value: str) -> str:
    kind = kind_of_name(name)
    if kind is None or (is_plain(value) and not is_secret(kind, value)):
        return _by_content(value)
    if kind == CONNECTION:
        return _connection(value)
    if url := _URL.fullmatch(value):
        return _url(kind, value, *url.groups(""))
    if "\n" in value and _FILE.search(name):
        return mask(value)
    if kind == WEAK:
        return (
            mark(WEAK)
            if looks_random(value) or (is_uuid(value) and name.lower().endswith("id"))
            else _by_content(value)
        )
    return _whole(kind, value) if is_secret(kind, value) else _by_content(value)


def _by_content(value: str) -> str:
    if _QUICK.fullmatch(value):
        return value
    return mark(WEAK) if looks_random(value) and mask(value) == value else mask(value)


def _whole(kind: str, value: str) -> str:
    """The content may name the kind better than the setting does."""
    masked = mask(value)
    return masked if masked.startswith("[secrets/") and masked.endswith("]") and masked.count("[") == 1 else mark(kind)


def _connection(value: str) -> str:
    masked = mask(value)
    if masked == value and "://" not in value and (bare := _BARE_CONNECTION.fullmatch(value)):
        return value[: bare.start(1)] + mark(CONNECTION) + value[bare.end(1) :]
    return masked


def _url(kind: str, value: str, place: str, rest: str) -> str:
    masked = mask(value)
    if masked != value or kind == WEAK or len(rest) < 2 or MARK.search(value):
        return masked
    return f"{place}/{mark(kind)}"
