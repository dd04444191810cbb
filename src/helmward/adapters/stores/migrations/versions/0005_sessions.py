"""Sessions of the console: one is good as long as it has a row. The row holds no token."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The table of sessions."""
    op.create_table(
        "sessions",
        *(sa.Column(name, sa.String, primary_key=name == "id", nullable=False) for name in ("id", "kind", "name")),
        *(sa.Column(name, sa.String, nullable=False) for name in ("token", "source", "browser")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("own", "started", "until")),
    )
