"""How a plan is carried out: act → verify, step after step; where one fails, everything done is taken back in reverse.

Each call of `do` is one durable step: after a crash the finished ones are not asked again, and the one that was under way is
asked once more, which is why the door answers it by the action's id.
"""

from __future__ import annotations

from typing import Protocol


class Steps(Protocol):
    """The door's steps as a run sees them. Texts are for people; states are those of core/plans.py."""

    def begin(self, plan: str) -> int:
        """The plan runs; how many steps it has (0: it may not run)."""
        ...

    def act(self, plan: str, number: int) -> tuple[str, str]:
        """Do a step: (`acted`, `failed` or `killed`, why)."""
        ...

    def check(self, plan: str, number: int) -> tuple[str, str]:
        """Verify a step: (`done` or `failed`, by what)."""
        ...

    def take_back(self, plan: str, number: int, why: str) -> tuple[str, str]:
        """Plan the undo of a step: (the undo's plan, "") or ("", why there is none)."""
        ...

    def mark(self, plan: str, number: int, state: str, text: str) -> None:
        """A step was undone, or its undo failed."""
        ...

    def rest(self, plan: str) -> bool:
        """Wait until a temporary change is over; False at once where it is to stay."""
        ...

    def end(self, plan: str, state: str, text: str) -> None:
        """The plan has ended."""
        ...


def carry_out(plan: str, do: Steps) -> str:
    """Run a plan to its end; the state it ended in."""
    count = do.begin(plan)
    if count == 0:
        return "void"
    text = ""
    for number in range(count):
        state, text = do.act(plan, number)
        if state == "acted":
            state, text = do.check(plan, number)
            if state == "done":
                continue
            state, text = _back(plan, number, text, do)
        elif number:
            state, text = _back(plan, number - 1, text, do)
        do.end(plan, state, text)
        return state
    do.end(plan, "done", text)
    if not do.rest(plan):
        return "done"
    state, text = _back(plan, count - 1, "the temporary change is over", do)
    do.end(plan, state, text)
    return state


def _back(plan: str, last: int, why: str, do: Steps) -> tuple[str, str]:
    """Take back step `last` and all before it, the last first."""
    told = [why]
    for number in range(last, -1, -1):
        undo, refused = do.take_back(plan, number, why)
        state, text = ("failed", refused) if refused else do.act(undo, 0)
        if state == "acted":
            state, text = do.check(undo, 0)
        undone = state == "done"
        if undo:
            do.end(undo, "done" if undone else "failed", text)
        do.mark(plan, number, "undone" if undone else "failed", why if undone else f"{why}; not undone: {text}")
        if not undone:
            return "failed", "; ".join([*told, f"it was not undone: {text}"])
        told.append("undone")
    return "undone", "; ".join(dict.fromkeys(told))
