"""What the gateway's budgets leased and settled, and what was used."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Tables of the gateway."""
    op.create_table(
        "gateway_windows",
        sa.Column("budget", sa.String, primary_key=True),
        sa.Column("subject", sa.String, primary_key=True),
        sa.Column("start", sa.Float, nullable=False),
        sa.Column("ends", sa.Float, nullable=False),
        sa.Column("leased_requests", sa.BigInteger, nullable=False),
        sa.Column("leased_tokens", sa.BigInteger, nullable=False),
        sa.Column("leased_nano_usd", sa.BigInteger, nullable=False),
        sa.Column("settled_requests", sa.BigInteger, nullable=False),
        sa.Column("settled_tokens", sa.BigInteger, nullable=False),
        sa.Column("settled_nano_usd", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "gateway_uses",
        sa.Column("minute", sa.BigInteger, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("user", sa.String, primary_key=True),
        sa.Column("team", sa.String, primary_key=True),
        sa.Column("model", sa.String, primary_key=True),
        sa.Column("upstream", sa.String, primary_key=True),
        sa.Column("verdict", sa.String, primary_key=True),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("cached_tokens", sa.BigInteger, nullable=False),
        sa.Column("nano_usd", sa.BigInteger, nullable=False),
        sa.Column("unpriced", sa.BigInteger, nullable=False),
    )
