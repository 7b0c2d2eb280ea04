"""Budgets that persist across restarts, and links that admit the browser of an attempt."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("instance_id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("name", sa.String(64), primary_key=True, nullable=False),
        sa.Column("key", sa.String(256), primary_key=True, nullable=False),
        sa.Column("moments", sa.Text(), nullable=False),
        sa.Column("expire_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_budgets_over", "budgets", ["expire_at"])
    op.add_column("verifications", sa.Column("link_hash", sa.LargeBinary(), nullable=True))
    op.add_column("verifications", sa.Column("admitted_at", sa.BigInteger(), nullable=True))
    linked = sa.text("link_hash IS NOT NULL")
    op.create_index(
        "ix_verifications_link", "verifications", ["link_hash"], sqlite_where=linked, postgresql_where=linked
    )
