"""The guards on what a model answers: the texts and calls of a whole answer."""

from __future__ import annotations

from collections.abc import Iterable

from helmward.gateway.inbound import Blocked, Inspected, to_blame
from helmward.gateway.wire import Response, Slot
from helmward.gateway.wire.events import Call
from helmward.gateway.wire.openai_messages import call_slots
from helmward.gateway.wire.slots import Embedded
from helmward.guard.actions import strictest
from helmward.guard.contract import Hit
from helmward.guard.pipeline import Guards
from helmward.guard.tool_calls import check_call


class Outbound:
    """Guards answers."""

    def __init__(self, guards: Guards) -> None:
        self.guards = guards

    def inspect(self, response: Response, found: Inspected) -> None:
        """Judge and mask every text of an answer, in place; then put back for the caller what was masked of theirs.

        Raises Blocked."""
        for call in response.calls:
            self.call(call, found)
        self.texts(response.slots, found)

    def texts(self, slots: Iterable[Slot], found: Inspected) -> None:
        """Judge, mask and restore texts in place. Raises Blocked."""
        for slot in slots:
            verdict = self.guards.check(slot.text, found.about, None, found.leaves)
            found.note(verdict.spans)
            if verdict.verdict == "block" or (slot.sealed and verdict.masked != slot.text):
                raise Blocked(to_blame(verdict.spans), "the answer")
            if not slot.sealed:
                slot.replace(verdict.masked)
                # Value by value: what is restored may have lines of its own.
                slot.rewrite(found.vault.restore)

    def whole_call(self, call: Call, found: Inspected) -> Call:
        """A call of a stream, judged, masked and restored as one of a whole answer is. Raises Blocked."""
        self.call(call, found)
        function = {"name": call.name, "arguments": call.arguments}
        embedded: list[Embedded] = []
        self.texts(
            call_slots(embedded, {"id": call.id, "type": "function", "function": function}, "assistant", "tool_calls"),
            found,
        )
        for one in embedded:
            one.settle()
        return Call(call.choice, call.call, call.id, call.name, function["arguments"], call.value)

    def call(self, call: Call, found: Inspected) -> list[Hit]:
        """Judge the name, the arguments and the id of a tool call; some models write that, too. Raises Blocked."""
        verdict = self.guards.check(call.id, found.about, None, found.leaves)
        found.note(verdict.spans)
        if verdict.masked != call.id or verdict.verdict == "block":
            raise Blocked(
                (hit.rule for hit in verdict.spans if hit.action in ("block", "mask")), "a tool call of the answer"
            )
        spans = check_call(call.name, call.value, call.arguments, found.about)
        hits = self.guards.actions.hits(spans, "assistant", found.leaves)
        found.note(hits)
        if strictest(hit.action for hit in hits) == "block":
            raise Blocked((hit.rule for hit in hits if hit.action == "block"), "a tool call of the answer")
        return hits
