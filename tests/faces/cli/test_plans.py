"""What was explained is planned, approved, done, proven, and taken back, from the command line."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
import yaml

from helmward.lab import breaking

from ..conftest import Cli
from ..shop import RESTART, broken, eventually, mended, plan_of, restarted
from ..station import Station
from .test_hostile import HOSTILE, RAW

ASKED = [
    "id",
    "incident",
    "requester",
    "environment",
    "digest",
    "actions",
    "decision",
    "reason",
    "approvers",
    "expires",
]


def schema() -> Any:
    return json.loads((files("helmward.core") / "schemas" / "plan-v1.json").read_text())


def explained(cli: Cli, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(cli("explain", identity, "-o", "json").out)
    jsonschema.validate(found, json.loads((files("helmward.core") / "schemas" / "explained-v1.json").read_text()))
    return found


def token(shop: Station, monkeypatch: pytest.MonkeyPatch, role: Any) -> None:
    """From here on, the command line comes as somebody else."""
    monkeypatch.setenv("HELMWARD_TOKEN", shop.token(role))
    monkeypatch.setenv("HELMWARD_URL", shop.url)


def test_planned_approved_proven_and_taken_back(
    shop: Station, shopkeeper: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = shopkeeper
    row = broken(shop, cli)
    plan = plan_of(cli, row["waitingFor"])
    jsonschema.validate(plan, schema())
    assert (row["waitingTitle"], plan["incidentTitle"]) == (plan["title"], row["title"])
    healing = explained(cli, row["id"])["healing"]
    assert (healing["fits"], healing["playbook"], healing["title"]) == (True, "roll-back", plan["title"])
    assert (healing["why"], healing["paused"], healing["tried"]) == (plan["why"], None, [])
    assert list(plan)[: len(ASKED)] == ASKED
    assert plan == plan_of(cli, row["id"])
    assert (plan["incident"], plan["requester"], plan["decision"], plan["state"]) == (
        row["id"],
        "heal",
        "ask",
        "waiting",
    )
    (action,) = plan["actions"]
    image = "registry.example.com/shop/payment-service"
    path = "/spec/template/spec/containers/0/image"
    assert action["changes"] == [{"path": path, "before": f"{image}:2.5.0", "after": f"{image}:2.4.0"}]
    page = cli("plan", row["id"]).out
    parts = ["Managed by:", "Can hurt:", "Verified by:", "Undo:", "Who may approve: admin or approver"]
    parts += [path, f'- "{image}:2.5.0"', f'+ "{image}:2.4.0"', plan["digest"], plan["expires"][:19]]
    for part in (*parts, f"helmward approve {plan['id']}"):
        assert part in page
    assert plan["id"] in cli("plan", "--list", "--waiting", "-o", "name").out.split()
    assert yaml.safe_load(cli("plan", plan["id"], "-o", "yaml").out) == plan

    done = cli("approve", row["id"], "--wait")
    assert done.code == 0, done.err
    assert f"{plan['id']} done" in done.out
    assert f"{action['id']} done" in done.out
    assert "proof: the first cause is gone" in done.out
    mended(cli)
    listed = json.loads(cli("actions", row["id"], "-o", "json").out)["actions"]
    assert [(one["id"], one["state"]) for one in listed] == [(action["id"], "done")]
    jsonschema.validate(plan_of(cli, plan["id"]), schema())
    assert plan_of(cli, plan["id"])["approval"]["singleOperator"] is False  # heal asked, somebody else approved

    over = explained(cli, row["id"])
    assert (over["mended"]["plan"], over["mended"]["approver"], over["mended"]["proven"]) == (plan["id"], "local", True)
    assert over["mended"]["proof"] == listed[0]["proof"]
    assert [one["action"] for one in over["mended"]["undoable"]] == [action["id"]]
    assert (over["healing"]["fits"], over["healing"]["why"]) == (
        False,
        "It is over; there is nothing to mend.",
    )
    assert over["healing"]["why"] in cli("plan", row["id"], "--new").err

    back = cli("undo", row["id"], "--wait", "--reason", "to see it")
    assert back.code == 0, back.err
    assert plan_of(cli, plan["id"])["state"] == "undone"
    assert json.loads(cli("actions", action["id"], "-o", "json").out)["actions"][0]["state"] == "undone"
    eventually(lambda: row["id"] in cli("incidents", "-o", "name").out.split(), "the incident is back")
    assert "paused by local: " in cli("heal", "show").out
    paused = explained(cli, row["id"])["healing"]["paused"]
    assert (paused["by"], "taken back by local" in paused["reason"]) == ("local", True)
    healing = explained(cli, row["id"])["healing"]
    assert [(one["plan"], one["state"]) for one in healing["tried"]] == [(plan["id"], "undone")]
    assert healing["why"].startswith(
        f"Tried once: taken back by local with {healing['tried'][0]['text'].split()[-1]}. "
    )
    again = cli("undo", plan["id"])
    assert (again.code, again.out) == (2, "")
    assert cli("heal", "resume", row["id"], "--reason", "try again").code == 0
    assert cli("heal", "resume", row["id"], "--reason", "try again").code == 2
    assert cli("heal", "pause", row["id"], "--reason", "mine").code == 0
    shop.do(breaking.mend(shop.home.folder))
    mended(cli)
    assert explained(cli, row["id"])["mended"] is None, "what Helmward did before it came back has not ended it"


def test_what_no_playbook_fits_says_so_before_it_is_asked(shop: Station, shopkeeper: Cli) -> None:
    shop.do(breaking.break_(shop.home.folder, ["port"]))
    listed = eventually(lambda: shopkeeper("incidents", "-o", "name").out.split(), "an incident of port")
    healing = explained(shopkeeper, listed[0])["healing"]
    assert (healing["fits"], healing["playbook"]) == (False, None)
    assert healing["why"] == "No playbook fits its first cause."
    asked = shopkeeper("plan", listed[0], "--new")
    assert (asked.code, healing["why"] in asked.err) == (1, True)
    shop.do(breaking.mend(shop.home.folder))
    mended(shopkeeper)


def test_an_incident_is_acting_while_its_plan_runs(shop: Station) -> None:
    from helmward.house import present_changes
    from helmward.house.present_changes import UnderWay

    row = {"id": "inc-a", "state": "open"}
    acting = UnderWay({}, frozenset({"inc-a"}))
    shown = {"id": "inc-a", "state": "acting", "waitingFor": None, "waitingTitle": None}
    assert present_changes.incident(row, acting) == shown
    assert present_changes.incident(row | {"state": "resolved"}, acting)["state"] == "resolved"


def test_approve_gives_the_id_of_the_action_at_once(shop: Station, shopkeeper: Cli) -> None:
    plan = restarted(shopkeeper)
    result = shopkeeper("approve", plan)
    assert (result.code, result.err) == (0, "")
    identity = result.out.strip()
    assert identity == plan.replace("plan-", "act-")
    eventually(lambda: plan_of(shopkeeper, plan)["state"] == "done", "the restart is done")
    assert plan_of(shopkeeper, identity)["id"] == plan
    assert "proof: " in shopkeeper("actions", identity).out
    twice = shopkeeper("approve", plan)
    assert (twice.code, twice.out) == (5, "")


def test_what_was_not_shown_cannot_be_approved(shop: Station, shopkeeper: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = restarted(shopkeeper)
    token(shop, monkeypatch, "approver")
    unseen = shopkeeper("approve", plan)
    assert (unseen.code, "was not shown to" in unseen.err) == (5, True)
    assert shopkeeper("plan", plan).code == 0
    other = shopkeeper("approve", plan, "--digest", "0" * 64)
    assert (other.code, "look at it again" in other.err) == (5, True)
    assert shopkeeper("approve", plan, "--wait").code == 0


@pytest.mark.parametrize("role", ["viewer", "requester"])
def test_who_may_not_approve_may_not(
    role: Any, shop: Station, shopkeeper: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = restarted(shopkeeper)
    token(shop, monkeypatch, role)
    assert shopkeeper("plan", plan).code == 0
    refused = shopkeeper("approve", plan)
    assert (refused.code, refused.out) == (5, "")
    assert "may not approve" in refused.err
    assert shopkeeper("deny", plan, "--reason", "x").code == 5
    assert shopkeeper("approve", plan, "--break-glass", "--reason", "x").code == 5


def test_a_viewer_proposes_nothing(shop: Station, shopkeeper: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    token(shop, monkeypatch, "viewer")
    refused = shopkeeper(*RESTART)
    assert (refused.code, refused.out) == (5, "")
    assert "rollout_restart" not in shopkeeper("tools", "list", "-o", "name").out.split()
    assert shopkeeper("plan", "--list").code == 0


def test_a_glass_is_broken_and_reviewed(shop: Station, shopkeeper: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    token(shop, monkeypatch, "oncall")
    plan = restarted(shopkeeper)
    assert shopkeeper("approve", plan, "--break-glass").code == 5  # no reason
    assert shopkeeper("approve", plan, "--break-glass", "--reason", "the shop is down", "--wait").code == 0
    assert "who broke the glass" in shopkeeper("plan", plan).out
    assert shopkeeper("review", plan, "--reason", "my own").code == 5
    monkeypatch.delenv("HELMWARD_TOKEN")
    assert shopkeeper("review", plan, "--reason", "was right").out == f"{plan} was reviewed.\n"
    assert shopkeeper("review", plan, "--reason", "again").code == 2


def test_denied(shopkeeper: Cli) -> None:
    plan = restarted(shopkeeper)
    assert shopkeeper("deny", plan, "--reason", "not now").out == f"{plan} denied by local: not now.\n"
    assert plan_of(shopkeeper, plan)["state"] == "denied"
    for words in (("approve", plan), ("deny", plan, "--reason", "x")):
        late = shopkeeper(*words)
        assert (late.code, late.out) == (5, "")
    assert shopkeeper("undo", plan).code == 2


def test_ids(shopkeeper: Cli) -> None:
    plans = {restarted(shopkeeper), restarted(shopkeeper)}
    for words in (("plan", "plan-"), ("approve", "plan-"), ("deny", "plan-", "--reason", "x")):
        ambiguous = shopkeeper(*words)
        assert (ambiguous.code, ambiguous.out) == (2, "")
        assert "could be any of" in ambiguous.err
    assert plans & set(shopkeeper("plan", "--list", "-o", "name").out.split())
    for identity in (
        "nonsense",
        "plan-zzzzzzzz",
        "act-zzzzzzzz",
        "inc-zzzzzzzz",
        "../tokens",
        "\x1b[31m",
        "x" * 5000,
        "",
    ):
        for words in (("plan", identity), ("approve", identity), ("undo", identity), ("actions", identity)):
            unknown = shopkeeper(*words)
            assert unknown.code in (1, 2) or (words[0] == "actions" and not identity), words
            assert "\x1b" not in unknown.err
            assert unknown.err.count("\n") <= 1
    for words in (("plan",), ("plan", "x", "--waiting"), ("deny", "x"), ("undo",)):
        assert shopkeeper(*words).code == 2


def test_what_somebody_changed_since_is_not_undone(shop: Station, shopkeeper: Cli) -> None:
    from helmward.lab.client import Client, path_of

    call = ("tools", "run", "resources_scale", "namespace=production", "name=user-service", "replicas=3", "-o", "name")
    plan = shopkeeper(*call).out.strip()
    assert shopkeeper("approve", plan, "--wait").code == 0

    async def edited() -> None:
        client = Client.from_kubeconfig(shop.home.kubeconfig, manager="kubectl-edit")
        try:
            await client.patch(path_of("Deployment", "production", "user-service"), {"spec": {"replicas": 1}})
        finally:
            await client.close()

    shop.do(edited())
    refused = shopkeeper("undo", plan)
    assert (refused.code, refused.out) == (1, "")
    assert "/spec/replicas" in refused.err
    assert "would be overwritten" in refused.err


def test_who_types_a_password_approves(shop: Station, shopkeeper: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from helmward.door.identity import NewAccount
    from helmward.house.auditing import HELMWARD

    password = " ".join(["correct", "horse", "battery", "staple"])
    wish = NewAccount("paula", kind="user", roles=("approver",), password=password)
    shop.call(shop.house.people.add_actor, HELMWARD, wish)
    plan = restarted(shopkeeper)
    wrong = shopkeeper("approve", plan, "--as", "paula", stdin=b"not it\n")
    assert wrong.code == 5
    assert shopkeeper("approve", plan, "--as", "paula", "--wait", stdin=f"{password}\n".encode()).code == 0
    assert plan_of(shopkeeper, plan)["approval"]["approver"] == "paula"


@pytest.mark.parametrize("fmt", ["table", "json", "yaml", "name"])
def test_hostile_words_are_inert_in_a_plan(fmt: str, shop: Station, shopkeeper: Cli) -> None:
    result = shopkeeper(*RESTART, "--reason", HOSTILE[:400], "-o", fmt)
    assert result.code == 6
    plan = shopkeeper("plan", "--list", "-o", "name").out.split()[0]
    for shown in (result, shopkeeper("plan", plan, "-o", fmt), shopkeeper("plan", "--list", "-o", fmt)):
        assert not [raw for raw in RAW if raw in shown.out + shown.err]
        assert not [line for line in shown.out.splitlines() if line.startswith("helmward: all is well")]


@pytest.mark.parametrize("agrees", [False, True])
def test_on_a_terminal_the_plan_is_shown_and_asked_for(agrees: bool, shop: Station, shopkeeper: Cli) -> None:
    plan = restarted(shopkeeper)
    controller, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": "200"}
    process = subprocess.Popen(
        [sys.executable, "-m", "helmward", "approve", plan, "--wait"],
        env=environment, stdin=terminal, stdout=terminal, stderr=terminal,
    )  # fmt: skip
    os.close(terminal)
    said = b""
    deadline = time.monotonic() + 60
    answered = False
    while process.poll() is None or select.select([controller], [], [], 0)[0]:
        assert time.monotonic() < deadline, said
        if select.select([controller], [], [], 0.1)[0]:
            try:
                said += os.read(controller, 65536)
            except OSError:  # the other end is closed
                break
        if b"Approve this? [y/N]" in said and not answered:
            answered = True
            os.write(controller, b"y\n" if agrees else b"\n")
    os.close(controller)
    assert process.wait(30) == (0 if agrees else 1)
    assert b"Verified by:" in said
    assert plan_of(shopkeeper, plan)["state"] == ("done" if agrees else "waiting")


def test_another_plan_is_made_where_the_latest_has_ended(shop: Station, shopkeeper: Cli) -> None:
    cli = shopkeeper
    row = broken(shop, cli, "crash")
    first = row["waitingFor"]
    assert plan_of(cli, row["id"])["id"] == first
    (beside,) = cli("plan", row["id"], "--new", "-o", "name").out.split()  # what waits may be of values that are gone
    assert (plan_of(cli, row["id"])["id"], beside != first) == (beside, True)
    assert cli("deny", beside, "--reason", "not now").code == 0
    assert cli("deny", first, "--reason", "not now").code == 0
    assert f"helmward plan {row['id']} --new" in cli("plan", row["id"]).out
    assert plan_of(cli, row["id"])["id"] == beside
    (second,) = cli("plan", row["id"], "--new", "-o", "name").out.split()
    assert (plan_of(cli, second)["state"], second != first) == ("waiting", True)
    assert plan_of(cli, row["id"])["id"] == second
    assert cli("plan", second, "--new").code == 2
    assert cli("approve", row["id"], "--wait").code == 0
    mended(cli)
