"""The door's rows. They show and find things; what permits anything is in the ledger (ledger.py)."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from helmward.adapters.stores.state import metadata

tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("created", String, nullable=False),
    Column("expires", String),
    Column("revoked", String),
)

actors = Table(
    "actors",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("name", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("password", String),
    Column("created", String, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("id", String, primary_key=True),
    Column("cluster", String, nullable=False, index=True),
    Column("state", String, nullable=False, index=True),
    Column("incident", String, index=True),
    Column("created", String, nullable=False),
    Column("changed", String, nullable=False),
    Column("text", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

actions = Table(
    "actions",
    metadata,
    Column("id", String, primary_key=True),
    Column("plan", String, nullable=False, index=True),
    Column("uid", String, nullable=False, index=True),
    Column("state", String, nullable=False, index=True),
    Column("changed", String, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
