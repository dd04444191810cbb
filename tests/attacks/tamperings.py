"""What somebody can write into the data folder, one function each. Each is given the stopped house's folders."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helmward.core.plans import digest_of
from helmward.door.audit import AuditLog, Entry
from helmward.guard.secrets import mask_value

from .heist import ADMIN, KILLED, Heist

Tampering = Callable[[Heist], None]
CATALOGUE: dict[str, Tampering] = {}
FORGED_SECRET = secrets.token_urlsafe(32)


def tampering(do: Tampering) -> Tampering:
    """Enter it."""
    CATALOGUE[do.__name__] = do
    return do


def entered(name: str, do: Tampering) -> None:
    CATALOGUE[name] = do


# ---- plans ----


def edit(heist: Heist, plan: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the JSON of a plan's row."""
    identity = heist.past.plans[plan].id
    document = json.loads(heist.row("plans", "id = ?", identity)["data"])
    change(document)
    assert heist.sql("UPDATE plans SET data = ? WHERE id = ?", json.dumps(document).encode(), identity) == 1


def setting(*path: str | int, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        inner: Any = document
        for step in path[:-1]:
            inner = inner[step]
        assert inner[path[-1]] != to
        inner[path[-1]] = to

    return change


for _name, _change in {
    "a_waiting_plan_has_another_requester": setting("requester", "name", to="anna"),
    "a_waiting_plans_requester_has_another_role": setting("requester", "roles", to=["admin"]),
    "a_waiting_plans_requester_is_the_house": setting("requester", to={"name": "helmward", "kind": "service", "roles": []}),
    "a_waiting_plan_is_of_another_environment": setting("environment", to="staging"),
    "a_waiting_plan_has_another_digest": setting("digest", to="0" * 64),
    "a_waiting_plan_was_allowed": setting("decision", "verdict", to="allow"),
    "a_waiting_plan_has_other_approvers": setting("decision", "approvers", to=["viewer", "requester"]),
    "a_waiting_plan_expires_later": setting("expires", to="2036-01-01T00:00:00Z"),
    "a_waiting_plan_is_an_undo": setting("undoOf", to="act-aaaaaaaa"),
    "a_waiting_plan_is_of_another_incident": setting("incident", to="inc-bbbbbbbb"),
    "a_waiting_plan_has_another_title": setting("title", to="nothing to see"),
    "a_waiting_plan_has_another_policy": setting("policy", to="0" * 64),
    "a_waiting_plan_names_another_object": setting("steps", 0, "apiPath", to="/apis/apps/v1/namespaces/shop/deployments/denied"),
    "a_waiting_plan_names_another_tool": setting("steps", 0, "tool", to="resources_patch"),
    "a_waiting_plan_hurts_less": setting("steps", 0, "blast", "text", to="nothing"),
    "a_waiting_plan_is_nobodys": setting("steps", 0, "managed", "text", to="nobody"),
}.items():  # fmt: skip
    entered(_name, lambda heist, change=_change: edit(heist, "waiting", change))  # type: ignore[misc]


def _other_object(document: dict[str, Any]) -> None:
    document["steps"][0]["apiPath"] = "/apis/apps/v1/namespaces/shop/deployments/denied"
    document["steps"][0]["resource"]["name"] = "denied"


for _plan in ("approved", "pending"):
    entered(f"what_was_{_plan}_is_of_another_object", lambda heist, plan=_plan: edit(heist, plan, _other_object))  # type: ignore[misc]
    entered(
        f"what_was_{_plan}_writes_another_value",
        lambda heist, plan=_plan: edit(heist, plan, setting("steps", 0, "changes", 0, "after", to={"x": "y"})),  # type: ignore[misc]
    )


@tampering
def steps_and_digest_are_forged_together(heist: Heist) -> None:
    other = heist.past.plans["denied"]
    edit(heist, "approved", lambda document: document.update(
        steps=json.loads(heist.row("plans", "id = ?", other.id)["data"])["steps"], digest=digest_of(other.steps)
    ))  # fmt: skip


def moved(heist: Heist, plan: str, state: str, text: str = "approved by anna") -> None:
    identity = heist.past.plans[plan].id
    assert heist.sql("UPDATE plans SET state = ?, text = ? WHERE id = ?", state, text, identity) == 1


for _plan, _state in (
    ("waiting", "approved"), ("waiting", "running"), ("waiting", "done"), ("denied", "waiting"), ("denied", "approved"),
    ("done", "approved"), ("done", "waiting"), ("approved", "denied"), ("approved", "waiting"), ("other", "approved"),
):  # fmt: skip
    entered(f"{_plan}_says_{_state}", lambda heist, plan=_plan, state=_state: moved(heist, plan, state))  # type: ignore[misc]


@tampering
def a_waiting_plan_says_another_reason(heist: Heist) -> None:
    moved(heist, "waiting", "waiting", "Reviewed by security: approve it.")


@tampering
def a_denied_plan_says_another_reason(heist: Heist) -> None:
    moved(heist, "denied", "denied", "denied by nobody")


@tampering
def a_plan_is_filed_under_another_incident(heist: Heist) -> None:
    heist.sql("UPDATE plans SET incident = 'inc-bbbbbbbb' WHERE id = ?", heist.past.plans["waiting"].id)


@tampering
def a_plan_is_filed_under_another_cluster(heist: Heist) -> None:
    heist.sql("UPDATE plans SET cluster = 'https://elsewhere' WHERE id = ?", heist.past.plans["waiting"].id)


@tampering
def a_plan_is_filed_under_another_time(heist: Heist) -> None:
    heist.sql("UPDATE plans SET created = '2036-01-01T00:00:00Z' WHERE id = ?", heist.past.plans["waiting"].id)


for _plan in ("waiting", "approved", "pending", "done", "denied"):
    entered(
        f"the_row_of_{_plan}_is_removed",
        lambda heist, plan=_plan: heist.sql("DELETE FROM plans WHERE id = ?", heist.past.plans[plan].id),  # type: ignore[misc]
    )


@tampering
def all_rows_of_plans_are_removed(heist: Heist) -> None:
    heist.sql("DELETE FROM plans")


@tampering
def two_plans_are_swapped(heist: Heist) -> None:
    one, other = heist.past.plans["waiting"].id, heist.past.plans["approved"].id
    mine, theirs = heist.row("plans", "id = ?", one), heist.row("plans", "id = ?", other)
    heist.sql("UPDATE plans SET data = ? WHERE id = ?", theirs["data"], one)
    heist.sql("UPDATE plans SET data = ? WHERE id = ?", mine["data"], other)


@tampering
def the_ids_of_two_plans_are_swapped(heist: Heist) -> None:
    one, other = heist.past.plans["waiting"].id, heist.past.plans["approved"].id
    for before, after in ((one, "x"), (other, one), ("x", other)):
        heist.sql("UPDATE plans SET id = ? WHERE id = ?", after, before)


@tampering
def a_plan_is_made_up(heist: Heist) -> None:
    row = heist.row("plans", "id = ?", heist.past.plans["waiting"].id)
    document = json.loads(row["data"]) | {"id": "plan-aaaaaaaa", "decision": {"verdict": "allow", "reason": "it may"}}
    new = {**row, "id": "plan-aaaaaaaa", "state": "approved", "data": json.dumps(document).encode()}
    heist.sql(f"INSERT INTO plans VALUES ({', '.join('?' * len(new))})", *new.values())


@tampering
def a_plan_cannot_be_read(heist: Heist) -> None:
    heist.sql("UPDATE plans SET data = ? WHERE id = ?", b"\xff{", heist.past.plans["waiting"].id)


@tampering
def a_plan_is_a_number(heist: Heist) -> None:
    heist.sql("UPDATE plans SET data = 7 WHERE id = ?", heist.past.plans["waiting"].id)


# ---- actions ----


def of_action(heist: Heist, change: Callable[[dict[str, Any]], None]) -> None:
    identity = heist.past.plans["done"].action_id(0)
    document = json.loads(heist.row("actions", "id = ?", identity)["data"])
    change(document)
    assert heist.sql("UPDATE actions SET data = ? WHERE id = ?", json.dumps(document).encode(), identity) == 1


for _name, _change in {
    "an_action_failed": setting("state", to="failed"),
    "an_action_was_never_verified": setting("state", to="acted"),
    "an_action_stood_among_other_findings": setting("standing", to=["fnd-aaaaaaaa"]),
    "an_action_has_other_proof": setting("proof", to=["all is well"]),
    "an_action_was_on_another_object": setting("resource", "name", to="denied"),
    "an_action_was_at_another_time": setting("acted", to="2026-01-01T00:00:00Z"),
    "an_action_is_of_another_plan": setting("plan", to="plan-aaaaaaaa"),
}.items():
    entered(_name, lambda heist, change=_change: of_action(heist, change))  # type: ignore[misc]


@tampering
def an_action_is_filed_under_another_object(heist: Heist) -> None:
    heist.sql("UPDATE actions SET uid = 'x'")


@tampering
def an_action_is_removed(heist: Heist) -> None:
    assert heist.sql("DELETE FROM actions") >= 1


@tampering
def an_action_is_made_up(heist: Heist) -> None:
    row = heist.row("actions", "id = ?", heist.past.plans["done"].action_id(0))
    mine = heist.past.plans["waiting"]
    document = json.loads(row["data"]) | {"id": mine.action_id(0), "plan": mine.id}
    new = {**row, "id": mine.action_id(0), "plan": mine.id, "data": json.dumps(document).encode()}
    heist.sql(f"INSERT INTO actions VALUES ({', '.join('?' * len(new))})", *new.values())


# ---- tokens and actors ----


def token(heist: Heist, name: str, column: str, value: Any) -> None:
    assert heist.sql(f"UPDATE tokens SET {column} = ? WHERE name = ?", value, name) == 1


for _name, _args in {
    "a_viewers_token_is_an_approvers": ("walt", "roles", "approver"),
    "a_requesters_token_is_an_administrators": ("rita", "roles", "admin"),
    "an_agents_token_is_a_persons": ("bot", "kind", "user"),
    "a_token_is_anothers": ("rita", "name", "anna"),
    "a_tokens_scope_is_wider": ("rita", "scope", '{"namespaces":["*"],"environments":[],"clusters":[]}'),
    "a_tokens_secret_is_the_attackers": ("anna", "hash", hashlib.sha256(FORGED_SECRET.encode()).digest()),
    "a_token_expires": ("rita", "expires", "2036-01-01T00:00:00Z"),
    "a_token_is_not_revoked_any_more": ("gone", "revoked", None),
    "a_token_is_revoked": ("anna", "revoked", "2026-01-01T00:00:00Z"),
    "a_token_was_made_earlier": ("rita", "created", "2026-01-01T00:00:00Z"),
}.items():
    entered(_name, lambda heist, args=_args: token(heist, *args))  # type: ignore[misc]


@tampering
def a_token_is_removed(heist: Heist) -> None:
    assert heist.sql("DELETE FROM tokens WHERE name = 'anna'") == 1


@tampering
def a_token_is_made_up(heist: Heist) -> None:
    row = heist.row("tokens", "name = 'anna'")
    new = {**row, "id": "tok-00c0ffee", "hash": hashlib.sha256(FORGED_SECRET.encode()).digest()}
    heist.sql(f"INSERT INTO tokens VALUES ({', '.join('?' * len(new))})", *new.values())


@tampering
def two_tokens_hashes_are_swapped(heist: Heist) -> None:
    mine, theirs = heist.row("tokens", "name = 'walt'"), heist.row("tokens", "name = 'anna'")
    token(heist, "anna", "hash", mine["hash"])
    token(heist, "walt", "hash", theirs["hash"])


for _column, _value in (("roles", "admin"), ("password", "x"), ("kind", "service"), ("scope", "{}"), ("name", "rita")):
    entered(
        f"an_actors_{_column}_is_another",
        lambda heist, column=_column, value=_value: heist.sql(f"UPDATE actors SET {column} = ?", value),  # type: ignore[misc]
    )


@tampering
def an_actor_is_removed(heist: Heist) -> None:
    assert heist.sql("DELETE FROM actors") == 1


@tampering
def an_actor_is_made_up(heist: Heist) -> None:
    row = heist.row("actors", "name = 'dora'")
    new = {**row, "fingerprint": "0" * 64, "name": "rita", "roles": "admin"}
    heist.sql(f"INSERT INTO actors VALUES ({', '.join('?' * len(new))})", *new.values())


# ---- the workflows ----

WORKFLOWS = "workflows.db"


@tampering
def a_run_of_a_waiting_plan_is_made_up(heist: Heist) -> None:
    row = heist.row("workflow_status", "workflow_uuid = ?", heist.past.plans["pending"].id, file=WORKFLOWS)
    mine = heist.past.plans["waiting"].id
    new = {**row, "workflow_uuid": mine, "inputs": (row["inputs"] or "").replace(heist.past.plans["pending"].id, mine)}
    _insert(heist, "workflow_status", new)
    if row["inputs"] is None:
        given = heist.row("workflow_input", "workflow_uuid = ?", heist.past.plans["pending"].id, file=WORKFLOWS)
        text = given["inputs"].replace(heist.past.plans["pending"].id, mine)
        _insert(heist, "workflow_input", {**given, "workflow_uuid": mine, "inputs": text})


def _insert(heist: Heist, table: str, row: dict[str, Any]) -> None:
    heist.sql(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row.values(), file=WORKFLOWS)


def _inputs(heist: Heist, before: str, after: str) -> None:
    changed = 0
    for table in ("workflow_status", "workflow_input"):
        changed += heist.sql(
            f"UPDATE {table} SET inputs = replace(inputs, ?, ?) WHERE workflow_uuid = ?",
            before, after, heist.past.plans["pending"].id, file=WORKFLOWS,
        )  # fmt: skip
    assert changed


@tampering
def a_pending_run_is_of_a_waiting_plan(heist: Heist) -> None:
    _inputs(heist, heist.past.plans["pending"].id, heist.past.plans["waiting"].id)


@tampering
def a_pending_run_has_one_argument_more(heist: Heist) -> None:
    _inputs(heist, f'"{heist.past.plans["pending"].id}"', f'"{heist.past.plans["pending"].id}", "x"')


@tampering
def a_run_has_another_id(heist: Heist) -> None:
    for table in ("operation_outputs", "workflow_input", "workflow_status"):
        with sqlite3.connect(heist.data / WORKFLOWS, isolation_level=None) as raw:
            raw.execute("PRAGMA foreign_keys = OFF")
            raw.execute(
                f"UPDATE {table} SET workflow_uuid = ? WHERE workflow_uuid = ?",
                (heist.past.plans["waiting"].id, heist.past.plans["pending"].id),
            )
        raw.close()


@tampering
def a_run_is_pickled(heist: Heist) -> None:
    heist.sql("UPDATE workflow_status SET serialization = 'py_pickle'", file=WORKFLOWS)


@tampering
def a_step_is_pickled(heist: Heist) -> None:
    assert heist.sql("UPDATE operation_outputs SET serialization = 'py_pickle'", file=WORKFLOWS)


@tampering
def a_run_ended_well(heist: Heist) -> None:
    mine = heist.past.plans["pending"].id
    assert heist.sql("UPDATE workflow_status SET status = 'SUCCESS' WHERE workflow_uuid = ?", mine, file=WORKFLOWS) == 1


def _step(heist: Heist, number: int, name: str, output: str) -> None:
    done, mine = heist.past.plans["done"].id, heist.past.plans["pending"].id
    row = heist.row("operation_outputs", "workflow_uuid = ? AND function_name = ?", done, name, file=WORKFLOWS)
    heist.sql("DELETE FROM operation_outputs WHERE workflow_uuid = ? AND function_id = ?", mine, number, file=WORKFLOWS)
    _insert(heist, "operation_outputs", {**row, "workflow_uuid": mine, "function_id": number, "output": output})


@tampering
def a_step_says_that_it_was_written(heist: Heist) -> None:
    _step(heist, 2, "act", '["acted", "done before"]')


@tampering
def the_steps_say_that_it_was_proven(heist: Heist) -> None:
    _step(heist, 2, "act", '["acted", "done before"]')
    _step(heist, 3, "check", '["done", "all is well"]')


@tampering
def a_step_takes_back_with_a_waiting_plan(heist: Heist) -> None:
    _step(heist, 2, "act", '["acted", "done before"]')
    _step(heist, 3, "check", '["failed", "it did not help"]')
    row = heist.row("operation_outputs", "workflow_uuid = ? AND function_name = 'check'",
                    heist.past.plans["done"].id, file=WORKFLOWS)  # fmt: skip
    output = json.dumps([heist.past.plans["waiting"].id, ""])
    new = {**row, "workflow_uuid": heist.past.plans["pending"].id, "function_id": 4, "function_name": "take_back"}
    _insert(heist, "operation_outputs", new | {"output": output})


@tampering
def the_workflows_are_no_database(heist: Heist) -> None:
    for name in ("workflows.db-wal", "workflows.db-shm"):
        (heist.data / name).unlink(missing_ok=True)
    (heist.data / WORKFLOWS).write_bytes(b"no database" * 1000)


# ---- the audit log ----


@tampering
def a_record_is_edited(heist: Heist) -> None:
    last = heist.segments()[-1]
    last.write_bytes(last.read_bytes().replace(b'"denied"', b'"proven"', 1))


@tampering
def a_denial_becomes_an_approval(heist: Heist) -> None:
    last = heist.segments()[-1]
    text = last.read_bytes()
    assert b"plan.end" in text
    last.write_bytes(text.replace(b'"action":"plan.end"', b'"action":"plan.open"', 1))


@tampering
def a_record_is_removed(heist: Heist) -> None:
    last = heist.segments()[-1]
    lines = last.read_bytes().splitlines(keepends=True)
    (kill,) = [number for number, line in enumerate(lines) if b"kill.set" in line]
    last.write_bytes(b"".join(lines[:kill] + lines[kill + 1 :]))


@tampering
def two_records_are_swapped(heist: Heist) -> None:
    last = heist.segments()[-1]
    lines = last.read_bytes().splitlines(keepends=True)
    last.write_bytes(b"".join([lines[2], lines[1], lines[0], *lines[3:]]))


@tampering
def a_record_is_inserted(heist: Heist) -> None:
    last = heist.segments()[-1]
    lines = last.read_bytes().splitlines(keepends=True)
    last.write_bytes(b"".join([lines[0], *lines]))


@tampering
def the_log_is_cut(heist: Heist) -> None:
    last = heist.segments()[-1]
    data = last.read_bytes()
    last.write_bytes(data[: len(data) // 2])


@tampering
def the_log_is_cut_after_a_commit(heist: Heist) -> None:
    last = heist.segments()[-1]
    lines = last.read_bytes().splitlines(keepends=True)
    commits = [number for number, line in enumerate(lines) if line.startswith(b'{"commit"')]
    last.write_bytes(b"".join(lines[: commits[-3] + 1]))


@tampering
def a_record_is_appended_unsigned(heist: Heist) -> None:
    last = heist.segments()[-1]
    lines = last.read_bytes().splitlines(keepends=True)
    (approval,) = [
        line for line in lines if b'"action":"plan.approve"' in line and heist.past.plans["done"].id.encode() in line
    ]
    forged = approval.replace(heist.past.plans["done"].id.encode(), heist.past.plans["waiting"].id.encode())
    last.write_bytes(b"".join([*lines[:-1], forged, lines[-1]]))


@tampering
def the_log_is_emptied(heist: Heist) -> None:
    for one in heist.segments():
        one.write_bytes(b"")


@tampering
def the_log_is_removed(heist: Heist) -> None:
    shutil.rmtree(heist.data / "audit")


@tampering
def the_log_is_rolled_back(heist: Heist) -> None:
    shutil.rmtree(heist.data / "audit")
    shutil.copytree(heist.kept("yesterday") / "audit", heist.data / "audit")


@tampering
def the_folder_is_rolled_back(heist: Heist) -> None:
    shutil.rmtree(heist.data)
    shutil.copytree(heist.kept("yesterday"), heist.data)


@tampering
def the_state_is_rolled_back(heist: Heist) -> None:
    for name in ("state.db", "state.db-wal", "state.db-shm"):
        (heist.data / name).unlink(missing_ok=True)
        if (heist.kept("yesterday") / name).exists():
            shutil.copy(heist.kept("yesterday") / name, heist.data / name)


@tampering
def the_state_is_removed(heist: Heist) -> None:
    for name in ("state.db", "state.db-wal", "state.db-shm"):
        (heist.data / name).unlink(missing_ok=True)


@tampering
def the_state_is_no_database(heist: Heist) -> None:
    for name in ("state.db-wal", "state.db-shm"):
        (heist.data / name).unlink(missing_ok=True)
    (heist.data / "state.db").write_bytes(b"no database" * 1000)


def own_log(heist: Heist, folder: Path) -> Path:
    """A log in which everything is approved, signed by the attacker's own key; the folder of that key."""
    keys = heist.folder / f"attackers-keys-{secrets.token_hex(4)}"
    keys.mkdir()
    log = AuditLog(folder, keys, lambda: datetime.now(UTC), mask_value)
    plan = heist.past.plans["waiting"]
    details = {"digest": plan.digest, "role": "approver", "expires": plan.expires, "policy": plan.policy,
               "breakGlass": False, "singleOperator": False, "identity": ""}  # fmt: skip
    for number in range(400):
        log.append_now(Entry(actor=ADMIN, action="plan.approve", target=plan.id, details=details | {"number": number}))
    log.append_now(Entry(actor=ADMIN, action="kill.lift", target=f"tool:{KILLED}"))
    log.close()
    return keys


@tampering
def the_log_is_replaced_by_another_installations(heist: Heist) -> None:
    shutil.rmtree(heist.data / "audit")
    own_log(heist, heist.data / "audit")


@tampering
def the_log_and_the_keys_are_replaced_by_another_installations(heist: Heist) -> None:
    shutil.rmtree(heist.data / "audit")
    keys = own_log(heist, heist.data / "audit")
    shutil.copytree(keys, heist.data / "keys")
    for one in keys.iterdir():
        if one.is_file():
            shutil.copy(one, heist.data / one.name)


@tampering
def a_segment_of_another_log_is_appended(heist: Heist) -> None:
    other = heist.folder / f"attackers-{secrets.token_hex(4)}" / "audit"
    other.parent.mkdir()
    own_log(heist, other)
    (theirs,) = sorted(other.glob("*.jsonl"))
    lines = sum(line.startswith(b'{"sequence"') for one in heist.segments() for line in one.read_bytes().splitlines())
    shutil.copy(theirs, heist.data / "audit" / f"{lines + 1:012d}.jsonl")


@tampering
def keys_are_put_into_the_log(heist: Heist) -> None:
    (heist.data / "audit" / "audit-signing.pub").write_text("0" * 64)


@tampering
def a_segment_is_a_link(heist: Heist) -> None:
    last = heist.segments()[-1]
    away = heist.folder / f"away-{secrets.token_hex(4)}.jsonl"
    shutil.move(last, away)
    last.symlink_to(away)


@tampering
def the_log_is_a_file(heist: Heist) -> None:
    shutil.rmtree(heist.data / "audit")
    (heist.data / "audit").write_text("")


# ---- links ----


def linked(heist: Heist, name: str) -> None:
    """Put a link in the place of a file; what it was lies elsewhere."""
    path, away = heist.data / name, heist.folder / f"away-{secrets.token_hex(4)}"
    if path.exists():
        shutil.move(path, away)
    else:
        away.write_bytes(b"")
    path.symlink_to(away)


for _file in (
    "state.db",
    "workflows.db",
    "state.db-wal",
    "workflows.db-journal",
    "audit",
    "server.lock",
    "server.json",
):
    entered(f"{_file}_is_a_link", lambda heist, file=_file: linked(heist, file))  # type: ignore[misc]
