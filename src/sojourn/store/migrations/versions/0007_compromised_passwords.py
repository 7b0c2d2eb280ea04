"""Marks passwords as compromised, and stores a server's external ID and the mark on a sign-up."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("users", sa.Column("password_compromised_at", sa.BigInteger(), nullable=True))
    op.add_column("sign_ups", sa.Column("external_id", sa.Text(), nullable=True))
    op.add_column("sign_ups", sa.Column("custom_action", sa.Boolean(), server_default=sa.false(), nullable=False))
