"""The sequence of a plan, whatever its steps answer: every step that was done is verified or taken back, the last first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from helmward.workflow.procedure import carry_out


class Script:
    """Steps that answer as they are told, and write down what they were asked."""

    def __init__(
        self, count: int, acts: dict[int, str], checks: dict[int, str], undos: dict[int, str], temporary: bool
    ) -> None:
        self.count, self.acts, self.checks, self.undos, self.temporary = count, acts, checks, undos, temporary
        self.asked: list[tuple[str, str, int]] = []
        self.ends: list[tuple[str, str]] = []
        self.standing: list[int] = []

    def begin(self, plan: str) -> int:
        return self.count

    def act(self, plan: str, number: int) -> tuple[str, str]:
        self.asked.append(("act", plan, number))
        undone = plan.startswith("undo")
        answer = self.undos.get(int(plan[4:]), "done") if undone else self.acts.get(number, "acted")
        if undone:
            if answer == "refused to act":
                return "failed", answer
            self.standing.remove(int(plan[4:]))
            return "acted", ""
        if answer == "acted":
            self.standing.append(number)
        return answer, f"act {number}"

    def check(self, plan: str, number: int) -> tuple[str, str]:
        self.asked.append(("check", plan, number))
        return ("done", "") if plan.startswith("undo") else (self.checks.get(number, "done"), f"check {number}")

    def take_back(self, plan: str, number: int, why: str) -> tuple[str, str]:
        self.asked.append(("take_back", plan, number))
        return ("", "cannot be undone") if self.undos.get(number) == "no undo" else (f"undo{number}", "")

    def mark(self, plan: str, number: int, state: str, text: str) -> None:
        self.asked.append((f"mark {state}", plan, number))

    def rest(self, plan: str) -> bool:
        return self.temporary

    def end(self, plan: str, state: str, text: str) -> None:
        self.ends.append((plan, state))


answers = st.dictionaries(st.integers(0, 3), st.sampled_from(["failed", "killed"]), max_size=2)
undo_answers = st.dictionaries(st.integers(0, 3), st.sampled_from(["no undo", "refused to act"]), max_size=2)


@given(
    count=st.integers(0, 4),
    acts=answers,
    checks=st.dictionaries(st.integers(0, 3), st.just("failed"), max_size=2),
    undos=undo_answers,
    temporary=st.booleans(),
)
def test_what_stands_at_the_end(
    count: int, acts: dict[int, str], checks: dict[int, str], undos: dict[int, str], temporary: bool
) -> None:
    script = Script(count, acts, checks, undos, temporary)
    state = carry_out("plan", script)
    acted = [number for what, plan, number in script.asked if (what, plan) == ("act", "plan")]
    assert acted == list(range(len(acted))), "in order, each at most once"
    if count == 0:
        assert (state, script.ends) == ("void", [])
        return
    own = [end for plan, end in script.ends if plan == "plan"]
    assert own[-1] == state
    backs = [number for what, _, number in script.asked if what == "take_back"]
    assert backs == sorted(backs, reverse=True), "the last first"
    if state == "done":
        assert script.standing == list(range(count))
        assert not backs
    elif state == "undone":
        assert script.standing == []
        assert own == (["done", "undone"] if temporary and not (acts or checks) else own)
    else:
        stuck = set(undos) & {*backs}
        assert stuck or acts.get(len(acted) - 1) is not None
        assert not any(number > max(stuck, default=-1) for number in script.standing)
    if not temporary and not any(n in acts or n in checks for n in range(count)):
        assert state == "done"


def test_a_first_step_that_fails_leaves_nothing_to_take_back() -> None:
    script = Script(2, {0: "killed"}, {}, {}, False)
    assert carry_out("plan", script) == "killed"
    assert [what for what, _, _ in script.asked] == ["act"]
    assert script.ends == [("plan", "killed")]


def test_a_second_step_that_fails_takes_the_first_one_back() -> None:
    script = Script(2, {1: "failed"}, {}, {}, False)
    assert carry_out("plan", script) == "undone"
    assert ("take_back", "plan", 0) in script.asked
    assert script.ends == [("undo0", "done"), ("plan", "undone")]
