"""The guards before and behind a tool: what a model put into its arguments, and what came back from the world.

A result is data from outside; an argument is a model's text. Both are looked at as lines `key: value`, unescaped, so that a
secret is known by the name beside it and nothing hides behind JSON's escapes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from helmward.core.errors import DeniedError
from helmward.core.nouns import Actor
from helmward.door.audit import AuditLog, Entry
from helmward.guard.contract import About, Hit, Role, Verdict
from helmward.guard.matching.marks import mark
from helmward.guard.pipeline import Guards

_LONG = 8 * 1024  # characters; a longer text is looked at beside the event loop
_MOST_RULES = 20  # named in one record


class Blocked(DeniedError):
    """A guard says no."""


class ToolGuard:
    """Looks at every call. What it finds is audited."""

    def __init__(self, guards: Guards, audit: AuditLog) -> None:
        self._guards, self._audit = guards, audit

    async def arguments(self, actor: Actor, tool: str, given: Mapping[str, Any], changes: bool) -> Mapping[str, Any]:
        """The arguments, masked where need be. Raises Blocked; for what `changes` something also where a mask would be
        written in place of what was meant."""
        looked, verdict = await self._look(given, "assistant")
        if verdict.verdict == "allow":
            return given
        rules = _rules(verdict)
        refused = verdict.verdict == "block" or (verdict.verdict == "mask" and changes)
        await self._record(actor, tool, "arguments", verdict, rules, refused)
        if refused:
            raise Blocked(f"{tool} is not called: its arguments hold what the guards let nobody send ({rules}).")
        found: Mapping[str, Any] = looked.masked(verdict.spans)
        return found

    async def result(self, actor: Actor, tool: str, found: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The result, masked where need be, and the rules that found something in it ("": none did). Raises Blocked."""
        if not any(found.values()):
            return found, ""  # an empty page
        looked, verdict = await self._look(found, "tool")
        if verdict.verdict == "allow":
            return found, ""
        rules = _rules(verdict)
        await self._record(actor, tool, "result", verdict, rules, verdict.verdict == "block")
        if verdict.verdict == "block":
            raise Blocked(f"What {tool} found is held back: it holds what the guards let nobody have ({rules}).")
        masked: dict[str, Any] = looked.masked(verdict.spans)
        return masked, rules

    async def _look(self, value: Any, role: Role) -> tuple[_Looked, Verdict]:
        looked = _Looked(value)
        check = self._guards.check
        if len(looked.text) > _LONG:
            return looked, await asyncio.to_thread(check, looked.text, About(role))
        return looked, check(looked.text, About(role))

    async def _record(self, actor: Actor, tool: str, what: str, verdict: Verdict, rules: str, refused: bool) -> None:
        await self._audit.append(
            Entry(
                actor=actor,
                action=f"guard.{verdict.verdict}",
                target=tool,
                outcome="denied" if refused else "done",
                reason=rules,
                details={"in": what, "finds": len(verdict.spans), "class": verdict.data_class},
            )
        )


class _Part(NamedTuple):
    """A key or a text of a JSON value, by where it lies in the text that is looked at."""

    start: int
    end: int


class _Looked:
    """A JSON value as text, and how to mask parts of the value by offsets in the text."""

    def __init__(self, value: Any) -> None:
        self._value = value
        pieces: list[str] = []
        self._parts: list[_Part] = []
        size = 0
        for text, ends in _texts(value):
            self._parts.append(_Part(size, size + len(text)))
            pieces += (text, ends)
            size += len(text) + len(ends)
        self.text = "".join(pieces)

    def masked(self, hits: tuple[Hit, ...]) -> Any:
        """The value with a mark in place of each find that is to be masked."""
        covering = [hit for hit in hits if hit.action == "mask"]
        if not covering:
            return self._value
        fresh = iter([self._masked(part, covering) for part in self._parts])
        return _rebuilt(self._value, fresh)

    def _masked(self, part: _Part, hits: list[Hit]) -> str:
        at = part.start
        pieces: list[str] = []
        for hit in hits:
            start, end = max(hit.start, at), min(hit.end, part.end)
            if start < end:
                pieces += (self.text[at:start], mark(hit.rule))
                at = end
        return "".join((*pieces, self.text[at : part.end]))


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Keys, texts and numbers in their order, each with what parts it from the next."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key), ": "
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    else:
        yield _plain(value), "\n"


def _rebuilt(value: Any, fresh: Iterator[str]) -> Any:
    """The same value of other texts; what held no find stays what it was, a number too."""
    if isinstance(value, Mapping):
        built: dict[str, Any] = {}
        for item in value.values():
            key = next(fresh)
            while key in built:  # two keys that are masked alike
                key += "'"
            built[key] = _rebuilt(item, fresh)
        return built
    if isinstance(value, list | tuple):
        return [_rebuilt(item, fresh) for item in value]
    text = next(fresh)
    return value if text == _plain(value) else text


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _rules(verdict: Verdict) -> str:
    found = sorted({hit.rule for hit in verdict.spans if hit.action != "allow"})
    return ", ".join(found[:_MOST_RULES])
