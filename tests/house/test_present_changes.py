"""A plan as it is shown: the keys of the contract, and no secret among its values."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import msgspec
import pytest

from helmward.core.nouns import Actor, Resource
from helmward.core.plans import Anchor, Decision, Effect, FieldChange, Plan, Step, digest_of
from helmward.core.settings_changes import ChangeSettings, ModeSettings
from helmward.door.store import Stored
from helmward.house import present_changes

SECRET = "-".join(["s3cr3t", "of", "the", "shop", "77"])
TIME = "2026-01-31T12:00:00Z"


def plan(changes: tuple[FieldChange, ...], anchors: tuple[Anchor, ...] = (), irreversible: str | None = None) -> Plan:
    step = Step(
        tool="resources_patch", arguments={"env": [{"name": "DB_PASSWORD", "value": SECRET}]}, effect=Effect.MUTATE,
        permission="patch", resource=Resource(api_version="apps/v1", kind="Deployment", namespace="n", name="d"),
        api_path="/x", uid="u", changes=changes, anchors=anchors, irreversible=irreversible, undo="puts it back",
    )  # fmt: skip
    return Plan(
        id="plan-aaaaaaaa", requester=Actor(name="ada", kind="user"), environment="production", steps=(step,),
        digest=digest_of((step,)), decision=Decision(verdict="ask", reason="x"), created=TIME, expires=TIME,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "anchors"),
    [
        (FieldChange(path="/data/password", before=SECRET, after=SECRET + "2"), ()),
        (
            FieldChange(path="/spec/containers/0/env/2/value", before=SECRET, after=None),
            (Anchor(path="/spec/containers/0/env/2/name", value="DB_PASSWORD"),),
        ),
        (FieldChange(path="/spec/env", before=None, after=[{"name": "API_TOKEN", "value": SECRET}]), ()),
        (FieldChange(path="/spec/args", before=["--password", SECRET], after=[f"--password={SECRET}"]), ()),
        (FieldChange(path="/data", before={"app.properties": f"a=1\ndb.password={SECRET}\n"}, after={}), ()),
        (FieldChange(path="/data/url", before=f"postgres://app:{SECRET}@db:5432/x", after=""), ()),
    ],
)
def test_no_secret_is_shown(change: FieldChange, anchors: tuple[Anchor, ...]) -> None:
    row = present_changes.plan(Stored(plan((change,), anchors), "waiting", "", TIME))
    assert SECRET not in json.dumps(row)
    assert "[secrets/" in json.dumps(row)
    jsonschema.validate(row, json.loads((files("helmward.core") / "schemas" / "plan-v1.json").read_text()))


def test_what_is_no_secret_is_shown_as_it_is() -> None:
    changes = (
        FieldChange(path="/spec/replicas", before=0, after=3),
        FieldChange(path="/a~1b", before=True, after={"x": [1]}),
    )
    row = present_changes.plan(Stored(plan(changes, irreversible="it is gone"), "waiting", "", TIME))
    (action,) = row["actions"]
    assert [(one["before"], one["after"]) for one in action["changes"]] == [(0, 3), (True, {"x": [1]})]
    assert (action["reversible"], action["undo"]) == (False, "none: it is gone")


def test_what_is_under_way() -> None:
    def stored(name: str, state: str, incident: str | None) -> Stored:
        given = msgspec.structs.replace(plan(()), id=name, incident=incident)
        return Stored(given, state, "", TIME)  # type: ignore[arg-type]

    newest_first = [
        stored("plan-c", "waiting", "inc-a"), stored("plan-b", "waiting", "inc-a"), stored("plan-d", "running", "inc-b"),
        stored("plan-e", "done", "inc-c"), stored("plan-f", "waiting", None),
    ]  # fmt: skip
    now = present_changes.under_way(newest_first)
    assert ({key: one.id for key, one in now.waiting.items()}, now.acting) == ({"inc-a": "plan-c"}, {"inc-b"})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (ChangeSettings(), "changes nothing"),
        (ChangeSettings(mode="ask"), "ask ("),
        (
            ChangeSettings(modes=(ModeSettings(mode="auto", environments=("dev",), severities=("low",)),)),
            "auto in dev for low incidents; observe everywhere else",
        ),
    ],
)
def test_the_mode_in_a_sentence(settings: ChangeSettings, words: str) -> None:
    assert words in present_changes.mode(settings)
