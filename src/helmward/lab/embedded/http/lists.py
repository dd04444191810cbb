"""Lists: selectors, chunks, and the state of a past version."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from helmward.core.typed import convert
from helmward.lab.embedded import failures
from helmward.lab.embedded.bodies import Body, Key, decode, encode
from helmward.lab.embedded.failures import ApiFailure, bad_request
from helmward.lab.embedded.http.targets import Target
from helmward.lab.embedded.storage import selectors
from helmward.lab.embedded.storage.shelf import Stored
from helmward.lab.embedded.storage.store import Store

_INCONSISTENT = -1
# apiserver/pkg/storage/etcd3/errors.go: inconsistentContinue
_CONTINUE_EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


class _Token(msgspec.Struct):
    v: str
    rv: int
    start: Key


@dataclass(frozen=True, slots=True)
class Page:
    """The objects of a list and its metadata."""

    items: list[Stored]
    metadata: Body


def version_of(text: str) -> int:
    """A resourceVersion parameter as a number; 0 for none. Raises ApiFailure 400."""
    if text and not text.isdecimal():
        raise bad_request(f'resourceVersion: Invalid value: "{text[:40]}": strconv.ParseUint: parsing: invalid syntax')
    return int(text or 0)


def page(store: Store, target: Target, query: Mapping[str, str]) -> Page:
    """One page as the query asks. Raises ApiFailure 400, 410 or 504."""
    shelf = store.shelf(target.kind.name)
    limit = _limit(query)
    token = _token(query)
    version = token.rv if token else _version(store, query, limit)
    version = store.version if version == _INCONSISTENT else version
    try:
        everything = shelf.at(version)
    except ApiFailure as failure:
        raise _expired_token(token) if token else failure from None
    selected = _selected(everything, target, query)
    rest = [item for item in selected if item.key >= token.start] if token else selected
    return _cut(rest, limit, version, bool(query.get("labelSelector") or query.get("fieldSelector")))


def _limit(query: Mapping[str, str]) -> int:
    text = query.get("limit", "") or "0"
    if not text.lstrip("-").isdecimal():
        raise bad_request(f'limit: Invalid value: "{text[:40]}": must be a number')
    return max(0, int(text))


def _version(store: Store, query: Mapping[str, str], limit: int) -> int:
    wanted, match = version_of(query.get("resourceVersion", "")), query.get("resourceVersionMatch", "")
    if match and "resourceVersion" not in query:
        raise _match_fault("resourceVersionMatch is forbidden unless resourceVersion is provided")
    if match == "Exact" and not wanted:
        raise _match_fault('resourceVersionMatch "Exact" is forbidden for resourceVersion "0"')
    if wanted > store.version:
        raise failures.too_large(wanted, store.version)
    exact = match == "Exact" or (limit and wanted and not match)
    return wanted if exact else store.version


def _match_fault(words: str) -> ApiFailure:
    return ApiFailure(
        422, "Invalid", f'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: {words}'
    )


def _token(query: Mapping[str, str]) -> _Token | None:
    text = query.get("continue", "")
    if not text:
        return None
    if query.get("resourceVersion", "") not in ("", "0"):
        raise bad_request("specifying resource version is not allowed when using continue")
    try:
        padded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return convert(decode(padded), _Token)
    except (binascii.Error, msgspec.MsgspecError, UnicodeError):
        raise bad_request("continue key is not valid: illegal base64 data or unknown version") from None


def _encode_token(version: int, start: Key) -> str:
    text = encode({"v": "meta.k8s.io/v1", "rv": version, "start": start})
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _expired_token(token: _Token) -> ApiFailure:
    failure = failures.expired(_CONTINUE_EXPIRED)
    failure.metadata["continue"] = _encode_token(_INCONSISTENT, token.start)
    return failure


def _selected(items: list[Stored], target: Target, query: Mapping[str, str]) -> list[Stored]:
    holds = selectors.both(query.get("labelSelector", ""), target.kind.name, query.get("fieldSelector", ""))
    if target.namespace:
        items = [item for item in items if item.key[0] == target.namespace]
    return items if holds is None else [item for item in items if holds(item.body)]


def _cut(items: list[Stored], limit: int, version: int, selected: bool) -> Page:
    metadata: Body = {"resourceVersion": str(version)}
    if limit and len(items) > limit:
        metadata["continue"] = _encode_token(version, items[limit].key)
        if not selected:
            metadata["remainingItemCount"] = len(items) - limit
        items = items[:limit]
    return Page(items, metadata)
