"""The door's rows."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from helmward.adapters.stores.state import metadata

tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("created", String, nullable=False),
    Column("expires", String),
    Column("revoked", String),
)
