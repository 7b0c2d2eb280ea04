"""Scope and last use of secret keys. Existing keys keep the full scope."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("secret_keys", sa.Column("scope", sa.Text(), server_default=sa.text("'full'"), nullable=False))
    op.add_column("secret_keys", sa.Column("last_used_at", sa.BigInteger(), nullable=True))
