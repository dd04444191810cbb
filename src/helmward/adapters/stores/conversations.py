"""Conversations as rows: an id, the time of the last word, and their JSON."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Column, LargeBinary, String, Table, delete, select
from sqlalchemy.dialects.sqlite import insert

from helmward.adapters.stores.state import State, metadata

_conversations = Table(
    "conversations",
    metadata,
    Column("id", String, primary_key=True),
    Column("spoken", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
)


class ConversationRows:
    """Each call is one transaction; it blocks, and raises StateError with a sentence."""

    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> list[bytes]:
        """Every one's JSON, the one that was silent longest first."""
        with self._state.read() as connection:
            return list(connection.execute(select(_conversations.c.data).order_by(_conversations.c.spoken)).scalars())

    def put(self, identity: str, spoken: str, data: bytes, gone: Iterable[str] = ()) -> None:
        """Write one in the place of what it was, and take out those that are gone. A loss of power may take that back."""
        values = {"id": identity, "spoken": spoken, "data": data}
        added = insert(_conversations).values(values).on_conflict_do_update(index_elements=["id"], set_=values)
        with self._state.begin(durable=False) as connection:
            connection.execute(delete(_conversations).where(_conversations.c.id.in_(list(gone))))
            connection.execute(added)
