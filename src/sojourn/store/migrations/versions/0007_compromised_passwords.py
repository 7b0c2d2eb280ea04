"""A password can be marked as known to others; a server can leave its own id, and a mark, on a sign-up."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("users", sa.Column("password_compromised_at", sa.BigInteger(), nullable=True))
    op.add_column("sign_ups", sa.Column("external_id", sa.Text(), nullable=True))
    op.add_column("sign_ups", sa.Column("custom_action", sa.Boolean(), server_default=sa.false(), nullable=False))
