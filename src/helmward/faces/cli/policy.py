"""`policy`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from helmward.core import paths
from helmward.core.errors import UsageError
from helmward.core.text import one_line, printable
from helmward.faces.cli import http, options
from helmward.faces.cli.groups import Group
from helmward.faces.cli.output import emit, names, table


@click.group(
    cls=Group,
    epilog="Examples:\n\n  helmward policy show\n\n  helmward policy test ./policy\n\n"
    "  helmward policy explain rollout_restart namespace=production",
)
def policy() -> None:
    """Show the policy, test it, and explain why something was allowed, asked or denied."""


@policy.command(epilog="Examples:\n\n  helmward policy show\n\n  helmward policy show -o name")
@options.server
@options.output("table", "json", "yaml", "name")
def show(url: str | None, data_dir: Path | None, output: str) -> None:
    """Print the policy in force: its Rego, its hash, and the modes by environment."""
    found = http.get(http.find(url, data_dir), "/policy")
    if output in ("json", "yaml"):
        emit(found, output)
        return
    if output == "name":
        names(found["modules"])
        return
    click.echo(f"# {one_line(found['folder'])}, hash {found['hash']}")
    click.echo(f"# Mode: {one_line(found['mode'], 600)}")
    for name, text in sorted(found["modules"].items()):
        click.echo(f"\n# ---- {one_line(name)}")
        for line in text.splitlines():
            click.echo(printable(line))


@policy.command(epilog="Examples:\n\n  helmward policy test\n\n  helmward policy test ./policy -o json")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@options.config
@options.output("table", "json", "yaml", "name")
def test(folder: Path | None, config_file: Path | None, output: str) -> int:
    """Run a policy's examples and test rules; exit code 1 where one fails. FOLDER: without it, the policy of the settings.

    Also told: tools that are shown to somebody and that no example allows, and what nobody could approve.
    """
    from helmward.core.settings import load
    from helmward.door.policy.engine import load_folder
    from helmward.door.policy.testing import run_tests

    named = folder or load(paths.config_file(config_file, os.environ), os.environ).settings.changes.policy
    report = run_tests(load_folder(named))
    rows: list[dict[str, Any]] = [
        {"name": result.name, "passed": not result.problem, "problem": result.problem} for result in report.results
    ]
    if output in ("json", "yaml"):
        idle, lonely = list(report.idle), list(report.unapprovable)
        emit({"passed": report.passed, "tests": rows, "idle": idle, "unapprovable": lonely}, output)
    elif output == "name":
        names(row["name"] for row in rows if not row["passed"])
    else:
        table(("RESULT", "TEST", "PROBLEM"), map(_row, rows), "There are no tests.")
        for tool in report.idle:
            click.echo(f"Shown, but never allowed: {one_line(tool)}")
        for name in report.unapprovable:
            click.echo(f"Asked, but nobody may approve: {one_line(name)}")
        click.echo(f"{sum(row['passed'] for row in rows)} of {len(rows)} passed.")
    return 0 if report.passed else 1


def _row(row: dict[str, Any]) -> tuple[object, ...]:
    return "ok" if row["passed"] else "FAILED", row["name"], row["problem"]


@policy.command(
    epilog="Examples:\n\n  helmward policy explain rollout_restart namespace=production\n\n"
    "  helmward policy explain model.call model=small class=restricted\n\n"
    "  helmward policy explain plan-7hx2mq4c"
)
@click.argument("what", metavar="TOOL|ID")
@click.argument("given", metavar="[namespace=NAME]...", nargs=-1)
@click.option("--severity", type=click.Choice(["critical", "high", "medium", "low"]), help="Of the incident it is for.")
@options.server
@options.output("table", "json", "yaml", "name")
def explain(
    what: str, given: tuple[str, ...], severity: str | None, url: str | None, data_dir: Path | None, output: str
) -> None:
    """Explain why you may, must ask, or may not call a tool; or, by the ID of a plan, action or incident, why that was decided.

    Every reason that holds is listed, with the line of the policy where it stands.
    """
    body: dict[str, Any] = {"plan": what} if what.startswith(_IDS) else {"tool": what, "severity": severity}
    for word in given:
        key, equals, text = word.partition("=")
        if not (key and equals):
            raise UsageError(f"'{one_line(word, 60)}' is no argument; write KEY=VALUE.")
        body.setdefault("arguments", {})[key] = text
    found = http.send(http.find(url, data_dir), "POST", "/policy/explain", body)
    if output in ("json", "yaml"):
        emit(found, output)
    elif output == "name":
        names(answer["decision"] for answer in found["answers"])
    else:
        for answer in found["answers"]:
            _explain(answer)


_IDS = ("plan-", "act-", "inc-")


def _explain(answer: dict[str, Any]) -> None:
    asked = answer["input"]
    where = asked["scope"]["namespace"] or "all namespaces"
    click.echo(f"{answer['decision']}: {one_line(answer['reason'], 600)}")
    click.echo(
        f"  {one_line(answer['actor'])} ({', '.join(asked['actor']['roles']) or 'no role'}), {answer['tool']} in "
        f"{one_line(where)}, environment {asked['scope']['environment']}, mode {asked['mode']}"
    )
    if answer["approvers"]:
        click.echo(f"  Who may approve: {' or '.join(answer['approvers'])}")
    if not answer["visible"]:
        click.echo("  The tool is not in this actor's list.")
    then = answer["recorded"]
    if then is not None:
        whose = "this policy" if then["samePolicy"] else "another policy"
        click.echo(
            f"  When {answer['plan']} was made, {whose} said {then['decision']}: {one_line(then['reason'], 600)}"
        )
    rows = [(one["group"], one["name"], one["where"], one["text"]) for one in answer["reasons"] or answer["rules"]]
    table(("GROUP", "NAME", "WHERE", "REASON"), rows, "No rule of the policy says anything of it.")
