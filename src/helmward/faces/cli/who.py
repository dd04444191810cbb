"""What commands about actors and tokens share: options, and columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

ROLES = ("caller", "viewer", "requester", "approver", "oncall", "admin")
KINDS = ("user", "service", "agent")


def roles(help_text: str, required: bool = False) -> Callable[[F], F]:
    """`--role`, several times."""
    return click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, required=required, help=help_text)


def kind(function: F) -> F:
    """`--kind`."""
    choice = click.Choice(KINDS)
    return click.option("--kind", type=choice, default="user", show_default=True, help="What it is.")(function)


def scope(function: F) -> F:
    """`--namespace`, `--environment` and `--cluster`, each several times."""
    cluster = click.option("--cluster", "clusters", multiple=True, help="Only there; the URL of an API server.")
    environment = click.option("--environment", "environments", multiple=True, help="Only there, such as staging.")
    namespace = click.option("--namespace", "-n", "namespaces", multiple=True, help="Only there; team-* is a pattern.")
    return namespace(environment(cluster(function)))


def within(namespaces: Sequence[str], environments: Sequence[str], clusters: Sequence[str]) -> dict[str, list[str]]:
    """The scope as the API takes it."""
    return {"namespaces": list(namespaces), "environments": list(environments), "clusters": list(clusters)}


def where(given: dict[str, list[str]]) -> str:
    """A scope as a column: what `within` says, or everywhere."""
    parts = (given["namespaces"], given["environments"], given["clusters"])
    return " ".join(",".join(patterns) for patterns in parts if patterns) or "everywhere"
