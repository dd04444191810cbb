"""Conversations, in short and masked, so that they are read again after a restart."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """The table of conversations."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("spoken", sa.String, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
