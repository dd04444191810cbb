"""Model traffic in steps of five minutes: calls, how long they took, what the guards found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Tables of the gateway. A histogram has a column for each slot, so that one is added to another in one statement."""
    op.create_table(
        "gateway_calls",
        *_key("model", "verdict"),
        *_figures("calls", "failed", "input_tokens", "output_tokens", "nano_usd", "unpriced"),
    )
    op.create_table("gateway_times", *_key("model", "measure"), *_figures(*(f"slot_{slot}" for slot in range(31))))
    op.create_table("gateway_finds", *_key("model", "rule", "action"), *_figures("finds"))


def _key(*names: str) -> list[sa.Column[str] | sa.Column[int]]:
    return [
        sa.Column("start", sa.BigInteger, primary_key=True),
        *(sa.Column(name, sa.String, primary_key=True) for name in names),
    ]


def _figures(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
