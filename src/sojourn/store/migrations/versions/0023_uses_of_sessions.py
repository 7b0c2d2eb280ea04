"""The uses of each session within 48 hours, and counts of refusals by hour and reason."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "session_uses",
        sa.Column("id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("usage", sa.LargeBinary(), nullable=False),
        sa.Column("expire_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_session_uses_user", "session_uses", ["user_id", "instance_id"])
    op.create_index("ix_session_uses_over", "session_uses", ["expire_at"])
    op.create_table(
        "refusals",
        sa.Column("instance_id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("hour", sa.BigInteger(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(64), primary_key=True, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expire_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_refusals_over", "refusals", ["expire_at"])
