"""The state database: SQLite in WAL mode, one file in the data folder, its schema brought up to date when it is opened.

A room that keeps rows defines them in its `tables.py` against `metadata` here. A migration is one file in
`migrations/versions/`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, exc, text

from helmward.core.errors import HelmwardError, UsageError

metadata = MetaData()
HEAD = "0006"
"""The newest schema this version knows; the last file of `migrations/versions/`."""

_BUSY_SECONDS = 10


class StateError(HelmwardError):
    """The state database cannot be read or written now."""

    http_status = 503


class State:
    """An open state database. Close it. Use `begin` for each unit of work; SQLAlchemy errors leave it as sentences."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.engine = _engine(path)
        with self._sentences():
            migrate(self.engine, path)
            path.chmod(0o600)

    @contextmanager
    def begin(self, durable: bool = True) -> Iterator[Connection]:
        """A transaction: all of it or nothing. Raises StateError with a sentence if the disk or a lock refuses.

        Not `durable`: a loss of power may take it back (a crash of ours does not), until the next durable one is committed.
        """
        with self._sentences(), self.engine.connect() as connection, _synchronous(connection, durable):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent read that waits for no writer."""
        with self._sentences(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Release the file."""
        self.engine.dispose()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise StateError(_sentence(self._path, str(error.orig))) from error
        except OSError as error:
            raise StateError(_sentence(self._path, f"readonly: {error.strerror}")) from error


def _engine(path: Path) -> Engine:
    url = URL.create("sqlite", database=str(path))  # not a text: a folder's name may hold a question mark
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # sqlite3 would begin transactions late and deferred; `begin` does it at once
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def _synchronous(connection: Connection, durable: bool) -> Iterator[None]:
    """In WAL mode NORMAL leaves out the fsync of a commit (https://sqlite.org/pragma.html#pragma_synchronous)."""
    if durable:
        yield
        return
    raw = connection.connection.cursor()
    raw.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        connection.rollback()  # else the setting would not change back: a transaction that broke off is still open
        raw.execute("PRAGMA synchronous = FULL")


def migrate(engine: Engine, path: Path) -> None:
    """Bring the schema to HEAD. Raises UsageError where a newer Helmward wrote the file."""
    version = _version(engine)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise UsageError(
            f"The state in {path} was written by a newer Helmward (schema {version}, this one knows {HEAD}): "
            "upgrade Helmward, or choose another --data-dir."
        )
    # Alembic takes a third of a second to import; an up-to-date file does without it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # all of it or nothing, and one server at a time
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        known = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")).scalar()
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None


def _sentence(path: Path, reason: str) -> str:
    """What SQLite's words (https://sqlite.org/rescode.html) mean to a user."""
    if "locked" in reason or "busy" in reason:
        return f"The state database {path} is locked by another process; stop it, or choose another --data-dir."
    if "readonly" in reason or "unable to open" in reason:
        return f"The state database {path} cannot be written ({reason}); check the folder's owner and permissions."
    if "full" in reason:
        return f"The disk that holds {path} is full; free some space and start again. Nothing was half written."
    if "malformed" in reason or "not a database" in reason:
        return f"{path} is damaged or no database ({reason}); restore it from a backup or move it away to start empty."
    return f"The state database {path} failed: {reason}."
