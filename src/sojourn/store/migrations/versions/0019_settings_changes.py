"""The changes of an instance's settings: who, when, the values before and after, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "settings_changes",
        sa.Column("id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("undoes", sa.String(64), nullable=True),
        sa.UniqueConstraint("instance_id", "created_at", name="uq_settings_changes_version"),
    )
