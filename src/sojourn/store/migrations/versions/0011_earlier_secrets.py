"""Keeps every secret hash that a client had in the last ten seconds, not only the previous one (R-SES-08)."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("clients", sa.Column("earlier_secrets", sa.Text(), nullable=True))
