"""What a database answers when it will not serve a client: the words of MySQL, PostgreSQL, Redis and MongoDB."""

from __future__ import annotations

import re

from helmward.explain.codes import Code
from helmward.explain.dependencies.codes import ACCESS_DENIED, NO_DATABASE, READ_ONLY, TOO_MANY
from helmward.world.lens import Lens
from helmward.world.objects import Object
from helmward.world.views import PodSpec

# MySQL share/messages_to_clients.txt (ER_ACCESS_DENIED_ERROR, ER_CON_COUNT_ERROR, ER_OPTION_PREVENTS_STATEMENT,
# ER_BAD_DB_ERROR), PostgreSQL libpq, postmaster and postinit.c, Redis acl.c and networking.c, MongoDB error_codes.yml.
_WORDS: tuple[tuple[Code, re.Pattern[str]], ...] = (
    (
        ACCESS_DENIED,
        re.compile(
            r"Access denied for user '|password authentication failed for user|WRONGPASS |NOAUTH Authentication required"
            r"|AuthenticationFailed\b|role \"[^\"]+\" does not exist|no pg_hba\.conf entry for"
        ),
    ),
    (
        TOO_MANY,
        re.compile(
            r"\bToo many connections\b|sorry, too many clients already|remaining connection slots are reserved"
            r"|max number of clients reached|has exceeded the 'max_user_connections'"
        ),
    ),
    (
        READ_ONLY,
        re.compile(
            r"running with the --(?:super-)?read-only option|in a read-only transaction"
            r"|READONLY You can't write against a read only"
        ),
    ),
    (
        NO_DATABASE,
        re.compile(r"Unknown database '[^']+'|database \"[^\"]+\" does not exist|Cannot open database \"[^\"]+\""),
    ),
)
# Client words for a database that does not answer, which do not name it.
SILENT = re.compile(
    r"Communications link failure|Can't connect to (?:local )?(?:MySQL|server)|could not connect to server"
)
_PORTS = frozenset({3306, 33060, 5432, 6379, 27017, 1521, 1433, 9042})
_NAMES = re.compile(
    r"mysql|mariadb|percona|postgres|redis|valkey|mongo|mssql|oracle|cassandra|database|(?:^|-)db(?:-|$)"
)


def refused(line: str) -> Code | None:
    """How a database refuses its client in this line, or None."""
    return next((code for code, words in _WORDS if words.search(line)), None)


def databases(workload: Object, world: Lens) -> list[Object]:
    """The Services that a workload needs and that are databases, by port or name."""
    found = {need.service.name: need.service for need in world.needs(workload) if _is_database(need.service)}
    return list(found.values())


def is_database(spec: PodSpec) -> bool:
    """A pod that runs a database itself, by its image: what its log says is about its clients."""
    return any(_NAMES.search(container.image.rpartition("/")[2].partition(":")[0]) for container in spec.containers)


def _is_database(service: Object) -> bool:
    return bool(_NAMES.search(service.name)) or any(port.port in _PORTS for port in service.view.spec.ports)
