"""The state database on a real file, and everything that can be wrong with one."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event, text

from helmward.adapters.stores import state as module
from helmward.adapters.stores.records import ChangeRow, IncidentRow, Records
from helmward.adapters.stores.state import HEAD, State
from helmward.core.errors import HelmwardError, UsageError

VERSIONS = Path(module.__file__).parent / "migrations" / "versions"


def an_incident(identity: str = "inc-1", state: str = "open", changed: str = "2026-01-01T00:00:00Z") -> IncidentRow:
    return IncidentRow(identity, state, changed, b"{}")


def opened(path: Path) -> str:
    """The sentence with which opening fails."""
    with pytest.raises(HelmwardError) as caught:
        State(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_a_new_file_is_private_and_has_the_newest_schema(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    state = State(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with state.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == HEAD
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    state.close()


def test_head_is_the_last_migration() -> None:
    assert sorted(file.name for file in VERSIONS.glob("0*.py"))[-1].startswith(HEAD)


def test_the_tables_of_the_rooms_are_those_of_the_migrations(tmp_path: Path) -> None:
    import helmward.door.tables  # noqa: F401 - enters its tables

    state = State(tmp_path / "state.db")
    with state.read() as connection:
        for table in module.metadata.tables.values():
            columns = connection.execute(text(f"PRAGMA table_info({table.name})")).mappings().all()
            assert [row["name"] for row in columns] == [column.name for column in table.columns]
            assert [row["name"] for row in columns if row["pk"]] == [column.name for column in table.primary_key]
            assert {row["name"] for row in columns if row["notnull"]} == {
                c.name for c in table.columns if not c.nullable
            }
    state.close()


def test_a_folder_with_a_question_mark_and_a_per_cent_sign(tmp_path: Path) -> None:
    folder = tmp_path / "what? 100%"
    folder.mkdir()
    State(folder / "state.db").close()
    assert (folder / "state.db").exists()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    State(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(UsageError, match=r"newer Helmward .*9999.*upgrade"):
        State(path)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """A table in its way stands for any failure in the middle."""
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE tokens (x)")
    raw.close()
    opened(path)
    with sqlite3.connect(path) as raw:
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        raw.execute("DROP TABLE tokens")
    raw.close()
    assert tables == {"tokens"}
    State(path).close()


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_bytes(b"this is no database at all, not even a small one" * 100)
    assert "damaged" in opened(path)


def test_a_file_damaged_behind_its_head(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    state = State(path)
    Records(state, "here").save([an_incident(f"inc-{number}") for number in range(500)], [])
    state.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert "damaged" in opened(path)


def test_a_locked_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.05)
    path = tmp_path / "state.db"
    state = State(path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(HelmwardError, match="locked by another process"):
        Records(state, "here").save([an_incident()], [])
    assert Records(state, "here").incidents() == []  # readers wait for nobody
    holder.close()
    Records(state, "here").save([an_incident()], [])
    state.close()


def test_a_file_locked_while_it_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.05)
    path = tmp_path / "state.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert "locked" in opened(path)
    holder.close()


def test_a_full_disk(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")

    @event.listens_for(state.engine, "connect")
    def small(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 30")

    state.engine.dispose()
    records = Records(state, "here")
    records.save([an_incident()], [])
    with pytest.raises(HelmwardError, match=r"disk .* is full.*Nothing was half written"):
        records.save([IncidentRow(f"inc-{number}", "open", "x", b"x" * 4000) for number in range(60)], [])
    assert len(records.incidents()) == 1
    state.close()


def test_a_place_that_cannot_be_written() -> None:
    """Not even by root: /proc takes no files."""
    assert "cannot be written" in opened(Path("/proc/state.db"))


def test_a_write_that_breaks_off_is_as_if_it_had_not_begun(tmp_path: Path) -> None:
    """A process is killed between two statements of one transaction."""
    path = tmp_path / "state.db"
    State(path).close()
    program = f"""
import os, pathlib
from helmward.adapters.stores.state import State
with State(pathlib.Path({str(path)!r})).begin() as connection:
    connection.exec_driver_sql("INSERT INTO clusters VALUES ('a', 'b')")
    os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    state = State(path)
    with state.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM clusters")).scalar() == 0
    state.close()


def test_records_are_kept_apart_by_cluster(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    here, there = Records(state, "https://here"), Records(state, "https://there")
    here.save([an_incident()], [ChangeRow("chg-1", "2026-01-01T00:00:00Z", b"1")])
    there.save([an_incident()._replace(data=b"[]")], [ChangeRow("chg-1", "2026-01-01T00:00:00Z", b"2")])
    assert (here.incidents(), there.incidents()) == ([b"{}"], [b"[]"])
    assert (here.changes(""), there.changes("")) == ([b"1"], [b"2"])
    here.save([an_incident()._replace(data=b"7")], [ChangeRow("chg-1", "2026-01-01T00:00:00Z", b"8")])
    assert (here.incidents(), here.changes("")) == ([b"7"], [b"1"])
    state.close()


def test_visits(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    here = Records(state, "https://here")
    assert [here.visit("1"), here.visit("2"), Records(state, "https://there").visit("3")] == [None, "1", None]
    state.close()


def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    here, there = Records(state, "https://here"), Records(state, "https://there")
    rows = [an_incident(f"{state}-{changed}", state, changed) for state in ("open", "resolved") for changed in "13"]
    here.save(rows, [ChangeRow(time, time, time.encode()) for time in "135"])
    there.save(rows, [])
    here.forget("2", "4")
    assert len(here.incidents()) == 3  # all but the one that ended before
    assert len(there.incidents()) == 2  # nobody watches there any more
    assert here.changes("") == [b"5"]
    state.close()


def test_only_what_may_be_lost_is_committed_without_an_fsync(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    full, normal = 2, 1
    for durable, expected in ((True, full), (False, normal), (True, full)):
        with state.begin(durable) as connection:
            assert connection.execute(text("PRAGMA synchronous")).scalar() == expected
    with pytest.raises(ZeroDivisionError), state.begin(durable=False) as connection:
        connection.exec_driver_sql("INSERT INTO clusters VALUES ('a', 'b')")
        _ = 1 / 0
    with state.begin() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == full
        assert connection.execute(text("SELECT count(*) FROM clusters")).scalar() == 0
    state.close()
