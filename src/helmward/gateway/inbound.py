"""The guards on what goes to a model: every text of a request, by the role of who says it."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from helmward.core.errors import DeniedError
from helmward.core.model import DataClass
from helmward.gateway.wire import Request, Slot
from helmward.guard.actions import highest, strictest
from helmward.guard.contract import About, Action, Hit, Role, Verdict
from helmward.guard.pipeline import Guards
from helmward.guard.vault import Vault

UNREADABLE_CLASS: DataClass = "confidential"
"""What guards cannot read (an image, a file) is taken for this."""

LARGE = 64 * 1024
"""Characters; the guards of more than this run beside the event loop."""
_REMEMBERED = 4096


class Blocked(DeniedError):
    """A guard blocks. `rules` are those that do; programs know it by CODE."""

    CODE = "guard_blocked"

    def __init__(self, rules: Iterable[str], where: str) -> None:
        self.rules = tuple(sorted(set(rules)))
        super().__init__(f"Blocked by {', '.join(self.rules)} in {where}; nothing of it was passed on.")


def to_blame(hits: Iterable[Hit]) -> list[str]:
    """The rules that keep a text back: those that block; where none does, those that would mask what may not be changed."""
    hits = list(hits)
    blocking = [hit.rule for hit in hits if hit.action == "block"]
    return blocking or [hit.rule for hit in hits if hit.action == "mask"]


@dataclass(slots=True)
class Inspected:
    """What the guards said of a request. `data_class` as it came, `leaves` as it goes; `vault` restores what was masked;
    `finds`: how often a rule fired, by (rule, action)."""

    verdict: Action = "allow"
    data_class: DataClass = "public"
    leaves: DataClass = "public"
    finds: dict[tuple[str, str], int] = field(default_factory=dict)
    vault: Vault = field(default_factory=Vault)
    about: About = field(default_factory=lambda: About("assistant"))

    def note(self, hits: Iterable[Hit]) -> None:
        """Count finds by rule and action, and keep the strictest action."""
        for hit in hits:
            if hit.action != "allow":
                found = (hit.rule, hit.action)
                self.finds[found] = self.finds.get(found, 0) + 1
                self.verdict = strictest((self.verdict, hit.action))

    @property
    def hits(self) -> dict[str, int]:
        """The finds by rule alone."""
        hits: dict[str, int] = {}
        for (rule, _), count in self.finds.items():
            hits[rule] = hits.get(rule, 0) + count
        return hits


class Inbound:
    """Guards requests. Texts in which nothing was found are remembered by a keyed hash: a conversation sends all of itself
    again each time."""

    def __init__(self, guards: Guards) -> None:
        self._guards = guards
        self._key = secrets.token_bytes(32)
        self._clear: OrderedDict[bytes, DataClass] = OrderedDict()

    async def inspect(self, request: Request, least: DataClass) -> Inspected:
        """Judge and mask, in place, every text of a request. Raises Blocked, with what was found in `inspected`."""
        if sum(len(slot.text) for slot in request.slots) > LARGE:
            return await asyncio.to_thread(self.inspect_now, request, least)
        return self.inspect_now(request, least)

    def inspect_now(self, request: Request, least: DataClass) -> Inspected:
        """The same for a caller that is no coroutine."""
        found = Inspected(data_class=least, leaves=least)
        if request.unreadable:
            found.data_class = found.leaves = highest(least, UNREADABLE_CLASS)
        for slot in request.slots:
            self._slot(slot, found)
        found.about = About(
            "assistant",
            instructions=[slot.text for slot in request.slots if slot.role == "system" and slot.kind == "text"],
            offered={tool.name: tool.schema for tool in request.offered},
            placeholders=found.vault.placeholders,
        )
        return found

    def _slot(self, slot: Slot, found: Inspected) -> None:
        verdict = self._judged(slot.role, slot.text, found.vault)
        found.note(verdict.spans)
        found.data_class = highest(found.data_class, verdict.data_class)
        if verdict.verdict == "block" or (verdict.masked != slot.text and slot.sealed):
            error = Blocked(to_blame(verdict.spans), slot.where)
            error.inspected = found  # type: ignore[attr-defined]
            raise error
        found.leaves = highest(found.leaves, verdict.leaves)
        slot.replace(verdict.masked)

    def _judged(self, role: Role, text: str, vault: Vault) -> Verdict:
        digest = hashlib.blake2b(
            text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=20, person=role.encode()
        )
        key = digest.digest()
        known = self._clear.get(key)
        if known is not None:
            with suppress(KeyError):  # a thread beside this one may just have dropped it
                self._clear.move_to_end(key)
            return Verdict("allow", known, known, (), text)
        verdict = self._guards.check(text, About(role), vault)
        if not any(hit.action != "allow" for hit in verdict.spans):
            self._clear[key] = verdict.data_class
            if len(self._clear) > _REMEMBERED:
                self._clear.popitem(last=False)
        return verdict
