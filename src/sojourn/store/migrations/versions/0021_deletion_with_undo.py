"""A user's deletion that can be undone until it is due, and the reason of a ban."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("users", sa.Column("ban_reason", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("delete_at", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("banned_before_deletion", sa.Boolean(), server_default=sa.false(), nullable=False))
