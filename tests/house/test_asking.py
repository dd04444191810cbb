"""Plain language in the running house: what is understood is answered with evidence, or planned with the asker's own rights."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import helmward.door.policy.default as default_policy
from helmward.adapters.stores.conversations import ConversationRows
from helmward.adapters.stores.state import State
from helmward.app import running_house
from helmward.ask.loop import Answer, Proposed, Sentence
from helmward.core.errors import DeniedError, UnreachableError, UsageError
from helmward.core.model import Turn
from helmward.core.nouns import Actor, Scope
from helmward.core.settings import load
from helmward.house import House
from helmward.house.asking import Asking, asking
from helmward.house.asking import kept as keeping
from helmward.house.asking.conversations import (
    KEPT,
    LASTS,
    MOST,
    MOST_OF_ONE,
    MOST_SPOKEN,
    Conversations,
    Spoken,
    UnknownConversation,
)
from helmward.house.asking.telling import Told, to_nobody
from helmward.house.auditing import HELMWARD
from helmward.lab import breaking
from helmward.lab.runner import Lab

from ..faces.station import Station, running
from ..waiting import until
from .home import one

WAITS = "/spec/replicas"


def policy(folder: Path) -> Path:
    """The default policy, but scaling needs nobody's approval."""
    folder.mkdir()
    source = Path(str(default_policy.__path__[0]))
    for file in source.glob("*.rego"):
        if "test" not in file.name:
            (folder / file.name).write_text(file.read_text())
    rules = folder / "default.rego"
    asked = 'ask["approval"] := "A change needs an approval." if {\n\tchanges\n'
    assert asked in rules.read_text()
    scaling = '\nallow["scaling"] := "Scaling is free." if input.permission == "scale"\n'
    rules.write_text(rules.read_text().replace(asked, asked + '\tinput.permission != "scale"\n') + scaling)
    return folder


@asynccontextmanager
async def serve(folder: Path) -> AsyncIterator[tuple[str, House, Lab]]:
    lab = Lab(folder / "data" / "lab", "embedded")
    await lab.start()
    try:
        given = {
            "kubernetes.kubeconfig": lab.kubeconfig,
            "changes.mode": "ask",
            "changes.single_operator": True,
            "changes.policy": policy(folder / "policy"),
            "gateway.upstreams": [{"name": "away", "api": "openai", "url": "http://127.0.0.1:9/v1", "retries": 0}],
            "gateway.models": [{"name": "helper", "upstream": "away"}],
            "ask.model": "helper",
        }
        loaded = load(None, {"HOME": str(folder)}, given)
        async with running_house(loaded, folder / "data", folder / "keys") as house:
            yield "", house, lab
    finally:
        await lab.stop()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    folder = tmp_path_factory.mktemp("asking")
    with running(folder, serve(folder)) as made:
        yield made


_NUMBERS = count()


class Person:
    """Somebody who asks. `model` is who helps."""

    def __init__(
        self, place: Station, name: str, role: str = "admin", scope: Scope | None = None, model: Any = None
    ) -> None:
        self.place, self.asking = place, Asking(place.house, model)
        house = place.house
        if scope is None:
            made = place.call(house.create_token, HELMWARD, f"{name}-{next(_NUMBERS)}", role, None)
            self.actor = place.call(house.identity.check, made.text, house.clock())
        else:
            self.actor = Actor(name=name, kind="user", roles=(role,), scope=scope)

    def ask(self, text: str, conversation: str | None = None, sure: bool = False) -> dict[str, Any]:
        return self.place.do(self.asking.ask(self.actor, text, conversation, sure))


def state_of(place: Station, plan: str) -> str:
    return str(place.do(place.house.door.plan(plan)).state)


def ended(place: Station, plan: str) -> None:
    closed = place.house.door.means.ledger.closed
    place.do(until(lambda: plan in closed, f"{plan} ends", seconds=60))
    assert closed[plan] == "done", place.do(place.house.door.plan(plan)).text


def test_a_healthy_workload_is_said_to_be_so_with_what_was_looked_at(place: Station) -> None:
    ann = Person(place, "ann")
    found = ann.ask("why is frontend down?")
    assert (found["kind"], found["intent"], found["changes"]) == ("command", "explain", False)
    result = found["result"]
    assert (
        "No finding stands against Deployment production/frontend now: 2 of 2 replicas ready [seen-1]" in result["text"]
    )
    refs = [piece["ref"] for piece in result["evidence"]]
    assert refs[0] == "Deployment/production/frontend .status.readyReplicas"
    assert all(piece["id"] and piece["excerpt"] for piece in result["evidence"])
    assert sum("conditions[Ready]" in ref for ref in refs) == 2


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("status", "helmward status", "status"),
        ("any incidents?", "helmward incidents", "rows"),
        ("what did you do", "helmward actions", "actions"),
        ("what changed in production", "helmward changes --since 24h -n production", "changes"),
        ("list pods", "helmward tools run resources_list kind=Pod", "pages"),
        ("describe frontend", "helmward tools run describe kind=Deployment namespace=production name=frontend", "pages"),
        ("events of frontend", "helmward tools run events_list kind=Deployment namespace=production name=frontend", "pages"),
        ("rollout history of frontend", "helmward tools run rollout_history kind=Deployment", "pages"),
        ("logs of user-service", "helmward tools run pods_log namespace=production name=user-service-", "pages"),
        ("help", "helmward ask --help", "can"),
    ],
)  # fmt: skip
def test_questions_are_answered(place: Station, text: str, line: str, key: str) -> None:
    found = Person(place, "ann").ask(text, "new")
    assert found["command"][0].startswith(line)
    assert "error" not in found, found
    assert found["result"][key] is not None
    assert key in ("can", "actions", "rows", "changes") or found["result"]["evidence"]


def test_an_answer_that_cannot_be_given_is_an_error_behind_its_command(place: Station) -> None:
    found = Person(place, "ann").ask("top nodes")
    assert found["command"] == ["helmward tools run nodes_top"]
    assert found["error"]["exitCode"] == 2
    assert "no metrics" in found["error"]["text"]


def test_a_change_is_planned_and_waits(place: Station) -> None:
    ann = Person(place, "ann")
    found = ann.ask("bounce paymnts in prod")
    assert found["notes"] == ["'paymnts' was read as payment-service"]
    plan = found["result"]["plan"]
    assert (plan["state"], plan["decision"], plan["requester"]) == ("waiting", "ask", ann.actor.name)
    assert plan["approvers"]
    other = ann.ask("no, user-service")["result"]
    assert other["text"] == f"{plan['id']} still waits too: helmward deny {plan['id']} --reason …"
    plan = other["plan"]
    undo = ann.ask("undo that")
    assert undo["command"] == [f"helmward undo {plan['id']}"]
    assert "still waits" in undo["error"]["text"]
    denied = ann.ask("deny it")
    assert denied["command"][0].startswith(f"helmward deny {plan['id']}")
    assert state_of(place, plan["id"]) == "denied"
    told = ann.ask("who decided on the last plan?", "new")["result"]
    assert [row["id"] for row in told["decided"]] == [plan["id"]]
    assert f"denied by {ann.actor.name}" in told["text"]


def undoable(place: Station) -> list[str]:
    """What "undo that" asks back with to somebody who did nothing in the conversation."""
    asked = Person(place, "eve").ask("undo that")
    assert (asked["kind"], asked["command"]) == ("question", ["helmward undo …"])
    return [choice["value"] for choice in asked["choices"]]


def test_what_policy_lets_run_at_once_is_asked_back(place: Station) -> None:
    bob = Person(place, "bob")
    asked = bob.ask("scale frontend to 3")
    assert (asked["kind"], asked["slot"]) == ("question", "confirm")
    assert asked["command"] == [
        "helmward tools run resources_scale kind=Deployment namespace=production name=frontend replicas=3"
    ]
    assert not place.do(place.house.door.plans(states=("approved", "running")))
    assert bob.ask("no")["reason"] == "cancelled"
    assert bob.ask("yes")["kind"] == "refusal"
    again = bob.ask("scale frontend to 3")
    done = bob.ask("yes")
    assert again["kind"] == "question"
    plan = done["result"]["plan"]
    assert plan["decision"] == "allow"
    ended(place, plan["id"])
    said = bob.ask("who approved it?")
    assert said["command"] == [f"helmward plan {plan['id']}"]
    assert said["result"]["decided"][0]["said"] == "policy allowed it, so that nobody had to approve it"
    assert plan["id"] in undoable(place)
    back = bob.ask("undo that")
    assert (back["kind"], back["slot"]) == ("question", "confirm")
    answer = bob.ask("yes")
    assert answer["result"], answer["error"]
    undone = answer["result"]["plan"]
    assert undone["undoOf"] == plan["actions"][0]["id"]
    ended(place, undone["id"])
    assert {plan["id"], undone["id"]}.isdisjoint(undoable(place)), "what was taken back, and an undo, are not offered"
    sure = bob.ask("scale frontend to 2", sure=True)["result"]
    assert sure is None or sure["plan"]["decision"] == "allow"


def test_why_cites_the_finding_and_its_evidence(place: Station) -> None:
    ann = Person(place, "cid")
    place.do(breaking.break_(place.home.folder, ["image"]))
    try:
        incident = place.do(one(place.house)).id
        found = ann.ask("결제 서비스 왜 죽었어?")
        assert found["command"] == [f"helmward explain {incident}"]
        (shown,) = found["result"]["incidents"]
        cause = shown["causes"][0]
        assert f"[{cause['code']}, {cause['finding']}]" in found["result"]["text"]
        assert {piece["finding"] for piece in found["result"]["evidence"]} == {cause["finding"]}
        assert any(piece["ref"].startswith("Pod/production/payment-service-") for piece in found["result"]["evidence"])
        beside = ann.ask("is frontend ok?")["result"]
        assert f"It needs payment-service, of which {incident} says" in beside["text"]
        assert "Deployment/production/frontend" in beside["evidence"][-1]["ref"]
        assert beside["evidence"][-1]["id"] in beside["text"]
        mended = ann.ask("fix payment-service", sure=True)
        assert mended["command"] == [f"helmward plan {incident}"]
        assert mended["result"]["plan"]["incident"] == incident
    finally:
        place.do(breaking.mend(place.home.folder))


def test_words_give_no_more_rights(place: Station) -> None:
    viewer = Person(place, "vic", "viewer")
    found = viewer.ask("restart frontend")
    assert found["command"]
    assert found["error"]["exitCode"] == 5
    assert viewer.ask("events of frontend")["result"]["pages"]


def test_a_scope_hides_what_lies_outside(place: Station) -> None:
    outside = Person(place, "sam", "requester", Scope(namespaces=("staging",)))
    found = outside.ask("why is payment-service down?")
    assert (found["kind"], found["slot"], found["choices"]) == ("question", "target", [])
    assert "payment" not in found["text"].replace("'payment-service'", "")
    assert outside.ask("list pods in production")["kind"] != "command"


def test_conversations_are_their_actors_own(place: Station) -> None:
    ann, eve = Person(place, "ann"), Person(place, "eve")
    eve.asking = ann.asking
    mine = ann.ask("describe frontend", "new")["conversation"]
    assert ann.ask("and its events?", mine)["intent"] == "events"
    with pytest.raises(UsageError, match="no conversation"):
        eve.ask("and its events?", mine)
    assert eve.ask("and its events?")["kind"] == "question"


def test_conversations_end_and_are_bounded() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    kept = Conversations(lambda: now)
    ann = Actor(name="ann", kind="user")
    first = kept.of(ann, None)
    assert kept.of(ann, None) is first
    now += LASTS + timedelta(seconds=1)
    assert kept.of(ann, None) is not first
    with pytest.raises(UsageError):
        kept.of(ann, first.id)
    for _ in range(MOST_OF_ONE + 5):
        kept.of(ann, "new")
    for number in range(MOST + 50):
        kept.of(Actor(name=f"a{number}", kind="user"), None)
    assert len(kept._kept) <= MOST


def test_what_was_said_is_read_for_a_day_and_not_gone_on_with() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    kept = Conversations(lambda: now)
    ann = Actor(name="ann", kind="user")
    first = kept.of(ann, None)
    assert kept.all_of(ann) == []
    for number in range(MOST_SPOKEN + 5):
        first.kept.append(Spoken(now, f"word {number}", {}))
    assert [one.text for one in first.kept] == [f"word {number}" for number in range(5, MOST_SPOKEN + 5)]
    assert not kept.over(first)
    now += LASTS + timedelta(seconds=1)
    assert kept.all_of(ann) == [first] and kept.over(first)
    second = kept.of(ann, None)
    second.kept.append(Spoken(now, "more", {}))
    assert kept.all_of(ann) == [second, first]
    with pytest.raises(UnknownConversation):
        kept.one_of(Actor(name="eve", kind="user"), first.id)
    now += KEPT - timedelta(seconds=1)
    assert kept.all_of(ann) == [second]


def test_a_weaker_token_of_the_same_name_reads_nothing() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for whose in ("{} {}".format, lambda name, _token: name):
        kept = Conversations(lambda: now, (), whose)
        admin = Actor(name="ann", kind="user", roles=("admin",), token="tok-1")
        first = kept.of(admin, "new")
        first.kept.append(Spoken(now, "word", {}))
        viewer = Actor(name="ann", kind="user", roles=("viewer",), token="tok-2")
        assert kept.all_of(viewer) == [] and kept.of(viewer, None) is not first
        with pytest.raises(UnknownConversation):
            kept.one_of(viewer, first.id)
        assert kept.one_of(admin, first.id) is first


def test_what_was_said_is_read_again_after_a_restart(place: Station) -> None:
    ann = Person(place, "ann")
    mine = ann.ask("describe frontend", "new")["conversation"]
    ann.ask("and its events?", mine)
    again = Asking(place.house)
    (row,) = again.said(ann.actor)
    assert (row["id"], row["count"], row["over"]) == (mine, 2, True)
    first, _ = again.said_in(ann.actor, mine)["turns"]
    assert (first["text"], first["kind"], first["answer"]) == ("describe frontend", "command", None)
    ann.asking = again
    assert ann.ask("and its events?")["kind"] == "question", "nobody goes on with it"
    with pytest.raises(UsageError, match="no conversation"):
        ann.ask("and its events?", mine)


def test_what_was_let_go_is_not_kept_over_a_restart(tmp_path: Path) -> None:
    state, now = State(tmp_path / "state.db"), datetime(2026, 1, 1, tzinfo=UTC)
    rows, going = ConversationRows(state), Conversations(lambda: now)
    ann, secret = Actor(name="ann", kind="user"), "AKIA" + "QWERTZUIOPASDF12"
    old = going.of(ann, "new")
    old.kept.append(Spoken(now, f"is {secret} a key?", {"kind": "command", "command": [f"find {secret}"]}))
    keeping.write(rows, old.id, "1", keeping.row(old), going.gone())
    (read,) = keeping.read(rows)
    assert secret not in str(read) and "a key?" in read.kept[0].text
    now += KEPT + timedelta(seconds=1)
    new = going.of(ann, "new")
    keeping.write(rows, new.id, "2", keeping.row(new), going.gone())
    assert [one.id for one in keeping.read(rows)] == [new.id]
    state.close()


def test_a_conversation_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    state, now = State(tmp_path / "state.db"), datetime(2026, 1, 1, tzinfo=UTC)
    rows, one = ConversationRows(state), Conversations(lambda: now).of(Actor(name="ann", kind="user"), "new")
    whole = keeping.row(one)
    for number, data in enumerate((whole[:-9], b'{"id": 1}', b"\xff\xfe", b"", whole)):
        rows.put(f"conv-{number}", str(number), data)
    with state.begin() as connection:
        connection.exec_driver_sql("INSERT INTO conversations VALUES ('conv-x', '0', 'text')")
        connection.exec_driver_sql("INSERT INTO conversations VALUES ('conv-y', '0', 7)")
    assert [found.id for found in keeping.read(rows)] == [one.id]
    with state.begin() as connection:
        connection.exec_driver_sql("DROP TABLE conversations")
    assert keeping.read(rows) == []
    state.close()


def test_the_audit_log_has_the_command_and_not_the_words(place: Station) -> None:
    Person(place, "ann").ask("tell me about frontend you marvellous machine")
    records = b"\n".join(place.call(place.house.audit_tail, 20)).decode()
    assert '"ask.understood"' in records
    assert "helmward tools run describe kind=Deployment namespace=production name=frontend" in records
    assert "marvellous" not in records
    Person(place, "ann").ask("approve plan-abcd2345 you marvellous machine", "new")
    last = [one for one in place.call(place.house.audit_tail, 20) if b'"ask.' in one][-1]
    assert b'"ask.refused"' in last
    assert b'"by-hand"' in last
    assert b"marvellous" not in last


def test_a_secret_in_the_words_goes_nowhere(place: Station) -> None:
    key = "AKIA" + "QZ7XJ3M5K2PLW4RT"
    ann = Person(place, "ann")
    try:
        shown = str(ann.ask(f"why is frontend down {key}"))
    except DeniedError as error:
        shown = str(error)
    assert key not in shown
    assert key not in b"\n".join(place.call(place.house.audit_tail, 50)).decode()


class Helper:
    """A model that proposes what it is told to, or is away."""

    def __init__(self, plan: str | None) -> None:
        self.plan, self.heard = plan, list[tuple[str, int]]()

    async def answer(self, actor: Actor, text: str, turns: tuple[Turn, ...], told: Told = to_nobody) -> Answer:
        self.heard.append((text, len(turns)))
        if self.plan is None:
            raise UnreachableError("No model answers.")
        proposed = Proposed(id=self.plan, state="waiting", title="x", line="helmward tools run x", plan={})
        return Answer(
            id="ans-1", model="m", sentences=(Sentence(text="It is so.", cites=("e1",)),), proposals=(proposed,)
        )


def test_a_model_helps_where_no_word_is_understood(place: Station) -> None:
    waiting = Person(place, "ann").ask("restart user-service", "new")["result"]["plan"]["id"]
    helper = Helper(waiting)
    ann = Person(place, "ann", model=helper)
    assert ann.ask("restart user-service in staging")["kind"] == "question"
    assert ann.ask("cancel")["reason"] == "cancelled"
    assert not helper.heard
    found = ann.ask("what could make the shop more robust over the winter")
    assert (found["kind"], found["answer"]["sentences"][0]["text"]) == ("answer", "It is so.")
    assert helper.heard[0][1] > 0
    assert ann.ask("deny it")["command"][0].startswith(f"helmward deny {waiting}")
    assert state_of(place, waiting) == "denied"


def test_the_model_of_the_settings_helps_by_the_gateway(place: Station) -> None:
    """Its upstream is away, and that is what is said."""
    ann = Person(place, "ann")
    ann.asking = asking(place.house)
    assert ann.ask("status")["kind"] == "command"
    found = ann.ask("tell me a story about ships")
    assert found["kind"] == "refusal"
    assert found["notes"][0].startswith("The model did not help: ")


def test_without_its_model_the_house_still_answers(place: Station) -> None:
    found = Person(place, "ann", model=Helper(None)).ask("what could make the shop more robust over the winter")
    assert found["kind"] == "refusal"
    assert found["notes"] == ["The model did not help: No model answers."]
