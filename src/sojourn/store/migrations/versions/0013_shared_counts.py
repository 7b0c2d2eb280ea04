"""Rate-limit counts that the nodes on one PostgreSQL share; on SQLite the table stays unused."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "shared_counts",
        sa.Column("instance_id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("name", sa.String(64), primary_key=True, nullable=False),
        sa.Column("key", sa.String(64), primary_key=True, nullable=False),
        sa.Column("moments", sa.Text().with_variant(sa.ARRAY(sa.BigInteger()), "postgresql"), nullable=False),
        sa.Column("expire_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_shared_counts_over", "shared_counts", ["expire_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE shared_counts SET UNLOGGED")
