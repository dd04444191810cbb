"""The guards before and behind a tool: what a model put into its arguments, and what came back from the world.

A result is data from outside; an argument is a model's text. Both are looked at as lines `key: value`, unescaped, so that a
secret is known by the name beside it and nothing hides behind JSON's escapes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

from helmward.core.errors import DeniedError
from helmward.core.model import DataClass
from helmward.core.nouns import Actor
from helmward.door.audit import AuditLog, Entry
from helmward.guard import failing
from helmward.guard.actions import FAILED, strictest
from helmward.guard.contract import About, Hit, Role, Verdict
from helmward.guard.pipeline import Guards
from helmward.guard.tool_calls import check_call
from helmward.guard.tool_calls import rules as tool_calls
from helmward.house.calling.value_text import ValueText

_LONG = 8 * 1024  # characters; a longer text is looked at beside the event loop
_MISMATCH = tool_calls.rule("schema-mismatch")
_WORD = re.compile(r"[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?")
_MOST_RULES = 20  # named in one record


class Blocked(DeniedError):
    """A guard says no; `rules` are those that found something."""

    def __init__(self, sentence: str, rules: str) -> None:
        super().__init__(sentence)
        self.rules = rules


class ToolGuard:
    """Looks at every call. What it finds is audited."""

    def __init__(self, guards: Guards, audit: AuditLog) -> None:
        self._guards, self._audit = guards, audit

    async def arguments(
        self, actor: Actor, tool: str, given: Mapping[str, Any], schema: Mapping[str, Any], changes: bool
    ) -> Mapping[str, Any]:
        """The arguments, masked where need be. Raises Blocked; for what `changes` something also where a mask would be
        written in place of what was meant. `schema`: what the tool takes; that they fit it, the tool itself sees to."""
        looked, verdict = await self._look(given, "assistant")
        hits = (*verdict.spans, *self._asked(tool, given, schema))
        worst = strictest(hit.action for hit in hits)
        if worst == "allow":
            return given
        refused = worst == "block" or (worst == "mask" and changes)
        rules = await self._record(actor, tool, "arguments", hits, verdict.data_class, refused)
        if refused:
            raise Blocked(f"{tool} is not called: its arguments hold what the guards let nobody send ({rules}).", rules)
        found: Mapping[str, Any] = looked.masked(verdict.spans)
        return found

    async def reason(self, actor: Actor, tool: str, text: str) -> None:
        """Why a change is asked for, which whoever approves it reads: words for them, never for whatever reads them next.
        Raises Blocked."""
        verdict = self._guards.check(text, About("tool"))
        if verdict.verdict in ("mask", "block"):
            rules = await self._record(actor, tool, "reason", verdict.spans, verdict.data_class, True)
            raise Blocked(
                f"{tool} is not planned: its reason holds what the guards let nobody pass on ({rules}).", rules
            )

    async def result(self, actor: Actor, tool: str, found: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The result, masked where need be, and the rules that found something in it ("": none did). Raises Blocked."""
        if not any(found.values()):
            return found, ""  # an empty page
        looked, verdict = await self._look(found, "tool")
        if verdict.verdict == "allow":
            return found, ""
        refused = verdict.verdict == "block"
        rules = await self._record(actor, tool, "result", verdict.spans, verdict.data_class, refused)
        if refused:
            raise Blocked(f"What {tool} found is held back: it holds what the guards let nobody have ({rules}).", rules)
        masked: dict[str, Any] = looked.masked(verdict.spans)
        return masked, rules

    async def sentence(self, actor: Actor, tool: str, text: str) -> str:
        """What a tool says in words, of an error or of its progress: an API server's own text may be in it."""
        try:
            found, _ = await self.result(actor, tool, {"": text})
        except Blocked as error:
            return str(error)
        return str(found[""])

    async def _look(self, value: Any, role: Role) -> tuple[ValueText, Verdict]:
        looked = ValueText(value)
        check = self._guards.check
        if len(looked.text) > _LONG:
            return looked, await asyncio.to_thread(check, looked.text, About(role))
        return looked, check(looked.text, About(role))

    def _asked(self, tool: str, given: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Hit]:
        """What the guard of tool calls says of this one."""
        told = {key: value for key, value in given.items() if not _harmless(key, value, schema)}
        if not told or all(one.name != tool_calls.NAME for one in self._guards.all):
            return []
        try:
            spans = check_call(tool, told, "", About("assistant", offered={tool: schema}))
        except Exception as error:  # noqa: BLE001 - a guard fails closed: whatever went wrong, the call is not made
            failing.told(error)
            return [Hit(FAILED, 0, 0, 1.0, "block")]
        hits = self._guards.actions.hits(spans, "assistant", "internal")
        return [hit for hit in hits if hit.rule != _MISMATCH]

    async def _record(
        self, actor: Actor, tool: str, what: str, hits: Sequence[Hit], data_class: DataClass, refused: bool
    ) -> str:
        """The rules that found something, which now stand in the audit log."""
        rules = ", ".join(sorted({hit.rule for hit in hits if hit.action != "allow"})[:_MOST_RULES])
        await self._audit.append(
            Entry(
                actor=actor,
                action=f"guard.{strictest(hit.action for hit in hits)}",
                target=tool,
                outcome="denied" if refused else "done",
                reason=rules,
                details={"in": what, "finds": len(hits), "class": data_class},
            )
        )
        return rules


def _harmless(key: str, value: Any, schema: Mapping[str, Any]) -> bool:
    """A declared argument that is a number or one plain word, as names in Kubernetes are: most calls hold nothing else, and the
    guard of tool calls would look for 60 things in each of them."""
    if key not in schema.get("properties", {}):
        return False
    if isinstance(value, str):
        return _WORD.fullmatch(value) is not None and value != "localhost"
    return value is None or isinstance(value, int | float)
